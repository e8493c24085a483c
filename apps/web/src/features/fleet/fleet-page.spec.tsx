// @vitest-environment happy-dom
// The fleet page in its states: empty, without sessions, failed with old data, offline host, orphan, live change.
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Host, Session } from '@roundhouse/protocol';
import { applySession, queryClient, sessionsQuery } from '../../lib/query.js';
import { doing, makeActivity, makeHost, makeProfile, makeSession } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { FleetPage, type FleetPageProps } from './fleet-page.js';

const host = makeHost();

const plain = (): FleetPageProps => ({
  ...{ filter: 'all', onFilter: vi.fn(), query: '', onQuery: vi.fn(), view: 'cards', onView: vi.fn() },
  ...{ hostMenu: () => null, firstHost: 'FIRST HOST' },
});

/** The hub answers everything with its own failure. */
const failure = { type: 'about:blank', title: 'Roundhouse failed', status: 500, code: 'INTERNAL' };
const failing = (): Promise<Response> =>
  Promise.resolve(new Response(JSON.stringify(failure), { status: 500 }));

async function open(
  hosts: readonly Host[],
  sessions: readonly Session[],
  change: Partial<FleetPageProps> = {},
) {
  fillCache(hosts, sessions);
  const props: FleetPageProps = { ...plain(), ...change };
  const router = await renderPage(() => <FleetPage {...props} />);
  return { ...props, router };
}
const cards = () => screen.getAllByRole('link', { name: /^s-/ }).map((link) => link.textContent);

beforeEach(() => vi.stubGlobal('fetch', failing));
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

describe('FleetPage', () => {
  it('without a host shows the way to the first one', async () => {
    await open([], []);
    expect(screen.getByText('FIRST HOST')).toBeTruthy();
  });

  it('without a session offers the agents that are ready, the shell among them', async () => {
    const broken = makeProfile('codex', { displayName: 'Codex', available: false, reason: 'not installed' });
    await open([makeHost({ profiles: [makeProfile('bash'), broken, makeProfile('claude')] })], []);
    const started = screen.getAllByRole('button', { name: /^Start/ }).map((each) => each.textContent);
    expect(started).toEqual(['Start claudeready on 1 host', 'Start bashready on 1 host']);
  });

  it('sorts cards by need and follows a change of the hub', async () => {
    const a = makeSession(host, { name: 's-a', ...doing('working', 5) });
    const b = makeSession(host, { name: 's-b', ...doing('idle', 5) });
    await open([host], [a, b]);
    expect(cards()).toEqual(['s-a', 's-b']);
    applySession({
      ...b,
      version: 2,
      activity: makeActivity('waiting', { why: 'Edit?', since: b.createdAt }),
    });
    // Once in "Needs you", then first among the cards.
    await waitFor(() => expect(cards()).toEqual(['s-b', 's-b', 's-a']));
    expect(screen.getByRole('region', { name: 'Needs you' }).textContent).toContain('Edit?');
  });

  it('does not sort while the pointer is on the list', async () => {
    const a = makeSession(host, { name: 's-a', ...doing('working', 5) });
    const b = makeSession(host, { name: 's-b', ...doing('idle', 5) });
    await open([host], [a, b]);
    const list = screen.getByRole('region', { name: host.name }).parentElement;
    if (!list) throw new Error('no list');
    fireEvent.pointerEnter(list, { pointerType: 'mouse' });
    applySession({
      ...b,
      version: 2,
      activity: makeActivity('error', { why: 'It broke', since: b.createdAt }),
    });
    await screen.findByText('It broke');
    expect(cards()).toEqual(['s-a', 's-b']);
    fireEvent.pointerLeave(list, { pointerType: 'mouse' });
    expect(cards()).toEqual(['s-b', 's-a']);
  });

  it('shows the counts of filters, and hands on which one was pressed', async () => {
    const { onFilter } = await open(
      [host],
      [makeSession(host, doing('idle')), makeSession(host, doing('idle'))],
    );
    const filters = within(screen.getByRole('group', { name: 'Filter sessions by state' }));
    expect(filters.getAllByRole('button').map((each) => each.textContent)).toEqual([
      'All2',
      'Working0',
      'Idle2',
    ]);
    fireEvent.click(filters.getByRole('button', { name: /Idle/ }));
    expect(onFilter).toHaveBeenCalledWith('idle');
  });

  it('says so when nothing matches, and leads back', async () => {
    const { onFilter } = await open([host], [makeSession(host)], { filter: 'waiting' });
    fireEvent.click(screen.getByRole('button', { name: 'Show all sessions' }));
    expect(onFilter).toHaveBeenCalledWith('all');
  });

  it('draws sessions of an offline host as unknown, not as ended', async () => {
    const away = makeHost({ state: 'offline' });
    await open([away], [makeSession(away, { name: 's-x', state: 'unknown' })]);
    expect(screen.getAllByText('Unknown')).toHaveLength(2);
    expect(screen.getByText(/^Its host was last seen/)).toBeTruthy();
    expect(screen.getByText(/Agents go on without it/)).toBeTruthy();
  });

  it('offers to adopt or stop an orphan', async () => {
    await open([host], [makeSession(host, { orphan: true })]);
    expect(screen.getByRole('button', { name: 'Adopt' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Stop session' })).toBeTruthy();
  });

  it('keeps old data under a banner when the hub does not answer', async () => {
    await open([host], [makeSession(host, { name: 's-old' })]);
    await act(() => queryClient.refetchQueries({ queryKey: sessionsQuery.queryKey }));
    expect(await screen.findByText('This is older than it looks')).toBeTruthy();
    expect(cards()).toEqual(['s-old']);
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  });

  it('has nothing but the error when there never was an answer', async () => {
    await renderPage(() => <FleetPage {...plain()} />);
    expect(await screen.findByText('Roundhouse failed')).toBeTruthy();
  });

  it('asks before it stops', async () => {
    await open([host], [makeSession(host, { name: 's-run', orphan: true, worktree: true })]);
    fireEvent.click(screen.getByRole('button', { name: 'Stop session' }));
    const dialog = screen.getByRole('dialog', { name: 'Stop s-run?' });
    expect(dialog.textContent).toContain('Its worktree and branch stay');
  });
});

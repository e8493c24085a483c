// @vitest-environment happy-dom
// The grid: what is attached and what not, its states, its order, its keys, and one tile at a time on a phone.
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import type { Session, SessionId } from '@roundhouse/protocol';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { doing, makeHost, makeSession, minutesAgo } from '../../testing/entities.js';
import { FakeViewport } from '../../testing/fake-viewport.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import type { GridLayout } from './grid-search.js';
import type { TileTerminalProps } from './tile-terminal.js';

// The emulator needs a real layout; here it is a text that shows that it is there.
vi.mock('./tile-terminal.js', () => ({
  TileTerminal: ({ session, entering }: TileTerminalProps) => (
    <div data-terminal="" data-entering={entering ? '' : undefined}>
      TERMINAL {session.name}
    </div>
  ),
}));
const view = new FakeViewport();
vi.stubGlobal('IntersectionObserver', view.Observer);
const { GridPage } = await import('./grid-page.js');

const host = makeHost();
let phone = false;
let set: readonly SessionId[] = [];

function Harness({ first, layout }: { first: readonly SessionId[]; layout: GridLayout }) {
  const [ids, setIds] = useState(first);
  const onIds = (next: SessionId[]): void => {
    set = next;
    setIds(next);
  };
  return <GridPage ids={ids} onIds={onIds} layout={layout} onLayout={vi.fn()} />;
}

async function open(sessions: readonly Session[], layout: GridLayout = '2x2', ids = idsOf(sessions)) {
  fillCache([host], sessions);
  await renderPage(() => <Harness first={ids} layout={layout} />);
  await act(() => vi.dynamicImportSettled());
}
const idsOf = (sessions: readonly Session[]): SessionId[] => sessions.map(({ id }) => id);
const tile = (n: number) => screen.getByRole('region', { name: new RegExp(`^Tile ${n}:`) });
const see = (element: Element, visible: boolean) => act(() => view.see(element, visible));
const some = (n: number) => Array.from({ length: n }, (_, i) => makeSession(host, { name: `s-${i + 1}` }));

/** The hub knows of nothing that is not in the cache. */
const missing = { type: 'about:blank', title: 'There is no such thing', status: 404, code: 'NOT_FOUND' };

beforeEach(() => {
  phone = false;
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(missing), { status: 404 })));
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: phone && query.includes('max-width'),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.useRealTimers();
});

describe('GridPage', () => {
  it('attaches only what is in view, and lets go of it a moment after it left', async () => {
    await open(some(3));
    expect(screen.queryByText(/^TERMINAL/)).toBeNull();
    see(tile(1), true);
    see(tile(2), true);
    expect(screen.getAllByText(/^TERMINAL/).map((each) => each.textContent)).toEqual([
      'TERMINAL s-1',
      'TERMINAL s-2',
    ]);
    vi.useFakeTimers();
    see(tile(1), false);
    act(() => void vi.advanceTimersByTime(1999));
    expect(screen.getByText('TERMINAL s-1')).toBeTruthy();
    act(() => void vi.advanceTimersByTime(2));
    expect(screen.queryByText('TERMINAL s-1')).toBeNull();
    expect(screen.getByText('TERMINAL s-2')).toBeTruthy();
  });

  it('is empty at first, and offers what runs', async () => {
    const running = some(2);
    const ended = makeSession(host, { name: 's-old', state: 'exited', exitCode: 0, endedAt: minutesAgo(1) });
    await open([...running, ended], '2x2', []);
    expect(screen.getByText('Sessions side by side')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Add the 2 that run now' }));
    expect(set.toSorted()).toEqual(idsOf(running).toSorted());
  });

  it('adds a session that is searched for', async () => {
    const sessions = some(3);
    await open(sessions, '2x2', idsOf(sessions).slice(0, 1));
    fireEvent.click(screen.getAllByRole('button', { name: 'Add a session here' })[0] ?? document.body);
    const options = screen.getAllByRole('option').map((each) => each.textContent);
    expect(options).toHaveLength(2);
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 's-3' } });
    fireEvent.click(screen.getByRole('option'));
    expect(set).toEqual([sessions[0]?.id, sessions[2]?.id]);
  });

  it('removes a tile', async () => {
    const sessions = some(2);
    await open(sessions);
    fireEvent.click(screen.getByRole('button', { name: 'Remove s-1 from the grid' }));
    expect(set).toEqual([sessions[1]?.id]);
  });

  it('moves a tile by the arrow keys of its handle, and says where it is', async () => {
    const sessions = some(3);
    await open(sessions);
    fireEvent.keyDown(screen.getByRole('button', { name: /^Move s-1/ }), { key: 'ArrowRight' });
    expect(set).toEqual([sessions[1]?.id, sessions[0]?.id, sessions[2]?.id]);
    expect(screen.getByText('s-1 is tile 2 of 3 now')).toBeTruthy();
  });

  it('moves a tile by dragging its head onto another', async () => {
    const sessions = some(3);
    await open(sessions);
    const dataTransfer = { setData: vi.fn(), effectAllowed: '' };
    fireEvent.dragStart(within(tile(1)).getByRole('banner'), { dataTransfer });
    fireEvent.dragOver(tile(3), { dataTransfer });
    fireEvent.drop(tile(3), { dataTransfer });
    expect(set).toEqual([sessions[1]?.id, sessions[2]?.id, sessions[0]?.id]);
  });

  it('goes into a tile by its number, but not out of a terminal', async () => {
    await open(some(3));
    for (const n of [1, 2, 3]) see(tile(n), true);
    fireEvent.keyDown(screen.getByText('TERMINAL s-1'), { key: '2' });
    expect(screen.getByText('TERMINAL s-2').dataset['entering']).toBeUndefined();
    fireEvent.keyDown(document.body, { key: '2' });
    expect(screen.getByText('TERMINAL s-2').dataset['entering']).toBe('');
  });

  it('leads by arrows from head to head, and by Esc back in', async () => {
    await open(some(2));
    see(tile(2), true);
    const [first, second] = screen.getAllByRole('link', { name: /^Open s-/ });
    first?.focus();
    fireEvent.keyDown(first ?? document, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second ?? document, { key: 'Escape' });
    expect(screen.getByText('TERMINAL s-2').dataset['entering']).toBe('');
  });

  it('says that a session ended, was deleted, or did not start', async () => {
    const ended = makeSession(host, {
      ...{ name: 's-end', state: 'exited', desired: 'running', exitCode: 3, endedAt: minutesAgo(2) },
    });
    const queued = makeSession(host, { name: 's-wait', state: 'queued' });
    const gone = makeSession(host);
    await open([ended, queued], '2x2', [ended.id, queued.id, gone.id]);
    expect(within(tile(1)).getByText(/exit 3/)).toBeTruthy();
    expect(within(tile(2)).getByText('Not started yet')).toBeTruthy();
    expect(await within(tile(3)).findByText('This session was deleted')).toBeTruthy();
    fireEvent.click(within(tile(3)).getByRole('button', { name: 'Remove tile' }));
    expect(set).toEqual([ended.id, queued.id]);
  });

  it('marks a tile that waits for someone', async () => {
    await open([makeSession(host, { name: 's-1', ...doing('waiting', 1, 'Edit?') })]);
    expect(tile(1).className).toContain('border-waiting-line');
  });

  it('shows one large with the others in a strip, and on a phone as chips', async () => {
    const sessions = some(3);
    await open(sessions, 'focus');
    expect(screen.getAllByRole('region', { name: /^Tile/ })).toHaveLength(1);
    const strip = screen.getByRole('navigation', { name: 'Tiles' });
    expect(within(strip).getAllByRole('group', { name: /^Last lines/ })).toHaveLength(3);
    fireEvent.click(within(strip).getAllByRole('button')[1] ?? document.body);
    expect(screen.getByRole('region', { name: 'Tile 2: s-2' })).toBeTruthy();
    cleanup();
    phone = true;
    await open(sessions);
    expect(screen.getAllByRole('region', { name: /^Tile/ })).toHaveLength(1);
    expect(screen.queryByRole('group', { name: /^Last lines/ })).toBeNull();
    expect(within(screen.getByRole('navigation', { name: 'Tiles' })).getAllByRole('button')).toHaveLength(3);
  });
});

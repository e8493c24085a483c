// @vitest-environment happy-dom
// The profiles page: source, validity with the last good version's mistake, where it is available and why not.
import { cleanup, fireEvent, screen, within } from '@testing-library/react';
import type { Host } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { makeHost } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { brokenFiles, groupProfiles } from './profile-groups.js';
import { ProfilesPage } from './profiles-page.js';

const problem = { file: 'claude.yaml', line: 3, field: 'colour', message: 'is not a field here' };

function hosts(): Host[] {
  const plain = makeHost({ name: 'atlas' });
  const [claude] = plain.profiles;
  if (!claude) throw new Error('no profile');
  const known = {
    ...claude,
    ...{ source: 'override' as const, file: 'claude.yaml', localFile: 'claude.local.yaml' },
    ...{
      states: ['hook' as const, 'title' as const],
      telemetry: 'otlp' as const,
      takesModel: true,
      models: ['opus'],
    },
    modes: [
      { name: 'default', displayName: 'Ask', bypass: false, allowed: true },
      { name: 'yolo', displayName: 'Never ask', bypass: true, allowed: false },
    ],
  };
  const away = { ...known, available: false, reason: 'claude is not on the PATH', version: null };
  const broken = { ...problem, file: 'aider.yaml' };
  return [
    makeHost({
      name: 'atlas',
      profiles: [{ ...known, stale: true, problems: [problem], warnings: ['Nothing is written'] }],
    }),
    makeHost({ name: 'boreas', profiles: [away], profileProblems: [broken] }),
  ];
}

async function open(of: readonly Host[]) {
  fillCache(of, []);
  await renderPage(() => <ProfilesPage />);
}

describe('ProfilesPage', () => {
  let answer = new Response('{}');
  beforeEach(() => {
    vi.stubGlobal('fetch', () => Promise.resolve(answer));
  });
  afterEach(() => {
    cleanup();
    queryClient.clear();
    vi.unstubAllGlobals();
  });

  it('shows source, signs and choices, and each host with its own truth', async () => {
    await open(hosts());
    const card = screen.getByRole('group', { name: /claude/i });
    const text = card.textContent;
    expect(text).toContain('Available on 1 of 2 hosts');
    expect(text).toContain('Shipped, changed by claude.local.yaml');
    expect(text).toContain('hooks, title');
    expect(text).toContain('OpenTelemetry');
    expect(text).toContain('Never ask (acts without asking, beyond the ceiling)');
    const rows = within(card)
      .getAllByRole('listitem')
      .filter(({ textContent }) => /atlas|boreas/.test(textContent));
    expect(rows[0]?.textContent).toContain('Last good version');
    expect(rows[0]?.textContent).toContain('claude.yaml:3 colour');
    expect(rows[0]?.textContent).toContain('Nothing is written');
    expect(rows.at(-1)?.textContent).toContain('claude is not on the PATH');
    expect(screen.getByText('Files that are not used')).toBeTruthy();
    expect(screen.getByText(/boreas: aider.yaml:3/)).toBeTruthy();
  });

  it('says what to do when there is none', async () => {
    await open([]);
    expect(screen.getByText('No host has told of its agents yet')).toBeTruthy();
  });

  it('checks a text: each mistake with its line', async () => {
    await open([]);
    const errors = [{ field: 'colour', message: 'is not a field here; did you mean "color"?', line: 2 }];
    const body = { type: 't', title: 'x', status: 422, code: 'PROFILE_INVALID', errors };
    answer = new Response(JSON.stringify(body), {
      status: 422,
      headers: { 'content-type': 'application/problem+json' },
    });
    fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'name: myagent\ncolour: red' } });
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(await screen.findByText(/Line 2 colour/)).toBeTruthy();
    answer = new Response(JSON.stringify({ ok: true, warnings: [] }), { status: 200 });
    fireEvent.click(screen.getByRole('button', { name: 'Check' }));
    expect(await screen.findByText('This is a profile')).toBeTruthy();
  });

  it('groups by name with the host that can run it first in words; a mistake is shown once', () => {
    const [group] = groupProfiles(hosts());
    expect(group).toMatchObject({ name: 'claude', available: 1, shown: { available: true } });
    expect(brokenFiles(hosts()).map(({ problem: { file } }) => file)).toEqual(['aider.yaml']);
  });
});

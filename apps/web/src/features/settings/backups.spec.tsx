// @vitest-environment happy-dom
// The card of the backups: what there is, what is said when none is made or one failed, and one more now.
import { cleanup, fireEvent, screen } from '@testing-library/react';
import type { Backups } from '@roundhouse/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addWords } from '../../lib/i18n/t.js';
import { settingsEn } from '../../lib/i18n/en/settings.js';
import { queryClient } from '../../lib/query.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { BackupsCard } from './backups.js';

addWords(settingsEn);

const file = (day: number) => ({
  name: `hub-202611${String(day)}T060000Z.backup`,
  at: `2026-11-${String(day)}T06:00:00.000Z`,
  bytes: 4_200_000,
});
const backups: Backups = {
  ...{ keep: 7, dir: '/backups', encrypted: true, running: false },
  ...{ items: [22, 21, 20, 19, 18, 17, 16].map(file), failure: null },
};
let asked: string[];
let answers: Record<string, Partial<Backups>>;
beforeEach(() => {
  fillCache([], []);
  asked = [];
  answers = {};
  vi.stubGlobal('fetch', (url: string, { method = 'GET' }: RequestInit = {}) => {
    asked.push(`${method} ${url}`);
    return Promise.resolve(new Response(JSON.stringify({ ...backups, ...answers[method] })));
  });
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});
const open = () => renderPage(() => <BackupsCard />);

it('shows the newest with size and age, how many are kept, and where', async () => {
  await open();
  expect((await screen.findByText('hub-20261122T060000Z.backup')).closest('li')?.textContent).toContain(
    '4.2 MB',
  );
  expect(screen.getByRole('list', { name: 'Backups' }).textContent).toContain('and 2 older ones');
  expect(
    screen.getByText(/One is made each day; the newest 7 are kept. Backups are encrypted/).textContent,
  ).toContain('/backups');
});

it('says how to have one a day, where none is made by itself', async () => {
  answers['GET'] = { keep: 0, items: [], encrypted: false };
  await open();
  expect(await screen.findByText(/ROUNDHOUSE_BACKUP_KEEP=7.*not encrypted/)).toBeTruthy();
  expect(screen.getByText('No backup yet.')).toBeTruthy();
});

it('tells why the last one failed', async () => {
  answers['GET'] = { failure: { at: new Date().toISOString(), message: 'ENOSPC: no space left' } };
  await open();
  expect((await screen.findByRole('alert')).textContent).toMatch(/backup failed,.*ENOSPC: no space left/);
});

it('can be asked again where it did not answer', async () => {
  const answering = globalThis.fetch;
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 500 })));
  await open();
  const again = await screen.findByRole('button', { name: 'Try again' });
  expect(screen.getByRole('alert')).toBeTruthy();
  vi.stubGlobal('fetch', answering);
  fireEvent.click(again);
  expect(await screen.findByText('hub-20261122T060000Z.backup')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Back up now' })).toHaveProperty('disabled', false);
});

it('makes one now, and is busy until it is there', async () => {
  answers['POST'] = { running: true };
  await open();
  await screen.findByText('hub-20261122T060000Z.backup');
  const button = screen.getByRole('button', { name: 'Back up now' });
  fireEvent.click(button);
  await vi.waitFor(() => {
    expect(button.getAttribute('aria-busy') ?? button.getAttribute('aria-disabled')).toBe('true');
    expect(asked).toContain('POST /api/v1/backups');
  });
});

// @vitest-environment happy-dom
// The state of a session as a button that tells why.
import type { Activity, ActivityExplanation, Session } from '@roundhouse/protocol';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { makeHost, makeSession, minutesAgo } from '../../testing/entities.js';
import { Explain } from './explain.js';
// Loaded before it is waited for: a busy machine takes its time.
import './explain-popover.js';

const host = makeHost({});
const activity: Activity = {
  kind: 'waiting',
  why: 'PermissionRequest Bash',
  since: minutesAgo(2),
  waitsFor: 'permission',
  source: 'hook',
  ask: { tool: 'Bash', command: 'npm publish', file: null, text: null },
  until: null,
};
const explanation: ActivityExplanation = {
  signs: [
    {
      source: 'hook',
      kinds: ['waiting'],
      why: 'PermissionRequest Bash',
      since: minutesAgo(2),
      ageMs: 120_000,
      overruled: null,
    },
    {
      source: 'title',
      kinds: ['working'],
      why: 'title ⠂ shop',
      since: minutesAgo(5),
      ageMs: 300_000,
      overruled: 'PermissionRequest Bash',
    },
  ],
  changes: [
    { at: minutesAgo(2), kind: 'waiting', waitsFor: 'permission', why: 'PermissionRequest', source: 'hook' },
  ],
};

let reply: unknown;
// What is loaded on demand may take longer than a test waits.
beforeAll(async () => {
  await import('./explain-popover.js');
});
beforeEach(() => {
  queryClient.clear();
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(reply))));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
const show = (session: Session) =>
  render(
    <QueryClientProvider client={queryClient}>
      <Explain session={session} detail="Bash · npm publish" />
    </QueryClientProvider>,
  );

it('tells what is asked, the signs that led there and those that lost', async () => {
  reply = { activity, explanation };
  show(makeSession(host, { activity }));
  fireEvent.click(screen.getByRole('button', { name: 'Asks permission: why' }));
  expect(await screen.findByText('title ⠂ shop, overruled by PermissionRequest Bash')).toBeTruthy();
  expect(screen.getByRole('heading', { level: 2 }).textContent).toContain('Asks permission');
  expect(screen.getByText('Hook')).toBeTruthy();
  expect(screen.getByRole('region', { name: 'Last changes' }).textContent).toContain('Waiting');
});

it('says so when its host tells no more, and is no button where nothing is known', async () => {
  reply = { activity, explanation: null };
  show(makeSession(host, { activity }));
  fireEvent.click(screen.getByRole('button'));
  expect(await screen.findByText('Its host tells no more about it now.')).toBeTruthy();
  cleanup();
  show(makeSession(host, { activity: null }));
  expect(screen.queryByRole('button')).toBeNull();
});

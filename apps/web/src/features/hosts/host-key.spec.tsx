// @vitest-environment happy-dom
// The dialog of a host's key: what can be done as the host comes and goes, and answers that come late.
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Host } from '@roundhouse/protocol';
import { applyHost, queryClient } from '../../lib/query.js';
import { makeHost } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { askHost, closeHostAsk } from './host-ask.js';
import { HostDialogs } from './host-dialogs.js';

let answer: (host: Host) => void;
let calls: string[];

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', (url: string) => {
    calls.push(url);
    return new Promise((resolve) => (answer = (host) => resolve(new Response(JSON.stringify(host)))));
  });
});
afterEach(() => {
  act(() => closeHostAsk());
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

async function open(host: Host) {
  fillCache([host], []);
  await renderPage(() => <HostDialogs />);
  act(() => askHost({ what: 'key', host }));
}
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

it('replaces the key once the host is back', async () => {
  const host = makeHost({ state: 'offline' });
  await open(host);
  expect(button('Replace now').disabled).toBe(true);
  expect(screen.getByText(/it can be replaced while the host is online/)).toBeTruthy();
  act(() => applyHost({ ...host, version: 2, state: 'online' }));
  await waitFor(() => expect(button('Replace now').disabled).toBe(false));
  expect(screen.queryByText(/it can be replaced/)).toBeNull();
});

it('offers nothing for a key that is not there', async () => {
  await open(makeHost({ state: 'pending', hasKey: false, keySince: null }));
  expect(screen.getByText('None: a daemon must join first')).toBeTruthy();
  expect(button('Replace now').disabled).toBe(true);
  expect(button('Revoke key').disabled).toBe(true);
});

it('leaves a dialog alone that was opened while it waited for the answer', async () => {
  const host = makeHost({ name: 'dev-01' });
  await open(host);
  fireEvent.click(button('Replace now'));
  await waitFor(() => expect(calls).toContain(`/api/v1/hosts/${host.id}/rotate-key`));
  fireEvent.click(screen.getAllByRole('button', { name: 'Close' })[0] as HTMLElement);
  act(() => askHost({ what: 'rename', host }));
  await act(async () => {
    answer({ ...host, version: 2 });
    await new Promise((resolve) => setImmediate(resolve));
  });
  expect(screen.getByRole('dialog').textContent).toContain('dev-01');
  expect(button('Save')).toBeTruthy();
});

it('asks before it revokes, and says what stays', async () => {
  const host = makeHost({ name: 'dev-01' });
  await open(host);
  fireEvent.click(button('Revoke key'));
  const dialog = screen.getByRole('dialog', { name: 'Revoke the key of dev-01?' });
  expect(dialog.textContent).toContain('Agents on the machine go on');
  fireEvent.click(button('Revoke key'));
  await waitFor(() => expect(calls).toContain(`/api/v1/hosts/${host.id}/revoke-key`));
  answer({ ...host, version: 2, state: 'offline', hasKey: false, keySince: null });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

// @vitest-environment happy-dom
// The hosts page: the live check-list of a new host, and a deletion that says what goes.
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Host, Session } from '@roundhouse/protocol';
import { applyHost, queryClient } from '../../lib/query.js';
import { makeHost, makeSession } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { askHost, closeHostAsk } from './host-ask.js';
import { HostsPage } from './hosts-page.js';

const commands = {
  podman: 'podman run --rm localhost/roundhouse-daemon:0.1.0',
  docker: 'docker run --rm localhost/roundhouse-daemon:0.1.0',
  node: 'JOIN_TOKEN=rhj_x node apps/daemon',
};
let calls: string[] = [];
let reply: unknown = {};

async function open(hosts: readonly Host[], sessions: readonly Session[] = []) {
  fillCache(hosts, sessions);
  await renderPage(() => <HostsPage filter="all" onFilter={vi.fn()} />);
}

beforeEach(() => {
  calls = [];
  vi.stubGlobal('fetch', (url: string, { method }: RequestInit) => {
    calls.push(`${method ?? 'GET'} ${url}`);
    return Promise.resolve(new Response(JSON.stringify(reply), { status: 200 }));
  });
});
afterEach(() => {
  act(closeHostAsk);
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

describe('HostsPage', () => {
  it('gives the command of a new host and follows it until it is ready', async () => {
    const soon = new Date(Date.now() + 1_200_000).toISOString();
    const fresh = makeHost({
      ...{ name: 'dev-01', state: 'pending', joinTokenExpiresAt: soon, system: null, scannedAt: null },
      ...{ projects: [], profiles: [], otlp: null, daemonVersion: null },
    });
    reply = { id: fresh.id, name: 'dev-01', joinToken: 'rhj_x', joinTokenExpiresAt: soon, commands };
    await open([makeHost({ name: 'other' })]);
    fireEvent.click(screen.getByRole('button', { name: 'Add host' }));
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'dev-01' } });
    fireEvent.click(screen.getByRole('button', { name: 'Get the command' }));
    expect(await screen.findByText(commands.podman)).toBeTruthy();
    fireEvent.click(screen.getByRole('radio', { name: 'Node' }));
    expect(screen.getByText(commands.node)).toBeTruthy();
    const progress = screen.getByRole('list', { name: 'Progress' });
    expect(progress.textContent).toContain('waiting for the daemon…');
    const spawn = screen.getByRole<HTMLButtonElement>('button', { name: 'Spawn on dev-01' });
    expect(spawn.disabled).toBe(true);
    applyHost({ ...makeHost({ name: 'dev-01' }), id: fresh.id, version: 2 });
    await waitFor(() => expect(progress.textContent).toContain('127.0.0.1:4318'));
    expect(within(progress).getAllByText('(Done)')).toHaveLength(5);
    expect(spawn.disabled).toBe(false);
    // The token is used: nothing to copy any more.
    expect(screen.queryByText(commands.node)).toBeNull();
  });

  it('says what a deletion takes along, and wants the name typed', async () => {
    const host = makeHost({ name: 'old-box' });
    reply = { sessions: 2 };
    await open([host], [makeSession(host), makeSession(host, { state: 'exited' })]);
    act(() => askHost({ what: 'delete', host }));
    const dialog = screen.getByRole('dialog', { name: 'Delete old-box?' });
    expect(dialog.textContent).toContain('Its 2 sessions are removed here');
    expect(dialog.textContent).toContain('1 agent still runs there');
    const confirm = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Delete host' });
    expect(confirm.disabled).toBe(true);
    fireEvent.change(within(dialog).getByLabelText('Type old-box to confirm'), {
      target: { value: 'old-box' },
    });
    fireEvent.click(confirm);
    await waitFor(() => expect(calls).toContain(`DELETE /api/v1/hosts/${host.id}`));
    expect(await screen.findByText('Connect your first host')).toBeTruthy();
  });

  it('puts a new command in the place of the question', async () => {
    const host = makeHost({ name: 'dev-01' });
    reply = { joinToken: 'rhj_y', joinTokenExpiresAt: new Date(Date.now() + 60_000).toISOString(), commands };
    await open([host]);
    act(() => askHost({ what: 'token', host }));
    fireEvent.click(screen.getByRole('button', { name: 'New join token' }));
    // The host is online with its old key and, as far as this page knows, has no open token.
    applyHost({ ...host, version: 2, joinTokenExpiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect(await screen.findByText(commands.podman)).toBeTruthy();
  });
});

// @vitest-environment happy-dom
// The settings page: every value with its source in words, secrets without value, search, mistakes of the file.
import { cleanup, fireEvent, screen } from '@testing-library/react';
import type { Backups, Host, ShownSetting, ShownSettings } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '../../lib/query.js';
import { makeHost } from '../../testing/entities.js';
import { fillCache, renderPage } from '../../testing/render-page.js';
import { placeOf } from './settings-filter.js';
import { SettingsPage } from './settings-page.js';

const port: ShownSetting = {
  ...{ name: 'ROUNDHOUSE_PORT', key: 'port', topic: 'address', help: 'Port of the hub.', expects: 'a port' },
  ...{ example: '4400', value: '5000', isSet: true, secret: false, default: '4400', source: 'file' },
  ...{ from: '/etc/roundhouse/roundhouse.yaml:2', live: false, pending: true },
};
const database: ShownSetting = {
  ...{ ...port, name: 'DATABASE_URL', key: 'database_url', topic: 'storage', help: 'A PostgreSQL of yours.' },
  ...{
    value: null,
    secret: true,
    default: '',
    source: 'environment',
    from: 'DATABASE_URL_FILE',
    pending: false,
  },
};
const level: ShownSetting = {
  ...{ ...port, name: 'ROUNDHOUSE_LOG_LEVEL', key: 'log_level', topic: 'log', help: 'How much it logs.' },
  ...{
    value: 'info',
    isSet: false,
    default: 'info',
    source: 'default',
    from: null,
    live: true,
    pending: false,
  },
};
const reply: ShownSettings = {
  file: '/etc/roundhouse/roundhouse.yaml',
  places: ['/s/roundhouse.yaml', '/etc/roundhouse/roundhouse.yaml'],
  loadedAt: new Date().toISOString(),
  problems: [],
  items: [port, database, level],
};

const noBackups: Backups = {
  ...{ keep: 0, dir: '/s/backups', encrypted: false, running: false, items: [], failure: null },
};

let answer: (url: string) => Response;
beforeEach(() => {
  fillCache([], []);
  vi.stubGlobal('fetch', (url: string) => Promise.resolve(answer(url)));
});
afterEach(() => {
  cleanup();
  queryClient.clear();
  vi.unstubAllGlobals();
});

const onHost = vi.fn();

async function open(given: Partial<ShownSettings> = {}, host?: Host) {
  const asked = host === undefined ? '/api/v1/settings' : `/api/v1/hosts/${host.id}/settings`;
  answer = (url) =>
    url === '/api/v1/backups'
      ? new Response(JSON.stringify(noBackups))
      : url === asked
        ? new Response(JSON.stringify({ ...reply, ...given }))
        : new Response('', { status: 500 });
  await renderPage(() => <SettingsPage host={host?.id} onHost={onHost} />);
  await screen.findByRole('heading', { name: 'Address' });
}
const row = (name: string): string => screen.getByText(name).closest('li')?.textContent ?? '';

describe('SettingsPage', () => {
  it('F:O4 tells value, source, default, and what a change takes', async () => {
    await open();
    expect(row('ROUNDHOUSE_PORT')).toContain('Value: 5000Default: 4400');
    expect(row('ROUNDHOUSE_PORT')).toContain('Source: Fileroundhouse.yaml, line 2');
    expect(row('ROUNDHOUSE_PORT')).toContain('Changed in the file, waits for a restart');
    expect(row('DATABASE_URL')).toContain('Value: Set, not shown');
    expect(row('DATABASE_URL')).toContain('Source: EnvironmentDATABASE_URL_FILE');
    expect(row('ROUNDHOUSE_LOG_LEVEL')).toContain('A change in the file holds within seconds');
    expect(screen.getByText(/in \/etc\/roundhouse\/roundhouse\.yaml/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy ROUNDHOUSE_PORT' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Copy log_level' })).toBeTruthy();
  });

  it('finds by name, key, value and purpose, and says when nothing matches', async () => {
    await open();
    const search = screen.getByRole('searchbox', { name: 'Search settings' });
    for (const [text, name] of [
      ['log_level', 'ROUNDHOUSE_LOG_LEVEL'],
      ['5000 port', 'ROUNDHOUSE_PORT'],
      ['postgresql', 'DATABASE_URL'],
    ] as const) {
      fireEvent.change(search, { target: { value: text } });
      expect(screen.getByText('1 setting')).toBeTruthy();
      expect(screen.getByText(name)).toBeTruthy();
    }
    fireEvent.change(search, { target: { value: 'xyzzy' } });
    expect(screen.getByText('No setting matches')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show all settings' }));
    fireEvent.click(screen.getByRole('button', { name: /Set by you/ }));
    expect(screen.queryByText('ROUNDHOUSE_LOG_LEVEL')).toBeNull();
    expect(screen.getByText('ROUNDHOUSE_PORT')).toBeTruthy();
  });

  it('F:O3 tells the mistakes of the file, and where a file would be read', async () => {
    const message = '/s/roundhouse.yaml:3: hub.prot is not a setting: did you mean port?';
    await open({ problems: [{ field: 'hub.prot', message }], file: null });
    expect(screen.getByRole('alert').textContent).toContain(message);
    expect(screen.getByText(/in a new file \/s\/roundhouse\.yaml/)).toBeTruthy();
  });

  it('F:O4 shows those of a machine, also while it is away, and leads to the others', async () => {
    const [atlas, forge] = [makeHost({ name: 'atlas', state: 'offline' }), makeHost({ name: 'forge' })];
    fillCache([atlas, forge], []);
    await open({ file: null, places: ['/d/roundhouse.yaml'] }, atlas);
    const whose = screen.getByRole('combobox', { name: 'Whose settings' });
    expect(whose).toHaveProperty('value', atlas.id);
    expect(screen.getByText(/atlas is not connected/)).toBeTruthy();
    expect(screen.getByText('Settings are changed on atlas, not on this page')).toBeTruthy();
    expect(screen.getByText(/below daemon: in a new file \/d\/roundhouse\.yaml/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Host page' }).getAttribute('href')).toBe(`/hosts/${atlas.id}`);
    fireEvent.change(whose, { target: { value: forge.id } });
    expect(onHost).toHaveBeenLastCalledWith(forge.id);
    fireEvent.change(whose, { target: { value: 'hub' } });
    expect(onHost).toHaveBeenLastCalledWith(undefined);
  });

  it('does not call a host gone before it knows the hosts', async () => {
    queryClient.clear();
    const host = makeHost({ name: 'atlas' });
    let tell = (): void => undefined;
    const hosts = new Promise<Response>((resolve) => {
      tell = () => resolve(new Response(JSON.stringify({ items: [host] })));
    });
    vi.stubGlobal('fetch', (url: string) =>
      url === '/api/v1/hosts' ? hosts : Promise.resolve(new Response(JSON.stringify(reply))),
    );
    await renderPage(() => <SettingsPage host={host.id} onHost={onHost} />);
    await screen.findByRole('heading', { name: 'Address' });
    expect(screen.queryByText('A host that is gone')).toBeNull();
    tell();
    expect(await screen.findByRole('combobox', { name: 'Whose settings' })).toHaveProperty('value', host.id);
  });

  it('says that a daemon is too old to tell them', async () => {
    const host = makeHost();
    fillCache([host], []);
    const problem = {
      code: 'DAEMON_TOO_OLD',
      title: 'The daemon is too old',
      hint: 'Update the daemon to see them.',
    };
    answer = () => new Response(JSON.stringify({ ...problem, type: 'x', status: 409 }), { status: 409 });
    await renderPage(() => <SettingsPage host={host.id} onHost={onHost} />);
    const alert = await screen.findByRole('alert', {}, { timeout: 3_000 });
    expect(alert.textContent).toContain('Update the daemon to see them.');
    expect(screen.getByRole('combobox', { name: 'Whose settings' })).toBeTruthy();
  });

  it('says when it may not be seen', async () => {
    answer = () =>
      new Response(JSON.stringify({ code: 'FORBIDDEN', title: 'You may not do this', status: 403 }), {
        status: 403,
      });
    fillCache([], []);
    await renderPage(() => <SettingsPage host={undefined} onHost={onHost} />);
    expect(await screen.findByRole('alert')).toBeTruthy();
  });
});

it('reads file and line of a place', () => {
  expect(placeOf('/a b/roundhouse.yaml:12')).toEqual({ file: 'roundhouse.yaml', line: '12' });
  expect(placeOf('DATABASE_URL_FILE')).toBeNull();
  expect(placeOf(null)).toBeNull();
});

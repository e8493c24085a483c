// Settings over the wire: who may see them, and that a running hub takes a changed file up.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { routes, type ShownSetting, type ShownSettings } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UiSockets } from '../platform/ws/ui-sockets.js';
import { connectDaemon, enrolledHost, helloOf, type TestHost } from '../testing/test-daemon.js';
import { TestHub } from '../testing/test-hub.js';

const clock = new ManualClock(Date.now());
let test: TestHub;
let cookie: string;

beforeAll(async () => {
  test = await TestHub.start({ clock, watchClock: clock });
  cookie = await test.setUp();
});
afterAll(() => test.close());

const settings = async () => {
  const answer = await test.call({ path: '/api/v1/settings', headers: test.browser(cookie) });
  expect(answer.status).toBe(200);
  return routes.settings.list.reply.parse(answer.body);
};
const callAs = (host: string) => test.call({ path: '/healthz', headers: { host } });

it('shows them to an administrator, and to nobody without a credential', async () => {
  expect((await test.call({ path: '/api/v1/settings' })).status).toBe(401);
  const { items, file, places } = await settings();
  expect(items.find(({ name }) => name === 'ROUNDHOUSE_STATE_DIR')?.value).toBe(test.stateDir);
  expect(file).toBeNull();
  expect(places[0]).toBe(path.join(test.stateDir, 'roundhouse.yaml'));
});

it('F:O3 takes a changed file up, keeps what held when it has a mistake, and tells', async () => {
  const told: unknown[] = [];
  const sockets = test.hub.get(UiSockets);
  sockets.broadcast = (name, payloads, permission) => void told.push([name, payloads, permission]);
  const write = async (text: string) => {
    await writeFile(path.join(test.stateDir, 'roundhouse.yaml'), text);
    clock.advance(2_000);
  };
  expect((await callAs('new.lan')).status).toBe(421);
  await write('hub:\n  allowed_hosts: [new.lan]\n');
  expect((await callAs('new.lan')).status).toBe(200);
  await write('hub:\n  allowed_hosts: ["*"]\n');
  expect((await callAs('new.lan')).status).toBe(200);
  expect((await settings()).problems[0]?.message).toMatch(/roundhouse\.yaml:2: hub\.allowed_hosts must be/);
  expect(told.filter((each) => JSON.stringify(each).includes('settings.changed'))).toEqual([
    ['settings.changed', [{ problems: 0 }], 'settings.view'],
    ['settings.changed', [{ problems: 1 }], 'settings.view'],
  ]);
});

describe('the settings of a machine', () => {
  const spool: ShownSetting = {
    ...{
      name: 'ROUNDHOUSE_SPOOL_MB',
      key: 'spool_mb',
      topic: 'sessions',
      help: 'Output kept.',
      expects: 'MiB',
    },
    ...{ example: '64', value: '8', isSet: true, secret: false, default: '64', source: 'file' },
    ...{ from: '/s/roundhouse.yaml:2', live: true, pending: false },
  };
  const good: ShownSettings = {
    ...{ file: '/s/roundhouse.yaml', places: ['/s/roundhouse.yaml'], loadedAt: '2026-11-22T00:00:00.000Z' },
    ...{ problems: [], items: [spool] },
  };
  const wrong = { ...good, problems: [{ field: 'daemon.x', message: 'daemon.x is not a setting' }] };

  async function connect(host: TestHost) {
    const { socket, outcome } = connectDaemon(test.hub, host);
    const accepted = await outcome;
    if (!('accepted' in accepted)) throw new Error(accepted.refused.code);
    await socket.timeout(5_000).emitWithAck('hello', helloOf(accepted.accepted.generation));
    const tell = (settings: unknown) => socket.timeout(5_000).emitWithAck('settings', settings);
    return { socket, tell };
  }
  const ask = ({ hostId }: TestHost, headers = test.browser(cookie)) =>
    test.call({ path: `/api/v1/hosts/${hostId}/settings`, headers });

  it('F:O4 are those that its daemon told, also while it is away; mistakes are told to people', async () => {
    const told: unknown[] = [];
    const sockets = test.hub.get(UiSockets);
    sockets.broadcast = (name, payloads, permission) => {
      if (name === 'settings.changed') told.push([...payloads, permission]);
    };
    const host = await enrolledHost(test.hub, 'told');
    const { hostId } = host;
    expect((await ask(host, {})).status).toBe(401);
    expect((await ask(host)).body).toMatchObject({ code: 'HOST_UNREACHABLE' });
    const daemon = await connect(host);
    expect((await ask(host)).body).toMatchObject({
      code: 'DAEMON_TOO_OLD',
      hint: 'Update the daemon to see them.',
    });
    for (const settings of [good, good, wrong, good])
      expect(await daemon.tell(settings)).toMatchObject({ ok: true });
    expect(told).toEqual([0, 1, 0].map((problems) => [{ hostId, problems }, 'settings.view']));
    await daemon.tell(wrong);
    expect((await ask(host)).body).toEqual(wrong);
    daemon.socket.disconnect();
    expect((await ask(host)).body).toEqual(wrong);
    // The one that comes back is older, and tells none.
    const older = await connect(host);
    expect((await ask(host)).body).toMatchObject({ code: 'DAEMON_TOO_OLD' });
    older.socket.disconnect();
  });

  it('are refused when a daemon tells a secret, too much, or what is no setting; the last good ones stay', async () => {
    const host = await enrolledHost(test.hub, 'hostile');
    const { socket, tell } = await connect(host);
    await tell(good);
    const many = Array.from({ length: 40 }, (_, i) => ({
      ...spool,
      name: String(i),
      value: 'x'.repeat(1_000),
    }));
    for (const lie of [
      { ...good, items: [{ ...spool, secret: true, value: 'canary' }] },
      { ...good, items: [spool, spool] },
      { ...good, items: [...many, ...many.map((each) => ({ ...each, name: `x${each.name}` }))] },
      { ...good, items: [{ ...spool, value: 'x'.repeat(1_001) }] },
      { ...good, items: [{ ...spool, topic: 'constructor' }] },
      { ...good, loadedAt: 'yesterday' },
      { ...good, problems: Array(21).fill({ field: 'a', message: 'b' }) },
      null,
    ]) {
      expect(await tell(lie)).toMatchObject({ ok: false, error: { code: 'VALIDATION_FAILED' } });
    }
    expect(await tell({ ...good, extra: 'x'.repeat(1_000) })).toMatchObject({ ok: true });
    expect((await ask(host)).body).toEqual(good);
    socket.disconnect();
  });
});

// Settings over the wire: who may see them, and that a running hub takes a changed file up.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import { routes } from '@roundhouse/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UiSockets } from '../platform/ws/ui-sockets.js';
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

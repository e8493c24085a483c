// What must be recorded and cannot be does not happen: neither in the database nor on a host.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { hostIdSchema, sessionIdSchema, sessionSpawnSchema, type SessionId } from '@roundhouse/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../platform/database/database.js';
import { allRoutes } from '../platform/http/route-table.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { dumpDatabase } from '../testing/database-dump.js';
import { hostOf } from '../testing/entities.js';
import { ScriptedDaemon } from '../testing/scripted-daemon.js';
import { admin, TestHub } from '../testing/test-hub.js';

/** Refuses like a disk on which the row has no place. */
const noRoom = [
  `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql
   AS $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$`,
  'CREATE TRIGGER no_room BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION no_room()',
];
/** These change nothing that anybody would ask about. */
const unrecorded = new Set([...['hosts.rescan', 'profiles.validate', 'sessions.preflight', 'auth.setup']]);

let test: TestHub;
let cookie: string;
let daemon: ScriptedDaemon;
const { projects, profiles } = hostOf();
const hostId = hostIdSchema.parse(randomUUID());
const budgetId = randomUUID();
const ids: Record<'running' | 'ended' | 'orphan' | 'tree', SessionId> = {
  running: newId(),
  ended: newId(),
  orphan: newId(),
  tree: newId(),
};
function newId(): SessionId {
  return sessionIdSchema.parse(randomUUID());
}
let tokenId = '';
let joinToken = '';

beforeAll(async () => {
  test = await TestHub.start();
  cookie = await test.setUp();
  const { client } = test.hub.get(Database);
  await client.host.create({ data: { id: hostId, name: 'mill', state: 'online', projects, profiles } });
  const { userId } = await client.userSession.findFirstOrThrow();
  const common = {
    ...{ hostId, createdBy: userId, profile: 'bash', mode: 'new', project: '/srv/shop', projectName: 'shop' },
    ...{ cwd: '/srv/shop', cols: 80, rows: 24, startedAt: new Date(), name: 'shop' },
  };
  await client.session.createMany({
    data: [
      { ...common, id: ids.running, state: 'running' },
      { ...common, id: ids.orphan, state: 'running', orphan: true },
      { ...common, id: ids.ended, state: 'exited', endedAt: new Date() },
      { ...common, id: ids.tree, state: 'exited', endedAt: new Date(), worktree: true },
    ],
  });
  const budget = {
    scope: 'all',
    scopeKey: null,
    period: 'day',
    limitNanos: 1n,
    limitTokens: null,
    action: 'warn',
  };
  await client.budget.create({ data: { ...budget, id: budgetId, createdBy: userId, createdAt: new Date() } });
  const token = await call('POST', '/tokens', { name: 'to revoke' });
  tokenId = String(token.body.id);
  const host = await call('POST', '/hosts', { name: 'to enrol' });
  joinToken = String(host.body.joinToken);
  daemon = new ScriptedDaemon(hostId, 1);
  test.hub.get(DaemonRegistry).set(daemon);
  for (const sql of noRoom) await client.$executeRawUnsafe(sql);
});
afterAll(() => test.close());

const call = (method: string, path: string, json?: object, as: string = cookie) =>
  test.call({
    method,
    path: `/api/v1${path}`,
    headers: { ...test.browser(as), 'idempotency-key': randomUUID() },
    ...(json === undefined ? {} : { json }),
  });

const acts: Readonly<Record<string, () => readonly [string, string, object?]>> = {
  'auth.login': () => ['POST', '/auth/login', admin],
  'auth.logout': () => ['POST', '/auth/logout', {}],
  'auth.createToken': () => ['POST', '/tokens', { name: 'another' }],
  'auth.deleteToken': () => ['DELETE', `/tokens/${tokenId}`],
  'backups.create': () => ['POST', '/backups', {}],
  'budgets.create': () => [
    'POST',
    '/budgets',
    { scope: 'all', scopeKey: null, period: 'day', limitNanos: 5, limitTokens: null, action: 'warn' },
  ],
  'budgets.remove': () => ['DELETE', `/budgets/${budgetId}`],
  'hosts.create': () => ['POST', '/hosts', { name: 'another' }],
  'hosts.update': () => ['PATCH', `/hosts/${hostId}`, { name: 'another' }],
  'hosts.remove': () => ['DELETE', `/hosts/${hostId}`],
  'hosts.createJoinToken': () => ['POST', `/hosts/${hostId}/join-token`, {}],
  'hosts.rotateKey': () => ['POST', `/hosts/${hostId}/rotate-key`, {}],
  'hosts.revokeKey': () => ['POST', `/hosts/${hostId}/revoke-key`, {}],
  'hosts.trustProject': () => ['POST', `/hosts/${hostId}/projects/trust`, { path: '/srv/shop' }],
  'hosts.enrol': () => [
    'POST',
    '/enrol',
    { token: joinToken, publicKey: newKey(), instanceId: randomUUID() },
  ],
  'sessions.create': () => [
    'POST',
    '/sessions',
    sessionSpawnSchema.parse({ hostId, profile: 'bash', project: '/srv/shop', cols: 80, rows: 24 }),
  ],
  'sessions.update': () => ['PATCH', `/sessions/${ids.running}`, { name: 'another' }],
  'sessions.remove': () => ['DELETE', `/sessions/${ids.ended}`],
  'sessions.stop': () => ['POST', `/sessions/${ids.running}/stop`, {}],
  'sessions.input': () => ['POST', `/sessions/${ids.running}/input`, { data: 'never' }],
  'sessions.resume': () => ['POST', `/sessions/${ids.ended}/resume`, { cols: 80, rows: 24 }],
  'sessions.setModel': () => ['POST', `/sessions/${ids.running}/model`, { model: 'another' }],
  'sessions.adopt': () => ['POST', `/sessions/${ids.orphan}/adopt`, {}],
  'sessions.removeWorktree': () => ['DELETE', `/sessions/${ids.tree}/worktree`, { confirm: true }],
  'usage.setPrices': () => ['PUT', '/prices', { models: [] }],
};

const newKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

/** What is counted against those who guess passwords may count. */
const dump = async (): Promise<string> =>
  (await dumpDatabase(test.hub))
    .split(/^(?=-- )/m)
    .filter((table) => !table.startsWith('-- login_throttle'))
    .join('');

it('R:C18 F5 every route that changes something is one of these, or has nothing to record', () => {
  const changing = allRoutes.filter(({ route, name }) => route.method !== 'GET' && !unrecorded.has(name));
  expect(Object.keys(acts).sort()).toEqual(changing.map(({ name }) => name).sort());
});

it.each(Object.entries(acts))(
  'R:C18 F5 %s is refused when it cannot be recorded, and nothing happened',
  async (_, act) => {
    const before = await dump();
    daemon.heard.length = 0;
    const [method, path, body] = act();
    const answer = await call(method, path, body);
    expect([answer.status, answer.body.code, answer.body.detail], answer.text).toEqual([
      ...[503, 'DB_READ_ONLY', 'The disk of the database is full'],
    ]);
    expect(answer.headers['retry-after']).toBe('5');
    expect(await dump()).toBe(before);
    expect(daemon.heard).toEqual([]);
    // Not the second time either.
    expect((await call(method, path, body)).status).toBe(503);
    expect(daemon.heard).toEqual([]);
  },
);

it('R:C18 who is signed in looks at everything meanwhile', async () => {
  const looked = allRoutes.filter(({ route }) => route.method === 'GET' && !route.path.includes(':'));
  for (const { route } of looked.filter(({ route: { path } }) => path.startsWith('/api/v1/'))) {
    const answer = await call('GET', route.path.slice('/api/v1'.length));
    expect([route.path, answer.status < 500]).toEqual([route.path, true]);
  }
});

// The database answers and takes no changes: what must be recorded does not happen, on no host either; looking and typing go on.
import { existsSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { DatabaseBed, keepTelling, usageOf } from '../../stack/database-bed.js';
import { FakeAgent } from '../../stack/fake-agent.js';
import { makeRepository } from '../../stack/git-repo.js';
import { figures } from '../../stack/figures.js';
import { keystrokes, percentile } from '../../stack/measure.js';
import { ledgerOf } from '../../stack/otlp-sender.js';
import { hubUnderTest } from '../../stack/paths.js';
import { Rest, type Credential } from '../../stack/rest.js';
import { pause } from '../../stack/size.js';
import { until } from '../../stack/wait.js';

const limits = { keyMs: 200, noticeMs: 3_000, drainMs: 5_000 };
/** Longer than a daemon gathers minutes of usage before it tells them. */
const typeForMs = 6_000;
/** When somebody was last seen is written once a minute: here that is due. */
const minuteMs = 61_000;

let bed: DatabaseBed;
test.beforeAll(async () => {
  bed = await DatabaseBed.start({ hubEntry: hubUnderTest });
});
test.afterAll(() => bed.stop());

async function setReadOnly(on: boolean): Promise<void> {
  await bed.postgres.sql(
    `ALTER SYSTEM ${on ? 'SET default_transaction_read_only = on' : 'RESET default_transaction_read_only'}`,
  );
  await bed.postgres.sql('SELECT pg_reload_conf()');
}

test('R:C18 F5 a read-only PostgreSQL: acts are refused before anything happens, looking and typing go on, and it comes back by itself', async () => {
  test.setTimeout(180_000);
  const { stack, daemon, project } = bed;
  const { rest } = stack;
  const second = makeRepository(daemon.root, 'second');
  await stack.rescan(daemon);
  const told = await bed.told();
  const echo = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const ends = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const [viewer, leaving] = [await stack.view(echo.id), await stack.view(ends.id)];
  await viewer.sees('READY');
  await leaving.sees('READY');
  const tree = await stack.running(daemon, { project, worktree: true, trust: true });
  await rest.ok('POST', `sessions/${tree.id}/stop`, { force: true });
  const ended = await stack.sessionIs(tree.id, 'exited');
  const { id: tokenId } = await rest.ok('POST', 'tokens', { name: 'to revoke' });
  const byToken: Credential = { token: stack.token };
  const telling = keepTelling(told);
  await pause(1_000);

  await setReadOnly(true);
  const since = performance.now();
  const answer = await until(
    async () => {
      const { status, body } = await rest.call('GET', '/readyz');
      return status === 503 && body;
    },
    { what: '/readyz says it' },
  );
  const noticedMs = performance.now() - since;
  expect(JSON.stringify(answer.checks)).toContain('The database is read-only');
  await stack.hub.program.order('jump', { ms: minuteMs });

  const views = [
    'me',
    'sessions',
    `sessions/${echo.id}`,
    `sessions/${echo.id}/status`,
    'hosts',
    `hosts/${daemon.hostId}`,
    'usage',
    'profiles',
    'prices',
    'budgets',
    'settings',
    'fleet/activity',
  ];
  for (const credential of [rest.credential, byToken]) {
    const client = new Rest(stack.hub.url, credential);
    for (const path of views) expect((await client.call('GET', path)).status, path).toBe(200);
  }
  expect((await rest.call('GET', 'tokens')).status).toBe(200);

  const order = {
    hostId: daemon.hostId,
    profile: 'bash',
    mode: 'new',
    worktree: false,
    cols: 80,
    rows: 24,
    project,
  };
  const acts: readonly (readonly [string, string, object?])[] = [
    ['POST', 'sessions', order],
    ['POST', `sessions/${echo.id}/stop`, { force: true }],
    ['POST', `sessions/${echo.id}/input`, { data: 'never' }],
    ['PATCH', `sessions/${echo.id}`, { name: 'another' }],
    ['POST', `sessions/${ended.id}/resume`, { cols: 80, rows: 24 }],
    ['DELETE', `sessions/${ended.id}/worktree`, { confirm: true }],
    ['DELETE', `sessions/${ended.id}`],
    ['POST', 'hosts', { name: 'another' }],
    ['PATCH', `hosts/${daemon.hostId}`, { name: 'another' }],
    ['POST', `hosts/${daemon.hostId}/projects/trust`, { path: second }],
    ['DELETE', `hosts/${daemon.hostId}`],
    ['POST', 'tokens', { name: 'another' }],
    ['DELETE', `tokens/${tokenId}`],
    ['PUT', 'prices', { models: [] }],
    ['POST', 'auth/logout', {}],
    ['POST', 'auth/login', { username: 'ada', password: 'quartz-lantern-otter-19' }],
  ];
  const refused: Record<string, unknown> = {};
  for (const [method, path, body] of acts) {
    const { status, body: said } = await rest.call(method, path, body, { 'idempotency-key': `k-${path}` });
    refused[`${method} ${path}`] = `${status} ${said.code} ${said.detail}`;
  }
  for (const [act, said] of Object.entries(refused))
    expect(said, act).toBe('503 DB_READ_ONLY The database is read-only');
  // Nothing happened on the host either.
  expect(ended.cwd).not.toBe(project);
  expect(existsSync(ended.cwd ?? '/')).toBe(true);
  expect((await stack.session(echo.id)).state).toBe('running');
  expect(viewer.text).not.toContain('never');

  // Whoever comes now is told, sees and types.
  const newcomer = await stack.ui();
  const saidToNewcomer = await new Promise((resolve) => newcomer.socket.once('hub.database', resolve)).catch(
    () => null,
  );
  expect(saidToNewcomer).toEqual({ state: 'read-only', reason: 'The database is read-only' });
  const late = await stack.view(echo.id);
  await late.sees('READY');
  await leaving.type('\x04');
  await leaving.seesExit();
  const end = performance.now() + typeForMs;
  const sent = await telling.stop();
  const keys = await keystrokes(viewer, () => performance.now() < end);

  await setReadOnly(false);
  const back = performance.now();
  const seen: Record<string, number> = {};
  const mark = async (what: string, look: () => Promise<boolean>): Promise<void> => {
    await until(() => look().catch(() => false), { what, timeoutMs: 30_000 });
    seen[what] = Math.round(performance.now() - back);
  };
  await Promise.all([
    mark('ready', async () => (await rest.call('GET', '/readyz')).status === 200),
    mark('a write', async () => (await rest.call('POST', 'hosts', { name: 'afterwards' })).status === 201),
    mark('the end of a session', async () => (await stack.session(ends.id)).state === 'exited'),
    mark('every token', async () => (await usageOf(stack, told)).total.requests === sent.length),
  ]);
  const { projects } = await stack.rescan(daemon);
  expect(projects.find(({ path }) => path === second)).toMatchObject({ trusted: false });
  const p95 = percentile(keys, 0.95);
  figures('C18 read-only', {
    noticedMs,
    keys: keys.length,
    p95,
    max: Math.max(...keys),
    refused: acts.length,
    ...seen,
  });
  expect(noticedMs).toBeLessThan(limits.noticeMs);
  expect(p95).toBeLessThan(limits.keyMs);
  for (const [what, ms] of Object.entries(seen)) expect(ms, what).toBeLessThan(limits.drainMs);
  expect((await usageOf(stack, told)).total).toMatchObject({ ...ledgerOf(sent), requests: sent.length });
  expect(viewer.faults).toEqual([]);
});

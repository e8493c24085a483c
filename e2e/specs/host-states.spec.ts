// What a hub makes of a host that is silent, of two daemons with one key, and of a session that it does not know.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Host } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { admin } from '../stack/hub.js';
import { daemonUnderTest, hubUnderTest } from '../stack/paths.js';
import { processesOfSession } from '../stack/processes.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  stack = await Stack.start({ hubEntry: hubUnderTest });
  daemon = stack.makeDaemon('one');
  project = makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(async () => {
  // A stopped process does not hear SIGTERM.
  if (!daemon.program.end) daemon.program.child.kill('SIGCONT');
  await stack.stop();
});

const host = () => stack.rest.get<Host>(`hosts/${daemon.hostId}`);

test('R:C6 a session whose row was deleted behind the hub’s back: shown as an orphan, not killed, adopted', async () => {
  const session = await stack.running(daemon, { project, name: 'before' });
  const agents = () => processesOfSession(session.id).map(({ pid }) => pid);
  const pids = agents();
  await stack.hub.program.order('sql', { sql: `DELETE FROM sessions WHERE id = '${session.id}'::uuid` });
  const orphan = await until(
    async () => {
      const { status, body } = await stack.rest.call('GET', `sessions/${session.id}`);
      return status === 200 && body;
    },
    { what: 'the session is shown again', timeoutMs: 15_000 },
  );
  expect(orphan).toMatchObject({ orphan: true, state: 'running', project, profile: 'bash' });
  expect(agents()).toEqual(pids);
  const adopted = await stack.rest.ok('POST', `sessions/${session.id}/adopt`, {});
  expect(adopted).toMatchObject({ orphan: false, state: 'running' });
  const viewer = await stack.view(session.id);
  await viewer.type('echo adopted-$((1+1))\r');
  await viewer.sees('adopted-2');
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  await stack.sessionIs(session.id, 'exited');
});

test('R:C7 a host silent for ten minutes: sessions unknown, never closed; on its return they run again', async () => {
  const session = await stack.running(daemon, { project });
  const stopped = await stack.running(daemon, { project });
  daemon.program.child.kill('SIGSTOP');
  const silent = await until(
    async () => {
      const seen = await host();
      return seen.state !== 'online' && seen;
    },
    { what: 'the host is not online any more', timeoutMs: 20_000 },
  );
  expect(silent.state).toBe('unreachable');
  await stack.sessionIs(session.id, 'unknown');
  const wanted = await stack.rest.ok('POST', `sessions/${stopped.id}/stop`, {});
  expect(wanted).toMatchObject({
    state: 'unknown',
    desired: 'stopped',
    stateReason: { code: 'STOP_PENDING' },
  });
  await stack.hub.program.order('advance', { ms: 10 * 60_000 });
  const offline = await until(
    async () => {
      const seen = await host();
      return seen.state === 'offline' && seen;
    },
    { what: 'the host is offline' },
  );
  expect(offline.lastSeenAt).toBe(silent.lastSeenAt);
  expect(await stack.session(session.id)).toMatchObject({
    state: 'unknown',
    desired: 'running',
    endedAt: null,
  });
  daemon.program.child.kill('SIGCONT');
  await stack.online(daemon);
  await stack.sessionIs(session.id, 'running');
  // What was asked for while it was away is done now.
  expect((await stack.sessionIs(stopped.id, 'exited')).stateReason?.code).toBe('STOPPED_BY_USER');
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  await stack.sessionIs(session.id, 'exited');
});

test('R:C4 a spawn for a host that is away waits for its deadline, then fails and is never started late', async () => {
  await daemon.stop();
  await until(async () => (await host()).state !== 'online', { what: 'the host is away' });
  const late = await stack.spawn(daemon, { project, deadlineS: 120 });
  const patient = await stack.spawn(daemon, { project, deadlineS: 3600 });
  expect(late.state).toBe('queued');
  await stack.hub.program.order('advance', { ms: 121_000 });
  expect((await stack.sessionIs(late.id, 'failed')).stateReason?.code).toBe('EXPIRED');
  daemon.start();
  await stack.online(daemon);
  await stack.sessionIs(patient.id, 'running');
  expect((await stack.session(late.id)).state).toBe('failed');
  expect(processesOfSession(late.id)).toEqual([]);
  await stack.rest.ok('POST', `sessions/${patient.id}/stop`, { force: true });
  await stack.sessionIs(patient.id, 'exited');
});

test('R:C9 two daemons with one key: one stays online, the other says why and gives up after four minutes', async () => {
  await daemon.stop();
  const twinBase = path.join(stack.base, 'twin');
  cpSync(daemon.stateDir, path.join(twinBase, 'state'), { recursive: true });
  daemon.start();
  await stack.online(daemon);
  const twin = stack.makeDaemon('twin', { base: twinBase, entry: daemonUnderTest });
  twin.start();
  const conflicts = () => twin.program.lines.filter((line) => line.includes('HOST_CONFLICT')).length;
  for (let asked = 1; asked <= 8; asked += 1) {
    await until(() => conflicts() >= asked, { what: `conflict ${asked}:\n${twin.program.tail()}` });
    expect(twin.program.end).toBeNull();
    await twin.program.order('advance', { ms: 30_000 });
  }
  expect((await twin.program.ended).code).toBe(3);
  expect(twin.program.tail()).toContain('Another daemon is connected with this host key');
  expect(await host()).toMatchObject({ state: 'online', problem: { code: 'HOST_CONFLICT' } });
  const rows = await stack.hub.program.order('sql', {
    sql: `SELECT count(*) AS n FROM audit_events WHERE code = 'HOST_CONFLICT' AND subject_id = '${daemon.hostId}'`,
  });
  expect(Number(rows[0].n)).toBeGreaterThanOrEqual(8);
  const session = await stack.running(daemon, { project });
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
});

test('R:A15 a dump of the database after real sessions: no secret in it', async () => {
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'waiting' });
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  // To a program, and as a command: of the second a shell's report is kept, without what looks like a secret.
  await viewer.type('cat >/dev/null\r');
  await viewer.sees('\u001b]133;C');
  await viewer.type('canary-typed-to-a-program\r\u0004');
  await viewer.type(
    ': --password canary-in-an-option -H "Authorization: Bearer canary-in-a-header"; echo seen-$((40+2))\r',
  );
  await viewer.sees('seen-42');
  await until(
    async () =>
      JSON.stringify(await sql('SELECT sidecar FROM sessions')).includes('Authorization: Bearer ***'),
    {
      what: 'the last command is kept',
    },
  );
  const { privateKey } = JSON.parse(readFileSync(path.join(daemon.stateDir, 'host.json'), 'utf8'));
  const tables = await sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`);
  const rows = await Promise.all(
    tables.map(({ name }: { name: string }) => sql(`SELECT t::text AS row FROM "${name}" t`)),
  );
  const dump = JSON.stringify(rows);
  expect(dump).toContain(id);
  const cookie =
    'cookie' in (stack.rest.credential ?? {}) ? Object.values(stack.rest.credential ?? {})[0] : '';
  const secrets = {
    password: admin.password,
    cookie: String(cookie).split('=')[1],
    'API token': stack.token,
    'secret of the API token': stack.token.replace('rh_', ''),
    'join token': joinToken,
    'secret of the join token': joinToken.split('.')[1],
    'host key': privateKey.split('\n')[1],
    'what was typed to a program': 'canary-typed-to-a-program',
    'password in a command': 'canary-in-an-option',
    'header in a command': 'canary-in-a-header',
  };
  for (const [what, secret] of Object.entries(secrets)) {
    expect(String(secret).length, what).toBeGreaterThan(8);
    expect(dump.includes(String(secret)), `the database holds the ${what}`).toBe(false);
  }
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
});

const sql = (text: string) => stack.hub.program.order('sql', { sql: text });

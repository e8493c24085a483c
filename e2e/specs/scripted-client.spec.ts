// A client written from docs/protocol.md alone: fetch and a Socket.IO client, no code of Roundhouse but the two
// programs it talks to. Sets up, enrols a host, spawns, attaches, types, reads and stops.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from '@playwright/test';
import { io } from 'socket.io-client';
import { makeRepository } from '../stack/git-repo.js';
import { daemonEntry, hubEntry } from '../stack/paths.js';
import { endProcessesOf } from '../stack/processes.js';
import { until } from '../stack/wait.js';

let base: string;
const children: ChildProcess[] = [];

test.beforeAll(() => {
  base = mkdtempSync(path.join(tmpdir(), 'rh-e2e-'));
  chmodSync(base, 0o755);
});
test.afterAll(async () => {
  for (const child of children) {
    child.kill('SIGTERM');
    await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(0)));
  }
  await endProcessesOf(base);
  rmSync(base, { recursive: true, force: true });
});

function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [...args], {
    env: { PATH: process.env['PATH'], HOME: base, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return (prefix: string): Promise<string> =>
    until(() => lines.find((line) => line.startsWith(prefix))?.slice(prefix.length), {
      what: prefix,
      timeoutMs: 30_000,
    });
}

test('set up, enrol, spawn, attach, type, read, stop: by the published protocol', async () => {
  const root = path.join(base, 'src');
  mkdirSync(root);
  const project = makeRepository(root, 'depot');

  // The hub says where it is, and how to set it up.
  const line = run([hubEntry], { ROUNDHOUSE_PORT: '0', ROUNDHOUSE_STATE_DIR: path.join(base, 'hub') });
  const origin = await line('Roundhouse is ready: ');
  const link = await line('Setup link: ');
  expect(link.startsWith(`${origin}/setup#token=`)).toBe(true);

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const call = async (method: string, url: string, body?: unknown, headers = {}): Promise<any> => {
    const response = await fetch(`${origin}/api/v1${url}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.ok, `${method} ${url}: ${response.status}`).toBe(true);
    return {
      status: response.status,
      cookie: response.headers.get('set-cookie'),
      body: await response.json(),
    };
  };

  const token = link.split('#token=')[1];
  const setup = await call('POST', '/setup', { token, username: 'kit', password: 'seven-copper-lanterns-4' });
  expect(setup.status).toBe(201);
  const cookie = String(setup.cookie).split(';')[0];
  const made = await call('POST', '/tokens', { name: 'script' }, { cookie, origin });
  expect(made.body.token).toMatch(/^rh_/);
  const bearer = { authorization: `Bearer ${made.body.token}` };

  const host = (await call('POST', '/hosts', { name: 'depot' }, bearer)).body;
  expect(host.commands.node).toContain(host.joinToken);
  run([daemonEntry], {
    HUB_URL: origin,
    JOIN_TOKEN: host.joinToken,
    PROJECTS_ROOT: root,
    OTLP_PORT: '0',
    ROUNDHOUSE_STATE_DIR: path.join(base, 'daemon'),
  });
  await until(
    async () => {
      const { state, projects } = (await call('GET', `/hosts/${host.id}`, undefined, bearer)).body;
      return state === 'online' && projects.some((found: { path: string }) => found.path === project);
    },
    { what: 'the host is online with its project' },
  );

  const request = {
    hostId: host.id,
    profile: 'bash',
    project,
    mode: 'new',
    worktree: false,
    cols: 80,
    rows: 24,
  };
  const key = { 'idempotency-key': 'one-and-only' };
  const spawned = await call('POST', '/sessions', request, { ...bearer, ...key });
  expect(spawned.status).toBe(201);
  expect(['queued', 'starting', 'running']).toContain(spawned.body.state);
  const sessionId: string = spawned.body.id;

  const socket = io(`${origin}/ui`, {
    path: '/socket.io',
    transports: ['websocket'],
    auth: { token: made.body.token },
  });
  const chunks: Buffer[] = [];
  let next = 0;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  let exit: any = null;
  socket.on('session.output', ({ epoch, offset, data }) => {
    expect(offset).toBe(next);
    chunks.push(Buffer.from(data));
    next += Buffer.from(data).length;
    socket.emit('session.ack', { sessionId, epoch, offset: next });
  });
  socket.on('session.exit', (payload) => (exit = payload));
  try {
    const attached = await socket.timeout(10_000).emitWithAck('session.attach', { sessionId });
    expect(attached).toMatchObject({
      ok: true,
      data: { mode: 'exact', epoch: 1, offset: 0, controller: true },
    });
    await until(() => next > 0, { what: 'the prompt' });
    const data = Buffer.from('echo $((6*7)) > typed.txt; cat typed.txt; stty size\r');
    const input = { sessionId, epoch: 1, seq: 1, data };
    expect(await socket.timeout(10_000).emitWithAck('session.input', input)).toEqual({
      ok: true,
      data: { seq: 1 },
    });
    // The same once more, as after a lost acknowledgement: acknowledged, not applied.
    expect(await socket.timeout(10_000).emitWithAck('session.input', input)).toEqual({
      ok: true,
      data: { seq: 1 },
    });
    const shown = () => Buffer.concat(chunks).toString('utf8');
    await until(() => /42\r\n24 80\r\n/.test(shown()), { what: 'the output' });
    expect(shown().match(/24 80/g)).toHaveLength(1);
    expect(readFileSync(path.join(project, 'typed.txt'), 'utf8')).toBe('42\n');

    await call('POST', `/sessions/${sessionId}/stop`, {}, bearer);
    await until(() => exit !== null, { what: 'session.exit' });
    expect(exit).toMatchObject({ sessionId, epoch: 1, offset: next });
    const ended = await until(
      async () => {
        const { body } = await call('GET', `/sessions/${sessionId}`, undefined, bearer);
        return body.state === 'exited' && body;
      },
      { what: 'the session is exited' },
    );
    expect(ended).toMatchObject({
      desired: 'stopped',
      activity: null,
      stateReason: { code: 'STOPPED_BY_USER' },
    });
    expect(existsSync(path.join(project, '.git'))).toBe(true);
  } finally {
    socket.close();
  }
});

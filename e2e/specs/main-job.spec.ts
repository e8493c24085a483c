// The main job over REST and socket: from a fresh machine to a terminal, and its end.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Host } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { git, makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.beforeAll(async () => {
  stack = await Stack.start();
  daemon = stack.makeDaemon('one');
  project = makeRepository(daemon.root, 'engine');
});
test.afterAll(() => stack.stop());

test('a host enrols with its one-time token and reports its projects and agents', async () => {
  const registered = await stack.rest.ok('POST', 'hosts', { name: 'workshop' });
  daemon.hostId = registered.id;
  daemon.start(registered.joinToken);
  await stack.online(daemon);
  const host = await until(
    async () => {
      const seen = await stack.rest.get<Host>(`hosts/${daemon.hostId}`);
      return seen.projects.length > 0 && seen;
    },
    { what: 'the project is reported' },
  );
  expect(host.projects).toMatchObject([{ path: project, name: 'engine', branch: 'main', trusted: false }]);
  expect(host.profiles.map(({ name }) => name)).toContain('bash');
});

test('bash in a repository: typed, read, on disk, stopped', async () => {
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  expect(viewer.controller).toBe(true);
  await viewer.type('echo made-$((40+2)) | tee made.txt\r');
  await viewer.sees('made-42');
  await until(() => readFileSync(path.join(project, 'made.txt'), 'utf8') === 'made-42\n', {
    what: 'made.txt',
  });
  // F:F11: where it is, what it did, and how that ended.
  await viewer.type('cd / && (exit 3)\r');
  await until(async () => (await stack.session(session.id)).sidecar?.['last_exit_code'] === '3', {
    what: 'the shell has reported',
  });
  const { sidecar } = await stack.session(session.id);
  expect(sidecar).toEqual({ current_activity: '/', last_cmd: 'cd / && (exit 3)', last_exit_code: '3' });
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
  const exit = await viewer.seesExit();
  expect(exit?.offset).toBe(viewer.offset);
  const ended = await stack.sessionIs(session.id, 'exited');
  expect(ended).toMatchObject({ desired: 'stopped', stateReason: { code: 'STOPPED_BY_USER' } });
  expect(viewer.faults).toEqual([]);
});

test('an exit code is shown as the agent gave it, with the last output', async () => {
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  await viewer.type('echo last-words; exit 7\r');
  expect(await viewer.seesExit()).toMatchObject({ exitCode: 7, signal: null });
  expect(viewer.text).toContain('last-words');
  expect(await stack.sessionIs(session.id, 'exited')).toMatchObject({
    exitCode: 7,
    stateReason: { code: 'CRASHED' },
  });
  // An ended session can still be read, byte for byte.
  const again = await stack.view(session.id);
  await again.seesExit();
  expect(again.sha256).toBe(viewer.sha256);
  expect([...viewer.faults, ...again.faults]).toEqual([]);
});

test('in a worktree: the change is on the branch, not in the main checkout', async () => {
  const refused = await stack.rest.call(
    'POST',
    'sessions',
    { hostId: daemon.hostId, profile: 'bash', project, mode: 'new', worktree: true, cols: 80, rows: 24 },
    { 'idempotency-key': 'untrusted' },
  );
  expect(refused).toMatchObject({ status: 409, body: { code: 'PROJECT_UNTRUSTED' } });
  const session = await stack.running(daemon, { project, worktree: true, trust: true });
  expect(session.branch).toMatch(/^agent\/bash-/);
  expect(session.cwd).toContain('/.agent-worktrees/engine/');
  const viewer = await stack.view(session.id);
  await viewer.type(
    'echo new > only-here.txt; git add . ; git -c user.name=T -c user.email=t@t.invalid commit -qm w; echo ok-$?\r',
  );
  await viewer.sees('ok-0');
  expect(git(project, 'ls-tree', '--name-only', session.branch ?? '')).toContain('only-here.txt');
  expect(git(project, 'status', '--porcelain')).not.toContain('only-here');
  expect(git(project, 'branch', '--show-current')).toBe('main');
});

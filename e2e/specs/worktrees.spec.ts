// Spawns that cannot be, and worktrees that must not be lost, through the whole stack.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { git, makeRepository } from '../stack/git-repo.js';
import { processesOfSession } from '../stack/processes.js';
import { Stack } from '../stack/stack.js';

let stack: Stack;
let daemon: DaemonProcess;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  stack = await Stack.start();
  const profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  writeFileSync(
    path.join(profiles, 'ghost.yaml'),
    'name: ghost\nalways_available: true\ncommands:\n  new: [no-such-program-anywhere]\n',
  );
  daemon = await stack.addDaemon('one', { env: { PROFILES_DIR: profiles } });
});
test.afterAll(() => stack.stop());

/** A repository that the host has reported. */
async function project(name: string): Promise<string> {
  const dir = makeRepository(daemon.root, name);
  await stack.rescan(daemon);
  return dir;
}

const branches = (dir: string) => git(dir, 'for-each-ref', '--format=%(refname)', 'refs/heads');
const worktreesOf = (name: string) => {
  const dir = path.join(daemon.root, '.agent-worktrees', name);
  return existsSync(dir) ? readdirSync(dir) : [];
};

test('R:C22 an agent that is not installed: AGENT_NOT_FOUND within a second, and nothing left behind', async () => {
  const dir = await project('ghost-town');
  const { id } = await stack.spawn(daemon, { project: dir, profile: 'ghost', worktree: true, trust: true });
  const failed = await stack.sessionIs(id, 'failed');
  expect(failed.stateReason).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  expect(failed.stateReason?.message).toContain('no-such-program-anywhere');
  expect(Date.parse(failed.endedAt ?? '') - Date.parse(failed.createdAt)).toBeLessThan(1_000);
  expect(branches(dir)).toBe('refs/heads/main');
  expect(worktreesOf('ghost-town')).toEqual([]);
  expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
  expect(processesOfSession(id)).toEqual([]);
  expect(readdirSync(path.join(daemon.stateDir, 'run'))).toEqual([]);
});

test('R:C23 the disk of the worktrees is full: NO_SPACE, and no worktree or branch is left', async () => {
  const isRoot = process.getuid?.() === 0;
  const small = path.join(stack.base, 'small', 'src');
  mkdirSync(small, { recursive: true });
  const mounted = isRoot && mount(small);
  test.skip(!mounted, 'needs the right to mount a tmpfs of 8 MiB');
  try {
    const dir = makeRepository(small, 'large');
    // 5 MiB that do not compress: they fit once, as an object, and not a second time as a file.
    const noise = execFileSync('head', ['-c', String(5 * 1024 * 1024), '/dev/urandom'], {
      maxBuffer: 1 << 24,
    });
    writeFileSync(path.join(stack.base, 'noise'), noise);
    const hash = git(dir, 'hash-object', '-w', path.join(stack.base, 'noise'));
    git(dir, 'update-index', '--add', '--cacheinfo', `100644,${hash},noise`);
    git(dir, 'commit', '-q', '-m', 'large');
    git(dir, 'update-index', '--skip-worktree', 'noise');
    const other = await stack.addDaemon('small', { base: path.join(stack.base, 'small') });
    await stack.rescan(other);
    const { id } = await stack.spawn(other, { project: dir, worktree: true, trust: true });
    const failed = await stack.sessionIs(id, 'failed');
    expect(failed.stateReason?.code).toBe('NO_SPACE');
    expect(branches(dir)).toBe('refs/heads/main');
    expect(git(dir, 'worktree', 'list').split('\n')).toHaveLength(1);
    expect(
      existsSync(path.join(small, '.agent-worktrees', 'large')) &&
        readdirSync(path.join(small, '.agent-worktrees', 'large')),
    ).toBeFalsy();
    await other.stop();
  } finally {
    if (mounted) execFileSync('umount', ['-l', small]);
  }
});

test('R:C25 a stale index.lock: a typed error that names the file within three seconds, and the lock stays', async () => {
  const dir = await project('locked');
  const session = await stack.running(daemon, { project: dir, worktree: true, trust: true });
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  await stack.sessionIs(session.id, 'exited');
  const gitDir = git(session.cwd ?? '', 'rev-parse', '--absolute-git-dir');
  const lock = path.join(gitDir, 'index.lock');
  writeFileSync(lock, 'somebody');
  writeFileSync(path.join(session.cwd ?? '', 'work.txt'), 'work');
  const started = Date.now();
  const refused = await stack.rest.call('DELETE', `sessions/${session.id}/worktree?confirm=true`, {});
  expect(Date.now() - started).toBeLessThan(3_000);
  expect(refused.body).toMatchObject({ code: 'GIT_LOCKED' });
  expect(JSON.stringify(refused.body)).toContain('index.lock');
  expect(readFileSync(lock, 'utf8')).toBe('somebody');
  expect(readFileSync(path.join(session.cwd ?? '', 'work.txt'), 'utf8')).toBe('work');
});

test('R:C26 the project directory goes while the agent runs: it lives, is marked, and the next spawn is refused', async () => {
  const dir = await project('moved');
  const session = await stack.running(daemon, { project: dir });
  const viewer = await stack.view(session.id);
  renameSync(dir, `${dir}-elsewhere`);
  await expect
    .poll(async () => (await stack.session(session.id)).warnings, { timeout: 15_000 })
    .toContain('directory-missing');
  expect((await stack.session(session.id)).state).toBe('running');
  await viewer.type('echo here-$((1+1))\r');
  await viewer.sees('here-2');
  const next = await stack.rest.call(
    'POST',
    'sessions',
    {
      hostId: daemon.hostId,
      profile: 'bash',
      project: dir,
      mode: 'new',
      worktree: false,
      cols: 80,
      rows: 24,
    },
    { 'idempotency-key': 'gone' },
  );
  if (next.status === 201) {
    const failed = await stack.sessionIs(next.body.id, 'failed');
    expect(failed.stateReason?.code).toBe('DIRECTORY_MISSING');
  } else expect(next.status).toBeGreaterThanOrEqual(400);
});

test('R:C27 a stop never removes a worktree; removal refuses with the list, and confirmed leaves a rescue ref', async () => {
  const dir = await project('careful');
  const session = await stack.running(daemon, { project: dir, worktree: true, trust: true });
  const cwd = session.cwd ?? '';
  const running = await stack.rest.call('DELETE', `sessions/${session.id}/worktree`, { confirm: true });
  expect(running).toMatchObject({ status: 409, body: { code: 'SESSION_RUNNING' } });
  writeFileSync(path.join(cwd, 'README.md'), 'changed\n');
  writeFileSync(path.join(cwd, 'new.txt'), 'untracked\n');
  writeFileSync(path.join(cwd, 'done.txt'), 'committed\n');
  git(cwd, 'add', 'done.txt');
  git(cwd, 'commit', '-q', '-m', 'only here');
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
  await stack.sessionIs(session.id, 'exited');
  expect(readFileSync(path.join(cwd, 'new.txt'), 'utf8')).toBe('untracked\n');
  const list = {
    dirty: ['README.md'],
    untracked: ['new.txt'],
    unmerged: [expect.stringContaining('only here')],
  };
  expect(await stack.rest.get(`sessions/${session.id}/worktree`)).toMatchObject({
    path: cwd,
    branch: session.branch,
    ...list,
  });
  const refused = await stack.rest.call('DELETE', `sessions/${session.id}/worktree`, {});
  expect(refused).toMatchObject({ status: 409, body: { code: 'WORKTREE_NOT_CLEAN' } });
  expect(JSON.stringify(refused.body)).toMatch(/README\.md.*new\.txt.*only here/);
  expect(existsSync(cwd)).toBe(true);
  const removed = await stack.rest.ok('DELETE', `sessions/${session.id}/worktree`, { confirm: true });
  expect(existsSync(cwd)).toBe(false);
  expect(removed.rescueRef).toMatch(/^refs\//);
  expect(git(dir, 'show', `${removed.rescueRef}:new.txt`)).toBe('untracked');
  expect(git(dir, 'show', `${removed.rescueRef}:README.md`)).toBe('changed');
  expect(git(dir, 'show', `${removed.rescueRef}:done.txt`)).toBe('committed');
  // A clean one goes without a question and without a rescue ref.
  const clean = await stack.running(daemon, { project: dir, worktree: true });
  await stack.rest.ok('POST', `sessions/${clean.id}/stop`, { force: true });
  await stack.sessionIs(clean.id, 'exited');
  expect(await stack.rest.ok('DELETE', `sessions/${clean.id}/worktree`, {})).toMatchObject({
    rescueRef: null,
  });
});

function mount(dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

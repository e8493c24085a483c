// Nothing of a stopped session lives on, and many short sessions leave nothing behind in the daemon.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { isAlive, processes, processesOf, processesOfSession } from '../stack/processes.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

/** `E2E_SESSIONS=500 npm test -- --e2e` runs the whole of it; what runs always is scaled to a machine of two cores. */
const shortSessions = Number(process.env['E2E_SESSIONS'] ?? 60);
/** So many at once. */
const lanes = 4;

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  stack = await Stack.start();
  const profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  writeFileSync(
    path.join(profiles, 'brief.yaml'),
    "name: brief\nalways_available: true\ncommands:\n  new: [sh, -c, 'echo brief; exit 3']\n",
  );
  daemon = stack.makeDaemon('one', { env: { PROFILES_DIR: profiles } });
  project = makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'one' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
});
test.afterAll(() => stack.stop());

test('R:D22 a child that ignores HUP, TERM and INT, and its grandchild in a session of its own: gone in 6 s', async () => {
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  const stubborn = path.join(daemon.root, 'stubborn.sh');
  writeFileSync(
    stubborn,
    `trap '' HUP TERM INT
setsid sh -c "trap '' HUP TERM INT; echo grand-$((1+1)); while :; do sleep 1; done" &
echo child-$((1+1)); while :; do sleep 1; done
`,
  );
  await viewer.type(`bash ${stubborn}\r`);
  await viewer.sees('child-2');
  await viewer.sees('grand-2');
  expect(processesOfSession(session.id).length).toBeGreaterThanOrEqual(3);
  const asked = Date.now();
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, {});
  await until(() => processesOfSession(session.id).length === 0, {
    what: 'the whole tree is gone',
    timeoutMs: 8_000,
  });
  expect(Date.now() - asked).toBeLessThan(6_500);
  const ended = await stack.sessionIs(session.id, 'exited');
  expect(ended.stateReason?.code).toBe('STOPPED_BY_USER');
});

test('force stop: KILL at once, the whole tree', async () => {
  const session = await stack.running(daemon, { project });
  const viewer = await stack.view(session.id);
  await viewer.type(`bash ${path.join(daemon.root, 'stubborn.sh')}\r`);
  await viewer.sees('grand-2');
  const asked = Date.now();
  await stack.rest.ok('POST', `sessions/${session.id}/stop`, { force: true });
  await until(() => processesOfSession(session.id).length === 0, { what: 'the whole tree is gone' });
  expect(Date.now() - asked).toBeLessThan(2_000);
  await stack.sessionIs(session.id, 'exited');
});

test(`R:D23 ${shortSessions} short sessions: no zombie, no socket, no keeper, and the daemon no larger`, async () => {
  test.setTimeout(60_000 + shortSessions * 1_500);
  const run = async (): Promise<void> => {
    const { id } = await stack.spawn(daemon, { project, profile: 'brief' });
    const ended = await stack.sessionIs(id, 'exited', 30_000);
    expect(ended.exitCode).toBe(3);
  };
  const runMany = async (count: number): Promise<void> => {
    let left = count;
    const lane = async () => {
      while (left > 0) {
        left -= 1;
        await run();
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };
  const settled = () =>
    until(() => readdirSync(path.join(daemon.stateDir, 'run')).length === 0 && keepers().length === 0, {
      what: 'the keepers are gone, with their sockets',
    });
  // Warm: what is opened once and kept is open.
  await runMany(lanes * 2);
  await settled();
  const before = footprint(daemon.program.pid);
  await runMany(shortSessions);
  await settled();
  await until(
    () => {
      const after = footprint(daemon.program.pid);
      return near(after.fds, before.fds) && near(after.threads, before.threads);
    },
    {
      what: `descriptors and threads of the daemon are what they were: ${JSON.stringify(before)}`,
      timeoutMs: 10_000,
    },
  );
  const ours = new Set([
    daemon.program.pid,
    stack.hub.program.pid,
    ...processesOf(stack.base).map(({ pid }) => pid),
  ]);
  expect(processes().filter(({ state, ppid }) => state === 'Z' && ours.has(ppid))).toEqual([]);
  expect(isAlive(daemon.program.pid)).toBe(true);
});

const keepers = () => processesOf(daemon.stateDir).filter(({ command }) => /keeper/.test(command));

/** Within ten percent, or two for the small numbers. */
const near = (now: number, then: number): boolean => Math.abs(now - then) <= Math.max(2, then * 0.1);

function footprint(pid: number) {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return {
    fds: readdirSync(`/proc/${String(pid)}/fd`).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
  };
}

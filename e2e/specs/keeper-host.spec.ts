// A host that runs short: of descriptors, of disk. And a daemon that comes back to many sessions.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { Session } from '@roundhouse/protocol';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { bar, sized } from '../stack/size.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let profiles: string;

const addDaemon = async (name: string): Promise<{ daemon: DaemonProcess; project: string }> => {
  const daemon = await stack.addDaemon(name, { env: { PROFILES_DIR: profiles } });
  const project = makeRepository(daemon.root, 'engine');
  await stack.rescan(daemon);
  return { daemon, project };
};

test.beforeAll(async () => {
  stack = await Stack.start();
  profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  // Two floods, each after a key: over the first MiB, and then less than a keeper holds in memory.
  const lines = (count: number): string =>
    `awk 'BEGIN { for (n = 0; n < ${count}; n++) printf "%06d ................................................\\n", n }'`;
  const script = `stty raw -echo; printf READY; head -c 1 >/dev/null; ${lines(20_000)}; printf HALF; head -c 1 >/dev/null; ${lines(16_000)}; printf END; head -c 1 >/dev/null; exit 6`;
  const flood = { name: 'flood', always_available: true, commands: { new: ['sh', '-c', script] } };
  writeFileSync(path.join(profiles, 'flood.yaml'), JSON.stringify(flood));
  const cat = { name: 'cat', always_available: true, commands: { new: ['cat'] } };
  writeFileSync(path.join(profiles, 'cat.yaml'), JSON.stringify(cat));
});
test.afterAll(() => stack.stop());

async function seesPreview(id: string): Promise<void> {
  const ui = await stack.ui();
  const seen = new Promise((resolve) => {
    ui.on('session.preview', resolve);
  });
  await ui.request('preview.watch', { sessionIds: [id] });
  await seen;
  ui.close();
}

/** User and system time of a process; the kernel counts in hundredths of a second. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

test('R:C24 a full disk: the session goes on, says so, and every byte reaches who is connected', async () => {
  const { daemon, project } = await addDaemon('full');
  const session = await stack.running(daemon, { project, profile: 'flood' });
  // The second MiB of the output goes to a device that is always full.
  const epochDir = path.join(daemon.stateDir, 'sessions', session.id, 'epochs', String(session.epoch));
  await until(() => existsSync(path.join(epochDir, 'spool')), { what: 'the spool' });
  symlinkSync('/dev/full', path.join(epochDir, 'spool', String(1024 * 1024).padStart(16, '0')));
  const viewer = await stack.view(session.id);
  await viewer.type('x');
  await viewer.sees('HALF', { timeoutMs: 30_000 });
  await until(async () => (await stack.session(session.id)).warnings.includes('spool-degraded'), {
    what: 'the warning',
  });
  await viewer.type('x');
  await viewer.sees('END', { timeoutMs: 30_000 });
  await viewer.type('x');
  expect(await viewer.seesExit()).toMatchObject({ exitCode: 6 });
  const lines = (length: number): string =>
    Array.from({ length }, (_, n) => `${String(n).padStart(6, '0')} ${'.'.repeat(48)}\n`).join('');
  const all = `READY${lines(20_000)}HALF${lines(16_000)}END`;
  expect(viewer.bytes.length).toBe(all.length);
  expect(viewer.sha256).toBe(createHash('sha256').update(all).digest('hex'));
  expect([...viewer.gaps, ...viewer.faults]).toEqual([]);
  expect(await stack.sessionIs(session.id, 'exited')).toMatchObject({ exitCode: 6 });
  await daemon.stop();
});

test(
  'R:C21 a daemon short of descriptors refuses the next session, and those it has type on',
  bar,
  async () => {
    test.setTimeout(sized(60_000, 300_000));
    const { daemon, project } = await addDaemon('narrow');
    // Its first screen starts a thread, which opens a hundred files of code for a moment.
    const first = await stack.running(daemon, { project, profile: 'cat' });
    await seesPreview(first.id);
    const limit = sized(128, 256);
    execFileSync('prlimit', ['--pid', String(daemon.program.pid), `--nofile=${limit}:${limit}`]);
    const live: Session[] = [];
    let refused: Session | null = null;
    while (refused === null && live.length < limit) {
      const { id } = await stack.spawn(daemon, { project, profile: 'cat' });
      const session = await until(
        async () => {
          const now = await stack.session(id);
          return (now.state === 'running' || now.state === 'failed') && now;
        },
        { what: 'it runs or is refused' },
      );
      if (session.state === 'failed') refused = session;
      else live.push(session);
    }
    expect(refused?.stateReason?.code).toBe('HOST_CAPACITY');
    expect(live.length).toBeGreaterThan(5);
    for (const { id } of [live[0], live.at(-1)].filter((each) => each !== undefined)) {
      const viewer = await stack.view(id);
      await viewer.type('still-here\r');
      await viewer.sees('still-here\r\nstill-here');
      viewer.close();
    }
    expect(daemon.program.end).toBeNull();
    expect(daemon.program.lines.filter((line) => line.includes('EMFILE'))).toEqual([]);
    // Room again: the next one is taken.
    for (const { id } of live.slice(0, 4))
      await stack.rest.ok('POST', `sessions/${id}/stop`, { force: true });
    for (const { id } of live.slice(0, 4)) await stack.sessionIs(id, 'exited');
    await stack.running(daemon, { project, profile: 'cat' });
    await daemon.stop();
  },
);

test('a daemon that was killed is back with 20 sessions in 2 s', bar, async () => {
  test.setTimeout(120_000);
  const { daemon, project } = await addDaemon('many');
  const sessions = await Promise.all(
    Array.from({ length: 20 }, () => stack.spawn(daemon, { project, profile: 'cat' })),
  );
  for (const { id } of sessions) await stack.sessionIs(id, 'running', 30_000);
  await daemon.kill9();
  await until(async () => (await stack.session(sessions[0]?.id ?? '')).state === 'unknown', {
    what: 'unknown',
  });
  const begun = performance.now();
  daemon.start();
  await until(
    async () => {
      const states = await Promise.all(sessions.map(async ({ id }) => (await stack.session(id)).state));
      return states.every((state) => state === 'running');
    },
    { what: 'all are back', timeoutMs: 20_000 },
  );
  const tookMs = Math.round(performance.now() - begun);
  const cpu = cpuMs(daemon.program.pid);
  test.info().annotations.push({ type: 'daemon restart with 20 sessions', description: `${tookMs} ms` });
  // The bar is 2 s on a machine that is free. Other tests may use this one, but not this processor time.
  expect(cpu).toBeLessThan(2_000);
  expect(tookMs).toBeLessThan(sized(20_000, 2_000));
  const viewer = await stack.view(sessions[19]?.id ?? '');
  await viewer.type('again\r');
  await viewer.sees('again\r\nagain');
  console.log(`daemon restart with 20 sessions: ${tookMs} ms, processor time ${cpu} ms`);
});

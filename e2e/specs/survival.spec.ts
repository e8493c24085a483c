// Who may die: two daemons with different roots, the hub and one daemon killed with SIGKILL while agents print.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let stack: Stack;
let north: DaemonProcess;
let south: DaemonProcess;

test.beforeAll(async () => {
  stack = await Stack.start();
  north = stack.makeDaemon('north');
  south = stack.makeDaemon('south');
  for (const daemon of [north, south]) {
    makeRepository(daemon.root, `${daemon.name}-yard`);
    const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: daemon.name });
    daemon.hostId = id;
    daemon.start(joinToken);
  }
  await Promise.all([stack.online(north), stack.online(south)]);
});
test.afterAll(() => stack.stop());

const projectOf = (daemon: DaemonProcess) => path.join(daemon.root, `${daemon.name}-yard`);

test('two daemons with different roots on one machine: each reports its own projects', async () => {
  for (const daemon of [north, south]) {
    const { projects } = await stack.rescan(daemon);
    expect(projects.map((project) => project.path)).toEqual([projectOf(daemon)]);
  }
});

test('kill -9 of the hub: both sessions are still there, with every byte, and typing works', async () => {
  const started = await Promise.all(
    [north, south].map(async (daemon) => stack.running(daemon, { project: projectOf(daemon) })),
  );
  const viewers = await Promise.all(started.map(({ id }) => stack.view(id)));
  for (const [index, viewer] of viewers.entries()) {
    await viewer.type(`for i in $(seq 400); do echo line-$i-${index}; sleep 0.01; done; echo all-$((1+1))\r`);
    await viewer.sees('line-20-');
  }
  await stack.hub.kill9();
  await stack.hub.start();
  await Promise.all([stack.online(north), stack.online(south)]);
  for (const [index, viewer] of viewers.entries()) {
    expect(await stack.sessionIs(viewer.sessionId, 'running')).toMatchObject({ orphan: false });
    // The viewer's own socket has reconnected or not: a new one goes on at the byte where the old one was.
    await viewer.reattach(await stack.ui());
    await viewer.sees('all-2', { timeoutMs: 20_000 });
    const numbers = [...viewer.text.matchAll(new RegExp(`line-(\\d+)-${index}\\r`, 'g'))].map(([, n]) =>
      Number(n),
    );
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, n) => n + 1));
    await viewer.type('echo still-$((40+2))\r');
    await viewer.sees('still-42');
    expect(viewer.faults).toEqual([]);
    expect(viewer.gaps).toEqual([]);
    await stack.rest.ok('POST', `sessions/${viewer.sessionId}/stop`, {});
  }
});

test('kill -9 of a daemon: its session lives on with the output made meanwhile, byte for byte', async () => {
  const session = await stack.running(north, { project: projectOf(north) });
  const neighbour = await stack.running(south, { project: projectOf(south) });
  const viewer = await stack.view(session.id);
  const script = path.join(north.root, 'print.sh');
  // Raw bytes with a hash of its own: what the terminal shows must be exactly this.
  writeFileSync(
    script,
    `stty raw -echo
for i in $(seq 5000); do printf 'row %05d \\xe2\\x9c\\x93 %s\\n' $i $RANDOM; done > ${north.root}/expected
printf 'BEGIN!'
head -c 60000 ${north.root}/expected
touch ${north.root}/half
while [ ! -e ${north.root}/go ]; do sleep 0.05; done
tail -c +60001 ${north.root}/expected
touch ${north.root}/done
printf 'END!'
stty sane
exec bash --norc
`,
  );
  await viewer.type(`exec bash ${script}\r`);
  await until(() => readFile(path.join(north.root, 'half')) !== null, { what: 'the first half' });
  await north.kill9();
  writeFileSync(path.join(north.root, 'go'), '');
  await until(() => readFile(path.join(north.root, 'done')) !== null, {
    what: 'output made without a daemon',
  });
  const unknown = await stack.sessionIs(session.id, 'unknown');
  expect(unknown.stateReason?.code).toBe('HOST_UNREACHABLE');
  await expect(viewer.type('x')).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  north.start();
  await stack.online(north);
  await stack.sessionIs(session.id, 'running');
  await viewer.sees('END!');
  const shown = viewer.bytes;
  const from = shown.indexOf('BEGIN!') + 'BEGIN!'.length;
  const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const expected = readFileSync(path.join(north.root, 'expected'));
  expect(expected.length).toBeGreaterThan(60_000);
  expect(sha(shown.subarray(from, shown.indexOf('END!')))).toBe(sha(expected));
  // A viewer that comes now is told the very same bytes.
  const late = await stack.view(session.id);
  await late.sees('END!');
  expect(late.bytes.subarray(0, shown.length).equals(shown)).toBe(true);
  await late.type('echo alive-$((1+1))\r');
  await late.sees('alive-2');
  expect([...viewer.faults, ...late.faults, ...viewer.gaps, ...late.gaps]).toEqual([]);
  expect(await stack.session(neighbour.id)).toMatchObject({ state: 'running' });
});

test('an agent that ends while its daemon is dead: its exit code and last words are there afterwards', async () => {
  const session = await stack.running(south, { project: projectOf(south) });
  const viewer = await stack.view(session.id);
  const flag = path.join(south.root, 'end');
  await viewer.type(`while [ ! -e ${flag} ]; do sleep 0.05; done; echo last-$((1+1)); exit 9\r`);
  await viewer.sees('exit 9');
  await south.kill9();
  writeFileSync(flag, '');
  await new Promise((resolve) => setTimeout(resolve, 500));
  south.start();
  await stack.online(south);
  expect(await stack.sessionIs(session.id, 'exited')).toMatchObject({ exitCode: 9 });
  const late = await stack.view(session.id);
  expect(await late.seesExit()).toMatchObject({ exitCode: 9 });
  expect(late.text).toContain('last-2');
});

function readFile(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

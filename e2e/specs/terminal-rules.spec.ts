// What viewers, late comers and lines that stall may not do to a terminal; with the heartbeats of the product.
import { readlinkSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { containerLauncher } from '../stack/container.js';
import { fakeProfile, FakeAgent } from '../stack/fake-agent.js';
import { makeRepository } from '../stack/git-repo.js';
import { watchHost } from '../stack/host-watch.js';
import { processesOfSession } from '../stack/processes.js';
import { Screen } from '../stack/screen.js';
import { pause } from '../stack/size.js';
import { makeBed, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import type { Payload } from '../stack/ui-socket.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let bed: TerminalBed;

test.beforeAll(async () => {
  bed = await makeBed();
});
test.afterAll(() => bed.stack.stop());

const start = (order: Parameters<typeof FakeAgent.start>[2]) => FakeAgent.start(bed.stack, bed.daemon, order);

test('R:D8 a second viewer in mid-stream: the first one’s bytes do not repeat, and both show the same', async () => {
  const { stack } = bed;
  const agent = await start({ do: 'print', lines: 6_000, perS: 3_000 });
  const first = await stack.view(agent.id, { screen: new Screen() });
  await until(() => first.offset > 60_000, { what: 'the middle of the stream' });
  const second = await stack.view(agent.id, { prefer: 'screen', screen: new Screen() });
  const third = await stack.view(agent.id);
  await expectExact(agent, first, { exitCode: 0 });
  await expectExact(agent, third, { exitCode: 0 });
  await second.seesExit();
  expect(second.faults).toEqual([]);
  expect(await second.screen.grid()).toEqual(await first.screen.grid());
  expect(await first.screen.text()).toContain('line 006000');
});

test('R:D17 two viewers of different size: the terminal has the controller’s, whatever the other one asks for', async () => {
  const { stack } = bed;
  const agent = await start({ do: 'echo' });
  const controller = await stack.view(agent.id);
  const observer = await stack.view(agent.id);
  await controller.sees('READY');
  await controller.type('x');
  await controller.resize(101, 31);
  await controller.sees('SIZE 101x31');
  expect([controller.controller, observer.controller]).toEqual([true, false]);
  await expect(observer.resize(44, 15)).rejects.toMatchObject({ code: 'NOT_CONTROLLER' });
  await controller.resize(102, 32);
  await controller.sees('SIZE 102x32');
  expect(controller.text).not.toContain('SIZE 44x15');
  expect(observer.resized.at(-1)).toMatchObject({ cols: 102, rows: 32 });
  await controller.type('\x04');
  expect((await agent.report()).sizes).toBe(2);
});

test('R:C8 the end of an old connection that arrives 5 s late: the host stays online', async () => {
  const { stack, daemon, hostLine } = bed;
  const agent = await start({ do: 'echo' });
  const viewer = await stack.view(agent.id);
  const states = await watchHost(stack, daemon);
  const connections = () =>
    daemon.program.lines.filter((line) => line.includes('connected to the hub')).length;
  // The same daemon comes again: its old connection seems to live on at the hub.
  const before = connections();
  hostLine.cut('client');
  await until(() => connections() > before, { what: 'the daemon is connected again' });
  await viewer.type('one');
  await viewer.sees('one');
  // Another life of the daemon, while the hub has heard nothing of the end of this one.
  hostLine.hole({ connections: 'old' });
  await daemon.kill9();
  daemon.start();
  await until(() => connections() > 0, { what: 'the next daemon is connected' });
  await stack.sessionIs(agent.id, 'running');
  await viewer.type('two');
  await viewer.sees('two');
  await pause(5_000);
  states.length = 0;
  hostLine.heal();
  await pause(1_000);
  await viewer.type('three');
  await viewer.sees('three');
  expect(states.filter((state) => state !== 'online')).toEqual([]);
  expect(await stack.session(agent.id)).toMatchObject({ state: 'running' });
  await viewer.type('\x04');
  expect((await agent.report()).typed).toBe('xonetwothree'.slice(1));
});

test('R:D14 what is typed into a line that stalls for more than 5 s is not delivered later', async () => {
  const { stack, viewLine, hostLine } = bed;
  const [near, far] = [await start({ do: 'echo' }), await start({ do: 'echo' })];
  const cutOff = await stack.view(near.id, { via: viewLine, follow: true });
  const watching = await stack.view(far.id);
  for (const viewer of [cutOff, watching]) {
    await viewer.type('a');
    await viewer.sees(/\na/);
  }
  // Shorter than it takes to give the line up: the connections live on, with what is under way in them.
  viewLine.hole();
  hostLine.hole();
  const typed = [cutOff.type('LATE'), watching.type('LATE')].map((typing) =>
    typing.then(
      () => 'taken',
      () => 'refused',
    ),
  );
  await pause(6_500);
  viewLine.heal();
  hostLine.heal();
  expect(await Promise.all(typed)).toEqual(['refused', 'refused']);
  for (const [viewer, agent] of [
    [cutOff, near],
    [watching, far],
  ] as const) {
    await until(
      () =>
        viewer.type('\x04').then(
          () => true,
          () => false,
        ),
      { what: 'typing works again' },
    );
    expect((await agent.report()).typed).toBe('a');
  }
});

test('R:D28 the container of a daemon dies: sessions interrupted, readable, and resumed where they were', async () => {
  const launcher = containerLauncher();
  test.skip(launcher === null, 'unshare is not permitted here');
  test.setTimeout(120_000);
  const { stack } = bed;
  const env = fakeProfile(stack.base);
  const boxed = stack.makeDaemon('boxed', { env, ...(launcher ? { launcher } : {}) });
  makeRepository(boxed.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'boxed' });
  boxed.hostId = id;
  boxed.start(joinToken);
  await stack.online(boxed);
  const agent = await FakeAgent.start(stack, boxed, { do: 'echo' }, { worktree: true, trust: true });
  const viewer = await stack.view(agent.id);
  await viewer.type('written before');
  await viewer.sees('written before');
  const conversation = await until(() => /"--session-id","([^"]+)"/.exec(viewer.text)?.[1] ?? false, {
    what: 'its arguments',
  });
  await boxed.kill9();
  await until(() => processesOfSession(agent.id).length === 0, { what: 'everything in it is gone' });
  boxed.start();
  await stack.online(boxed);
  const interrupted = await stack.sessionIs(agent.id, 'interrupted');
  expect(interrupted.stateReason?.code).toBe('HOST_RESTARTED');
  const reader = await stack.view(agent.id);
  await reader.sees('written before');
  expect([...reader.faults, ...reader.gaps]).toEqual([]);
  await stack.rest.ok('POST', `sessions/${agent.id}/resume`, { cols: 100, rows: 30 });
  const resumed = await stack.sessionIs(agent.id, 'running');
  expect(resumed).toMatchObject({ epoch: 2, cwd: agent.session.cwd, worktree: true });
  const again = await stack.view(agent.id);
  await again.sees(`READY ["--resume","${conversation}"]`);
  const places = processesOfSession(agent.id).map(({ pid }) => readlinkSync(`/proc/${pid}/cwd`));
  expect(places).toContain(agent.session.cwd);
  await again.type('\x04');
  await stack.sessionIs(agent.id, 'exited');
  await boxed.stop();
});

test('R:D27 SIGTERM for the hub: exit code 0 within 10 s, everybody told, and the sessions live on', async () => {
  const { stack, daemon } = bed;
  const agent = await start({ do: 'print', lines: 4_000, perS: 2_000, stay: true, exit: 5 });
  const viewer = await stack.view(agent.id, { follow: true });
  const told: Payload[] = [];
  const ui = await stack.ui();
  ui.on('hub.closing', (error: Payload) => told.push(error));
  await until(() => viewer.offset > 0, { what: 'the first output' });
  const asked = Date.now();
  const end = await stack.hub.program.stop();
  expect(end).toEqual({ code: 0, signal: null });
  expect(Date.now() - asked).toBeLessThan(10_000);
  await until(() => told.length > 0, { what: 'the page is told' });
  expect(told).toMatchObject([{ code: 'SHUTTING_DOWN' }]);
  expect(daemon.program.lines.some((line) => line.includes('SHUTTING_DOWN'))).toBe(true);
  await stack.hub.start();
  await stack.online(daemon);
  await stack.sessionIs(agent.id, 'running');
  await until(() => viewer.isAttached, { what: 'the viewer is back' });
  await viewer.type('\x04');
  await expectExact(agent, viewer, { exitCode: 5 });
});

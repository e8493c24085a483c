// Every byte, once, whatever dies: the transcript of a viewer has the agent's own hash after each kind of fault.
import { expect, test } from '@playwright/test';
import type { Host } from '@roundhouse/protocol';
import { FakeAgent } from '../stack/fake-agent.js';
import { Random, seedOf } from '../stack/random.js';
import { makeBed, quickHeartbeat, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let bed: TerminalBed;

test.beforeAll(async () => {
  bed = await makeBed({ stack: quickHeartbeat });
});
test.afterAll(() => bed.stack.stop());

/** Prints for about `seconds`. */
const printing = (seconds: number) =>
  FakeAgent.start(bed.stack, bed.daemon, { do: 'print', lines: seconds * 2_000, perS: 2_000, exit: 7 });

test('R:D1 kill -9 of the daemon, three times while the agent prints', async () => {
  const { stack, daemon, viewLine } = bed;
  const agent = await printing(6);
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  const random = new Random(seedOf(1));
  for (let kills = 0; kills < 3; kills += 1) {
    await pause(random.between(200, 1_200));
    await daemon.kill9();
    daemon.start();
    await stack.online(daemon);
  }
  await expectExact(agent, viewer, { exitCode: 7 });
});

test('R:D2 kill -9 of the hub, twice while the agent prints', async () => {
  const { stack, daemon, viewLine } = bed;
  const agent = await printing(8);
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  const random = new Random(seedOf(2));
  for (let kills = 0; kills < 2; kills += 1) {
    await pause(random.between(200, 1_200));
    await stack.hub.kill9();
    await stack.hub.start();
    await stack.online(daemon);
  }
  await expectExact(agent, viewer, { exitCode: 7 });
  expect(viewer.returns).toBe(2);
});

test('R:D3 a dead line between hub and daemon: shown as unreachable, and back within 3 s of its healing', async () => {
  const { stack, daemon, viewLine, hostLine } = bed;
  const agent = await printing(6);
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  await until(() => viewer.offset > 0, { what: 'the first output' });
  const states = watchHost(bed);
  hostLine.hole();
  await until(() => states.includes('unreachable'), { what: 'the viewer is told', timeoutMs: 3_000 });
  await pause(1_500);
  const before = viewer.offset;
  hostLine.heal();
  await until(() => states.at(-1) === 'online' && viewer.offset > before, {
    what: 'the host is back, and its output',
    timeoutMs: 3_000,
  });
  await stack.online(daemon);
  await expectExact(agent, viewer, { exitCode: 7 });
});

test('R:D4 a dead line between browser and hub', async () => {
  const { stack, viewLine } = bed;
  const agent = await printing(6);
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  await until(() => viewer.offset > 0, { what: 'the first output' });
  viewLine.hole();
  await pause(3_000);
  viewLine.heal();
  await expectExact(agent, viewer, { exitCode: 7 });
  expect(viewer.returns).toBe(1);
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The states of the host as a viewer's page is told them. */
function watchHost({ stack, daemon }: TerminalBed): string[] {
  const states: string[] = [];
  void stack.ui().then((ui) =>
    ui.on('entity.changed', ({ kind, id, entity }: { kind: string; id: string; entity?: Host }) => {
      if (kind === 'host' && id === daemon.hostId && entity) states.push(entity.state);
    }),
  );
  return states;
}

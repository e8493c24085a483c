// Every byte, once, whatever dies: the transcript of a viewer has the agent's own hash after each kind of fault.
import { expect, test } from '@playwright/test';
import { FakeAgent } from '../stack/fake-agent.js';
import { watchHost } from '../stack/host-watch.js';
import { Random, seedOf } from '../stack/random.js';
import { bar, isBar, pause, sized } from '../stack/size.js';
import { makeBed, quickHeartbeat, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

let bed: TerminalBed;

test.beforeAll(async () => {
  // At full length with the heartbeats of the product.
  bed = await makeBed(isBar ? {} : { stack: quickHeartbeat });
});
test.afterAll(() => bed.stack.stop());

/** Lines each second; a screenful every few milliseconds. */
const perS = 2_000;
const printing = (seconds: number) =>
  FakeAgent.start(bed.stack, bed.daemon, { do: 'print', lines: seconds * perS, perS, exit: 7 });

interface Killing {
  readonly kills: number;
  readonly seed: number;
  /** Kills, starts again, and resolves when it is there. */
  readonly kill: () => Promise<void>;
}

async function killWhilePrinting({ kills, seed, kill }: Killing): Promise<void> {
  const { stack, viewLine } = bed;
  // At full length 100,000 lines.
  const agent = await printing(sized(2 + kills * 1.5, 50));
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  const random = new Random(seedOf(seed));
  for (let done = 0; done < kills; done += 1) {
    await pause(random.between(200, sized(1_000, 4_000)));
    await kill();
  }
  await expectExact(agent, viewer, { exitCode: 7, timeoutMs: 60_000 });
}

const daemonKills = sized(3, 8);
test(`R:D1 kill -9 of the daemon, ${daemonKills} times while the agent prints`, bar, async () => {
  test.setTimeout(180_000);
  const { stack, daemon } = bed;
  const kill = async () => {
    await daemon.kill9();
    daemon.start();
    await stack.online(daemon);
  };
  await killWhilePrinting({ kills: daemonKills, seed: 1, kill });
});

const hubKills = sized(2, 5);
test(`R:D2 kill -9 of the hub, ${hubKills} times while the agent prints`, bar, async () => {
  test.setTimeout(180_000);
  const { stack, daemon } = bed;
  const kill = async () => {
    await stack.hub.kill9();
    await stack.hub.start();
    await stack.online(daemon);
  };
  await killWhilePrinting({ kills: hubKills, seed: 2, kill });
});

const deadMs = sized(3_000, 30_000);

test(
  'R:D3 a dead line between hub and daemon: shown as unreachable, and back within 3 s of its healing',
  bar,
  async () => {
    test.setTimeout(180_000);
    const { stack, daemon, viewLine, hostLine } = bed;
    const agent = await printing(sized(5, 50));
    const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
    await until(() => viewer.offset > 0, { what: 'the first output' });
    const states = await watchHost(stack, daemon);
    const began = Date.now();
    hostLine.hole();
    await until(() => states.includes('unreachable'), {
      what: 'the viewer is told',
      timeoutMs: sized(3_000, 15_000),
    });
    await pause(deadMs - (Date.now() - began));
    const before = viewer.offset;
    hostLine.heal();
    await until(() => states.at(-1) === 'online' && viewer.offset > before, {
      what: 'the host is back, and its output',
      // The bar is 3 s on a machine that is free; in its short form other tests use this one, too.
      timeoutMs: sized(10_000, 3_000),
    });
    await expectExact(agent, viewer, { exitCode: 7, timeoutMs: 60_000 });
  },
);

test('R:D4 a dead line between browser and hub', bar, async () => {
  test.setTimeout(180_000);
  const { stack, viewLine } = bed;
  const agent = await printing(sized(5, 50));
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  await until(() => viewer.offset > 0, { what: 'the first output' });
  viewLine.hole();
  await pause(deadMs);
  viewLine.heal();
  await expectExact(agent, viewer, { exitCode: 7, timeoutMs: 60_000 });
  expect(viewer.returns).toBe(1);
});

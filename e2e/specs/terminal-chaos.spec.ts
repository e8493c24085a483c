// Daemon, hub and both lines fail at once, on a schedule that follows from a seed: `E2E_SEED=7` has that one again.
import { expect, test } from '@playwright/test';
import { Chaos } from '../stack/chaos.js';
import { FakeAgent } from '../stack/fake-agent.js';
import { seedOf } from '../stack/random.js';
import { bar, sized } from '../stack/size.js';
import { makeBed, quickHeartbeat, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';

test.describe.configure({ mode: 'serial' });

let bed: TerminalBed;

test.beforeAll(async () => {
  bed = await makeBed({ stack: quickHeartbeat });
});
test.afterAll(() => bed.stack.stop());

const seeds = process.env['E2E_SEED']
  ? [seedOf(1)]
  : Array.from({ length: sized(1, 20) }, (_, index) => index + 1);
const chaosMs = sized(5_000, 15_000);

for (const seed of seeds) {
  test(`R:D5 all faults at once, seed ${seed}`, bar, async () => {
    test.setTimeout(chaosMs + 90_000);
    const { stack, daemon, viewLine } = bed;
    const order = { do: 'print', lines: chaosMs, perS: 1_000, exit: 7 } as const;
    const agent = await FakeAgent.start(stack, daemon, order);
    const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
    const chaos = new Chaos(bed, seed);
    try {
      await chaos.run(chaosMs);
      await stack.online(daemon);
      await expectExact(agent, viewer, { exitCode: 7, timeoutMs: 45_000 });
    } catch (error) {
      const story = `E2E_SEED=${seed} has this again:\n${chaos.story.join('\n')}`;
      throw new Error(`${String(error)}\n${story}`, { cause: error });
    }
    expect(chaos.story.length).toBeGreaterThan(4);
    viewer.close();
  });
}

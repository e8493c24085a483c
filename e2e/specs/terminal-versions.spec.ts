// This version and an earlier one understand each other: hubs, daemons and keepers of both, while daemons are killed.
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { FakeAgent } from '../stack/fake-agent.js';
import { daemonEntry } from '../stack/paths.js';
import { Random, seedOf } from '../stack/random.js';
import { bar, pause, sized } from '../stack/size.js';
import { makeBed, type BedOptions, type TerminalBed } from '../stack/terminal-bed.js';
import { expectExact } from '../stack/transcript.js';
import { until } from '../stack/wait.js';

test.describe.configure({ mode: 'serial' });

/** Where the earlier version is built; `npm test` and `npm run test:bar` tell. */
const previous = process.env['E2E_PREVIOUS'];
const earlier = (part: string): string => path.join(previous ?? '', 'apps', part, 'dist/main.js');
const lines = sized(8_000, 100_000);
const kills = sized(2, 8);

let bed: TerminalBed | null = null;

test.skip(previous === undefined, 'the earlier version could not be built here');
test.afterAll(() => bed?.stack.stop());

async function printThroughKills({ stack, daemon, viewLine }: TerminalBed, seed: number): Promise<void> {
  const agent = await FakeAgent.start(stack, daemon, { do: 'print', lines, perS: 2_000, exit: 7 });
  const viewer = await stack.view(agent.id, { via: viewLine, follow: true });
  await killWhilePrinting({ stack, daemon }, seed);
  await expectExact(agent, viewer, { exitCode: 7, timeoutMs: 90_000 });
}

async function killWhilePrinting(
  { stack, daemon }: Pick<TerminalBed, 'stack' | 'daemon'>,
  seed: number,
): Promise<void> {
  const random = new Random(seedOf(seed));
  for (let done = 0; done < kills; done += 1) {
    await pause(random.between(200, 1_000));
    await daemon.kill9();
    daemon.start();
    await stack.online(daemon);
  }
}

/** The one that is there ends. */
const begin = async (options: BedOptions): Promise<TerminalBed> => {
  await bed?.stack.stop();
  bed = await makeBed(options);
  return bed;
};

test('R:D25 the earlier daemon with this hub', bar, async () => {
  test.setTimeout(180_000);
  const here = await begin({ daemon: { entry: earlier('daemon') } });
  await printThroughKills(here, 251);
});

test('R:D26 a keeper of the earlier version, taken over by this daemon', bar, async () => {
  test.setTimeout(180_000);
  const { stack, daemon, viewLine } = bed ?? (await begin({ daemon: { entry: earlier('daemon') } }));
  const printing = await FakeAgent.start(stack, daemon, { do: 'print', lines, perS: 2_000, exit: 7 });
  const typing = await FakeAgent.start(stack, daemon, { do: 'echo' });
  const viewer = await stack.view(printing.id, { via: viewLine, follow: true });
  await until(() => viewer.offset > 0, { what: 'the first output' });
  await daemon.kill9();
  daemon.start(undefined, daemonEntry);
  await stack.online(daemon);
  await killWhilePrinting({ stack, daemon }, 26);
  await expectExact(printing, viewer, { exitCode: 7, timeoutMs: 90_000 });
  // The host may count as connected for a moment after its daemon was killed.
  const keys = await until(() => stack.view(typing.id).catch(() => false as const), {
    what: 'the other session can be attached to',
  });
  await keys.type('still');
  await keys.sees('still');
  await keys.resize(99, 33);
  await keys.sees('SIZE 99x33');
  await keys.type('\x04');
  expect(await typing.report()).toMatchObject({ typed: 'still' });
});

test('R:D25 the earlier hub with this daemon', bar, async () => {
  test.setTimeout(180_000);
  const here = await begin({ stack: { hubEntry: earlier('hub') } });
  await printThroughKills(here, 252);
});

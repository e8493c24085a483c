// An agent prints more than its host keeps, while the hub is dead: the loss is one record, exact, and holds up nobody.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { makeRepository } from '../stack/git-repo.js';
import { bar, pause, sized } from '../stack/size.js';
import { Stack } from '../stack/stack.js';
import { until } from '../stack/wait.js';

const MiB = 1024 * 1024;
/** The whole of it is 100 MiB against the default budget of 64 MiB. */
const [budget, total] = sized([4, 7 * MiB], [64, 100 * MiB]);

const flood = Buffer.from(
  Array.from(
    { length: Math.ceil(total / 50) },
    (_, n) => `${String(n).padStart(9, '0')} ${'x'.repeat(39)}\n`,
  ).join(''),
).subarray(0, total);

let stack: Stack;
let daemon: DaemonProcess;
let project: string;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  stack = await Stack.start();
  const profiles = path.join(stack.base, 'profiles');
  mkdirSync(profiles);
  const file = path.join(stack.base, 'flood');
  writeFileSync(file, flood);
  const script = `stty raw -echo; printf READY; head -c 1 >/dev/null; head -c 300000 ${file}; while [ ! -e ${stack.base}/go-$0 ]; do sleep 0.02; done; tail -c +300001 ${file}; touch ${stack.base}/done-$0; head -c 1 >/dev/null; exit 4`;
  for (const overflow of ['drop', 'block']) {
    const profile = {
      name: overflow,
      always_available: true,
      overflow,
      commands: { new: ['sh', '-c', script, overflow] },
    };
    writeFileSync(path.join(profiles, `${overflow}.yaml`), JSON.stringify(profile));
  }
  daemon = await stack.addDaemon('one', {
    env: { PROFILES_DIR: profiles, ROUNDHOUSE_SPOOL_MB: String(budget) },
  });
  project = makeRepository(daemon.root, 'engine');
  await stack.rescan(daemon);
});
test.afterAll(() => stack.stop());

const isDone = (profile: string): boolean => existsSync(path.join(stack.base, `done-${profile}`));

/** A viewer that saw the beginning of the flood, and the hub dead since. */
async function watchAndPart(profile: string) {
  const session = await stack.running(daemon, { project, profile });
  const viewer = await stack.view(session.id);
  await viewer.sees('READY');
  await viewer.type('x');
  await until(() => viewer.offset > 200_000, { what: 'the flood has begun' });
  await stack.hub.kill9();
  // The rest comes only now: what is lost is lost to the partition.
  writeFileSync(path.join(stack.base, `go-${profile}`), '');
  return { session, viewer };
}

async function heal(viewer: Awaited<ReturnType<Stack['view']>>): Promise<void> {
  await stack.hub.start();
  await stack.online(daemon);
  await stack.sessionIs(viewer.sessionId, 'running');
  await viewer.reattach(await stack.ui());
}

test(
  'R:D6 beyond the budget: one gap, shown and gap are all of it, and the agent was never held up',
  bar,
  async () => {
    test.setTimeout(sized(90_000, 240_000));
    const { viewer } = await watchAndPart('drop');
    const before = viewer.offset;
    await until(() => isDone('drop'), { what: 'the agent has printed everything', timeoutMs: 60_000 });
    await heal(viewer);
    const end = total + 'READY'.length;
    await until(() => viewer.offset === end, { what: 'the rest', timeoutMs: 120_000 });
    expect(viewer.gaps).toHaveLength(1);
    const [gap = { from: 0, to: 0 }] = viewer.gaps;
    expect(gap.from).toBeGreaterThanOrEqual(before);
    expect(viewer.bytes.length + gap.to - gap.from).toBe(end);
    expect(end - gap.to).toBeGreaterThan((budget - 2) * MiB);
    const all = Buffer.concat([Buffer.from('READY'), flood]);
    const kept = Buffer.concat([all.subarray(0, gap.from), all.subarray(gap.to)]);
    expect(viewer.sha256).toBe(createHash('sha256').update(kept).digest('hex'));
    // The answer to the attach says, too, where the bytes begin.
    expect(viewer.faults).toEqual([`asked ${gap.from}, got ${gap.to}`]);
    await viewer.type('x');
    expect(await viewer.seesExit()).toMatchObject({ exitCode: 4, offset: end });
  },
);

test('R:D7 with overflow: block the agent waits for the hub, and no byte is missing', bar, async () => {
  test.setTimeout(sized(90_000, 240_000));
  const { viewer } = await watchAndPart('block');
  // Long enough for all of it, were it not held.
  await pause(sized(2_000, 10_000));
  expect(isDone('block')).toBe(false);
  await heal(viewer);
  const end = total + 'READY'.length;
  await until(() => viewer.offset === end, { what: 'the rest', timeoutMs: 120_000 });
  await until(() => isDone('block'), { what: 'the agent has printed everything' });
  expect(viewer.gaps).toEqual([]);
  const all = createHash('sha256').update('READY').update(flood).digest('hex');
  expect([viewer.sha256, ...viewer.faults]).toEqual([all]);
  await viewer.type('x');
  expect(await viewer.seesExit()).toMatchObject({ exitCode: 4, offset: end });
});

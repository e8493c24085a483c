// Viewers that stop reading while their session prints: what they cost the hub, and how they come back.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bed } from '../core/bed.js';
import type { Ground, Measure } from '../core/ground.js';
import { figuresOf, loadAverage } from '../core/process-figures.js';
import { median } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import type { Product } from '../terminals/product.js';

const viewers = { full: 12, quick: 4 } as const;
/** Under the 13 s after which the hub gives up a line that answers no ping. */
const stallMs = 7_000;
const sampleMs = 250;
/** Wakes that are timed, one after the other. */
const wakes = { full: 7, quick: 2 } as const;
const limits = { liveMs: 500, megabytes: 1, hubMb: 2, hubGrowthMb: 0.5 } as const;

export const stalled: Measure = { name: 'stalled', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const file = ground.text(1);
  const live = await bed.terminal();
  try {
    // Some 5 MB/s: more than any agent prints, less than an emulator draws.
    live.type(`while :; do cat ${file}; sleep 0.1; done\n`);
    await sleep(1_000);
    const rows = [await comeBack(bed, live, ground.quick), await memory(bed, live, ground.quick)];
    await bed.stack.rest.ok('POST', `sessions/${live.sessionId}/stop`, { force: true });
    return rows;
  } finally {
    live.close();
  }
}

/** Time and bytes from the wake until the viewer is where the session was at the wake. */
async function comeBack(bed: Bed, live: Product, quick: boolean): Promise<Row> {
  const times: number[] = [];
  const bytes: number[] = [];
  for (let round = 0; round < (quick ? wakes.quick : wakes.full); round += 1) {
    const sleeper = await bed.attach(live.sessionId, { prefer: 'screen' });
    await sleep(500);
    sleeper.pause();
    await sleep(stallMs / 2);
    const [began, before, target] = [performance.now(), sleeper.received, live.offset];
    const back = new Promise<void>((resolve) => {
      sleeper.listen(() => {
        if (sleeper.offset >= target) resolve();
      });
    });
    sleeper.resume();
    await withTimeout(back, 60_000, 'the stalled viewer is live again');
    times.push(performance.now() - began);
    bytes.push((sleeper.received - before) / 1e6);
    sleeper.close();
  }
  const [ms, mb] = [median(times), median(bytes)];
  return {
    measure: 'stalled viewer: live again / bytes sent',
    yardstick: 'one that keeps reading',
    ours: `max ${Math.max(...times).toFixed(0)} ms, ${Math.max(...bytes).toFixed(2)} MB`,
    result: `${ms.toFixed(0)} ms / ${mb.toFixed(2)} MB`,
    limit: `<= ${limits.liveMs} ms / ${limits.megabytes} MB`,
    passed: ms <= limits.liveMs && mb <= limits.megabytes,
    load: loadAverage(),
  };
}

async function memory(bed: Bed, live: Product, quick: boolean): Promise<Row> {
  const count = quick ? viewers.quick : viewers.full;
  const { pid } = bed.stack.hub.program;
  const sleepers: Product[] = [];
  for (let number = 0; number < count; number += 1) {
    sleepers.push(await bed.attach(live.sessionId, { prefer: 'screen' }));
  }
  const reading = median(await samples(pid, stallMs / 2));
  for (const sleeper of sleepers) sleeper.pause();
  const during = await samples(pid, stallMs);
  for (const sleeper of sleepers) sleeper.close();
  const third = Math.floor(during.length / 3);
  const [early, late] = [median(during.slice(third, 2 * third)), median(during.slice(2 * third))];
  const [cost, growth] = [Math.max(0, late - reading) / count, (late - early) / count];
  return {
    measure: 'hub memory per stalled viewer / its growth',
    yardstick: `${count} viewers reading: ${reading.toFixed(0)} MB`,
    ours: `stalled: ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
    result: `${cost.toFixed(2)} MB / ${growth.toFixed(2)} MB`,
    limit: `<= ${limits.hubMb} MB, flat`,
    passed: cost <= limits.hubMb && growth <= limits.hubGrowthMb,
    load: loadAverage(),
  };
}

async function samples(pid: number, ms: number): Promise<number[]> {
  const seen: number[] = [];
  for (let at = 0; at < ms; at += sampleMs) {
    await sleep(sampleMs);
    seen.push(figuresOf(pid).rssMb);
  }
  return seen;
}

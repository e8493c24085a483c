// How soon a page that comes back shows the session: by a screen of the host, or by the bytes that it lacks.
import type { Bed } from '../core/bed.js';
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import { median, percentile } from '../core/stats.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import { Product } from '../terminals/product.js';
import type { UiSocket } from '../../e2e/stack/ui-socket.js';

const times = { full: 40, quick: 8 } as const;
/** What a page lacks that was away for a moment. */
const deltaBytes = 20_000;
const limits = { snapshotMs: 100, deltaMs: 10 } as const;

export const reattach: Measure = { name: 'reattach', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const terminal = await bed.terminal();
  await terminal.run(`cat ${ground.text(2)}`);
  const count = ground.quick ? times.quick : times.full;
  const snapshot = await snapshots(bed, terminal, count);
  const delta = await deltas(bed, terminal, count);
  terminal.close();
  const [ofSnapshot, ofDelta] = [median(snapshot.times), percentile(delta, 0.95)];
  const shown = snapshot.kilobytes > 0;
  const row: Row = {
    measure: 'reattach: snapshot p50 / exact delta p95',
    yardstick: '2 MB of history / 20 KB missed',
    ours: shown ? `snapshot of ${snapshot.kilobytes.toFixed(0)} KB` : 'no snapshot: all bytes came',
    result: `${ofSnapshot.toFixed(1)} ms / ${ofDelta.toFixed(1)} ms`,
    limit: `<= ${limits.snapshotMs} ms / ${limits.deltaMs} ms`,
    passed: shown && ofSnapshot <= limits.snapshotMs && ofDelta <= limits.deltaMs,
    load: loadAverage(),
  };
  return [row];
}

async function snapshots(bed: Bed, { sessionId, offset }: Product, count: number) {
  const seen: number[] = [];
  let kilobytes = 0;
  for (let number = 0; number < count; number += 1) {
    const ui = await bed.stack.ui();
    const began = performance.now();
    const terminal = await Product.attach(ui, sessionId, { prefer: 'screen' });
    await reached(terminal, offset);
    seen.push(performance.now() - began);
    if (terminal.snapshots > 0) kilobytes = terminal.received / 1_000;
    ui.close();
  }
  return { times: seen, kilobytes };
}

async function deltas(bed: Bed, { sessionId, epoch, offset }: Product, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const ui: UiSocket = await bed.stack.ui();
    const began = performance.now();
    const where = { prefer: 'exact' as const, epoch, fromOffset: offset - deltaBytes };
    await reached(await Product.attach(ui, sessionId, where), offset);
    seen.push(performance.now() - began);
    ui.close();
  }
  return seen;
}

async function reached(terminal: Product, offset: number): Promise<void> {
  const all = new Promise<void>((resolve) => {
    const look = (): void => {
      if (terminal.offset >= offset && terminal.received > 0) resolve();
    };
    terminal.listen(look);
    look();
  });
  await withTimeout(all, 20_000, 'the page is up to date');
}

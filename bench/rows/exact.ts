// Whether every byte arrives, to the last one before the exit of the program: by SHA-256.
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { Bed } from '../core/bed.js';
import type { Ground, Measure } from '../core/ground.js';
import { loadAverage } from '../core/process-figures.js';
import type { Row } from '../core/table.js';
import { withTimeout } from '../core/with-timeout.js';
import { writeColouredText } from '../text/coloured-text.js';

/** Ends in the middle of a pipe's buffer, in one read, and in many. */
const sizes = { full: [3_003, 3_003, 19_999, 1_000_000, 20_000_000, 64_000_000], quick: [3_003, 1_000_000] };
const begin = 'BEGIN\r\n';

export const exact: Measure = { name: 'exact', take };

async function take(ground: Ground): Promise<Row[]> {
  const bed = await ground.bed();
  const wanted = ground.quick ? sizes.quick : sizes.full;
  let same = 0;
  for (const [number, bytes] of wanted.entries()) {
    const file = path.join(ground.dir, `exact-${number}`);
    writeColouredText(file, bytes, number + 7);
    truncateSync(file, bytes);
    const sent = createHash('sha256').update(readFileSync(file, 'latin1').replaceAll('\n', '\r\n'), 'latin1');
    if ((await delivered(bed, file)) === sent.digest('hex')) same += 1;
  }
  const row: Row = {
    measure: 'bytes delivered: SHA-256 equal, exit included',
    yardstick: `${wanted.length} programs, ${(wanted.reduce((sum, bytes) => sum + bytes, 0) / 1e6).toFixed(1)} MB`,
    ours: `${same} equal`,
    result: `${((100 * same) / wanted.length).toFixed(0)} %`,
    limit: '100 %',
    passed: same === wanted.length,
    load: loadAverage(),
  };
  return [row];
}

/** The hash of what a program printed, from its first byte to its exit. */
async function delivered(bed: Bed, file: string): Promise<string> {
  const terminal = await bed.terminal();
  const hash = createHash('sha256');
  let before: Buffer | null = Buffer.alloc(0);
  terminal.listen((data) => {
    if (before === null) {
      hash.update(data);
      return;
    }
    before = Buffer.concat([before, data]);
    const at = before.indexOf(begin);
    if (at < 0) return;
    hash.update(before.subarray(at + begin.length));
    before = null;
  });
  const ended = new Promise<number>((resolve) => {
    terminal.onExit = ({ offset }) => {
      resolve(offset);
    };
  });
  terminal.type(`stty -echo; printf 'BEG%s\\n' IN; exec cat ${file}\n`);
  const end = await withTimeout(ended, 120_000, 'the program has ended');
  const complete = terminal.faults.length === 0 && terminal.offset === end;
  terminal.close();
  return complete ? hash.digest('hex') : `incomplete: ${terminal.faults.join('; ')}`;
}

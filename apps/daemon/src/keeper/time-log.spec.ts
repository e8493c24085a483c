// Marks of time: sparse, bounded, the newest always there, and whatever is thinned out still in order.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { marksFrom, readTimes, TimeLog } from './time-log.js';

const root = mkdtempSync(join(tmpdir(), 'rh-times-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

function rig(maxMarks?: number) {
  const sessionDir = join(root, String((count += 1)));
  mkdirSync(sessionDir);
  const time = { now: 5_000 };
  const options = { sessionDir, monotonic: () => time.now, ...(maxMarks ? { maxMarks } : {}) };
  return { sessionDir, time, log: new TimeLog(options) };
}

describe('TimeLog', () => {
  it('marks the first byte, and at most one in 100 ms', async () => {
    const { sessionDir, time, log } = rig();
    time.now += 40;
    log.mark(0);
    for (let n = 1; n <= 25; n += 1) {
      time.now += 10;
      log.mark(n);
    }
    await log.close(26);
    expect(await readTimes(sessionDir)).toEqual([
      { off: 0, ms: 40 },
      { off: 10, ms: 140 },
      { off: 20, ms: 240 },
      { off: 26, ms: 290 },
    ]);
    appendFileSync(join(sessionDir, 'times.log'), '30 3');
    expect(await readTimes(sessionDir)).toHaveLength(4);
  });

  it('stays in order and within its bound for ever, with the first, the last and the recent ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 4, max: 40 }),
        fc.integer({ min: 1, max: 300 }),
        async (max, total) => {
          const { sessionDir, time, log } = rig(max);
          for (let n = 0; n < total; n += 1) {
            log.mark(n);
            time.now += 100;
            if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
          }
          await log.close(total);
          const marks = await readTimes(sessionDir);
          expect(marks.length).toBeLessThanOrEqual(max);
          expect(marks[0]).toEqual({ off: 0, ms: 0 });
          expect(marks.at(-1)).toEqual({ off: total, ms: total * 100 });
          for (const [index, { off, ms }] of marks.entries()) {
            expect(ms).toBe(off * 100);
            if (index > 0) expect(off).toBeGreaterThan(marks[index - 1]?.off ?? 0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('holds 16384 marks in less than half a megabyte', async () => {
    const { sessionDir, time, log } = rig();
    for (let n = 0; n < 50_000; n += 1) {
      log.mark(n * 100_000);
      time.now += 100;
      if (n % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await log.close(50_000 * 100_000);
    const marks = await readTimes(sessionDir);
    expect(marks.length).toBeLessThanOrEqual(16_384);
    expect(marks.length).toBeGreaterThan(4_000);
    expect(statSync(join(sessionDir, 'times.log')).size).toBeLessThan(500_000);
  });

  it('survives a disk that takes nothing', async () => {
    const { sessionDir, log } = rig();
    rmSync(sessionDir, { recursive: true });
    log.mark(0);
    await log.close(1);
    expect(await readTimes(sessionDir)).toEqual([]);
  });
});

it('marksFrom begins at or before, pages, and ends with an empty list', () => {
  const marks = [0, 10, 20, 30].map((off) => ({ off, ms: off }));
  const offs = (from: number, max: number) => marksFrom(marks, from, max).map(({ off }) => off);
  expect(offs(0, 2)).toEqual([0, 10]);
  expect(offs(15, 9)).toEqual([10, 20, 30]);
  expect(offs(30, 9)).toEqual([30]);
  expect(offs(31, 9)).toEqual([]);
  expect(marksFrom([], 0, 9)).toEqual([]);
  const late = marks.slice(2);
  expect(marksFrom(late, 5, 1)).toEqual([{ off: 20, ms: 20 }]);
});

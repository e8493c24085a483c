// Spool, ring and size log together: every byte at its offset, gaps where the budget or the disk says so.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OutputLog } from './output-log.js';
import { MAX_RESIZES, readResizes, ResizeLog } from './resize-log.js';
import { segmentName, openSpool } from './spool-reader.js';

const root = mkdtempSync(join(tmpdir(), 'rh-log-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

function newLog(options: { segmentBytes: number; maxSegments: number; ringBytes: number }) {
  const session = join(root, String((count += 1)));
  mkdirSync(session);
  const time = { now: 0 };
  const events: string[] = [];
  const log = new OutputLog({
    dir: join(session, 'spool'),
    onPressure: (pressed) => events.push(`pressure ${String(pressed)}`),
    onDegraded: (degraded) => events.push(`degraded ${String(degraded)}`),
    monotonic: () => time.now,
    ...options,
  });
  return { session, log, time, events };
}

/** Byte n of the output is a function of n, so that a wrong offset shows. */
const bytesAt = (from: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (from + index) * 7 + ((from + index) >> 8)));

/** Appends as a PTY does: chunks well under the ring, none while the log asks to wait. */
async function feed({ log, events }: { log: OutputLog; events: string[] }, size: number, chunk: number) {
  for (let left = size; left > 0; left -= chunk) {
    log.append(bytesAt(log.head, Math.min(chunk, left)));
    if (events.at(-1) === 'pressure true') await log.close();
  }
}

async function readAll(
  read: (from: number, max: number) => Promise<{ off: number; bytes: Buffer } | null>,
  to: number,
) {
  const gaps: [number, number][] = [];
  for (let at = 0; at < to;) {
    const slice = await read(at, 13);
    if (!slice || slice.bytes.length === 0) return { end: at, gaps };
    if (slice.off > at) gaps.push([at, slice.off]);
    expect(slice.bytes).toEqual(bytesAt(slice.off, slice.bytes.length));
    at = slice.off + slice.bytes.length;
  }
  return { end: to, gaps };
}

describe('OutputLog', () => {
  it('gives every byte at its offset, with at most one gap at the start, alive and from disk alone', async () => {
    const shape = fc.record({
      segmentBytes: fc.integer({ min: 1, max: 60 }),
      maxSegments: fc.integer({ min: 1, max: 5 }),
      ringBytes: fc.integer({ min: 16, max: 80 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, fc.array(fc.nat(60), { maxLength: 12 }), async (options, sizes) => {
        const made = newLog(options);
        const { log, session } = made;
        for (const size of sizes) {
          await feed(made, size, Math.floor(options.ringBytes / 3));
          if (size % 2) await new Promise((resolve) => setImmediate(resolve));
          else await log.close();
        }
        await log.close();
        const alive = await readAll((from, max) => log.read(from, max), log.head);
        expect(alive.end).toBe(log.head);
        expect(alive.gaps).toEqual(log.oldest > 0 ? [[0, log.oldest]] : []);
        const disk = await openSpool(session);
        expect(disk.head).toBe(log.head);
        const ended = await readAll((from, max) => disk.read(from, max), disk.head);
        expect(ended.end).toBe(log.head);
        expect(
          readdirSync(session).includes('spool') ? readdirSync(join(session, 'spool')).length : 0,
        ).toBeLessThanOrEqual(options.maxSegments);
      }),
      { numRuns: 60 },
    );
  });

  it('asks to stop reading while the disk lags by half the ring, and to go on after', async () => {
    const { log, events } = newLog({ segmentBytes: 1000, maxSegments: 64, ringBytes: 400 });
    log.append(bytesAt(0, 150));
    expect(events).toEqual([]);
    log.append(bytesAt(150, 60));
    expect(events).toEqual(['pressure true']);
    await log.close();
    expect(events).toEqual(['pressure true', 'pressure false']);
    expect((await log.read(0, 1000)).bytes).toEqual(bytesAt(0, 210));
  });

  it('F:F25 a full disk leaves the ring, costs one gap, and is tried again after 30 s', async () => {
    const made = newLog({ segmentBytes: 50, maxSegments: 64, ringBytes: 100 });
    const { log, session, events, time } = made;
    log.append(bytesAt(0, 50));
    await log.close();
    // The next segment goes to a device that is always full.
    symlinkSync('/dev/full', join(session, 'spool', segmentName(50)));
    for (let turn = 0; turn < 5; turn += 1) {
      log.append(bytesAt(log.head, 50));
      await log.close();
    }
    expect(events.filter((event) => event.startsWith('degraded'))).toEqual(['degraded true']);
    expect(log.degraded).toBe(true);
    expect(await readAll((from, max) => log.read(from, max), log.head)).toEqual({
      end: 300,
      gaps: [[50, 200]],
    });
    time.now = 30_000;
    log.append(bytesAt(300, 10));
    await log.close();
    expect(log.degraded).toBe(false);
    expect(events).toContain('degraded false');
    await feed(made, 200, 30);
    await log.close();
    const disk = await openSpool(session);
    expect(await readAll((from, max) => disk.read(from, max), disk.head)).toEqual({
      end: 510,
      gaps: [[50, 210]],
    });
  });

  it('reads an empty or missing spool as empty, and ignores foreign files', async () => {
    const { session } = newLog({ segmentBytes: 50, maxSegments: 2, ringBytes: 100 });
    expect(await openSpool(session)).toMatchObject({ oldest: 0, head: 0 });
    mkdirSync(join(session, 'spool'));
    writeFileSync(join(session, 'spool', 'notes.txt'), 'x');
    writeFileSync(join(session, 'spool', segmentName(7)), 'abc');
    const spool = await openSpool(session);
    expect([spool.oldest, spool.head]).toEqual([7, 10]);
    expect(await spool.read(0, 99)).toEqual({ off: 7, bytes: Buffer.from('abc') });
    expect(await spool.read(10, 99)).toBeNull();
  });
});

describe('ResizeLog', () => {
  it('knows the size at every offset, and so does its file', () => {
    const step = fc.record({
      by: fc.nat(3),
      cols: fc.integer({ min: 20, max: 22 }),
      rows: fc.integer({ min: 5, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const dir = join(root, String((count += 1)));
        mkdirSync(dir);
        const log = new ResizeLog(dir, { cols: 80, rows: 24 });
        const sizes = [{ cols: 80, rows: 24 }];
        let off = 0;
        for (const { by, cols, rows } of steps) {
          off += by;
          const now = sizes.at(-1);
          while (sizes.length <= off && now) sizes.push(now);
          sizes[off] = { cols, rows };
          log.add({ off, cols, rows });
        }
        sizes.forEach((size, at) => expect(log.at(at)).toMatchObject(size));
        expect(readResizes(dir)).toEqual(log.entries);
      }),
      { numRuns: 60 },
    );
  });

  it('is bounded, on disk too, and skips a torn last line', () => {
    const dir = join(root, String((count += 1)));
    mkdirSync(dir);
    const log = new ResizeLog(dir, { cols: 80, rows: 24 });
    for (let off = 1; off <= 3 * MAX_RESIZES; off += 1) log.add({ off, cols: 20 + (off % 9), rows: 10 });
    expect(log.entries).toHaveLength(MAX_RESIZES);
    expect(readResizes(dir)).toEqual(log.entries);
    writeFileSync(join(dir, 'resizes.log'), '5 81', { flag: 'a' });
    expect(readResizes(dir)).toEqual(log.entries);
  });
});

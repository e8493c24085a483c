// The gate against a real spool: an agent that heeds it loses nothing that was not taken, and always gets on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OutputLog } from './output-log.js';
import { OverflowGate } from './overflow-gate.js';

const root = mkdtempSync(join(tmpdir(), 'rh-gate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const KiB = 1024;
/** What a PTY gives at once. */
const CHUNK = 64 * KiB;

function rig(maxSegments: number) {
  const state = { held: false };
  const log = new OutputLog({
    dir: join(root, String((count += 1))),
    segmentBytes: 512 * KiB,
    maxSegments,
    onPressure: () => undefined,
    onDegraded: () => undefined,
    monotonic: () => 0,
  });
  const gate = new OverflowGate({
    roomFor: (off) => log.roomFor(off),
    onHold: (held) => (state.held = held),
  });
  return { log, gate, state };
}

describe('the gate', () => {
  it('R:D7 never lets a byte go that was not taken, whoever takes how much when', async () => {
    const step = fc.record({
      print: fc.integer({ min: 0, max: 60 }),
      take: fc.integer({ min: 0, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 4 }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async (maxSegments, steps) => {
          const { log, gate, state } = rig(maxSegments);
          let taken = 0;
          for (const { print, take } of steps) {
            for (let n = 0; n < print && !state.held; n += 1) {
              log.append(Buffer.alloc(CHUNK));
              gate.judge();
              // The keeper stops reading while the disk lags; here it never does.
              if (n % 4 === 3) await log.close();
            }
            await log.close();
            expect(log.oldest).toBeLessThanOrEqual(taken);
            taken = Math.floor(taken + ((log.head - taken) * take) / 100);
            gate.taken(taken);
            if (taken === log.head) expect(state.held).toBe(false);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('holds an agent that nobody watches at the budget, and opens for whoever attaches at the head', async () => {
    const { log, gate, state } = rig(4);
    while (!state.held) {
      log.append(Buffer.alloc(CHUNK));
      gate.judge();
      await log.close();
    }
    expect(log.head).toBeGreaterThan(1536 * KiB);
    expect(log.head).toBeLessThanOrEqual(2048 * KiB);
    expect(log.oldest).toBe(0);
    gate.taken(100);
    expect(state.held).toBe(true);
    gate.taken(log.head);
    expect(state.held).toBe(false);
    // A stream that begins further back is one that still wants those bytes.
    gate.taken(0);
    expect(state.held).toBe(true);
    gate.openForGood();
    expect(state.held).toBe(false);
    gate.taken(0);
    expect(state.held).toBe(false);
  });
});

// The gate against a real spool: an agent that heeds it loses nothing that was not taken, and always gets on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@roundhouse/kit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { OutputLog } from './output-log.js';
import { OverflowGate } from './overflow-gate.js';
import { TURN_BYTES } from './pty-output.js';

const root = mkdtempSync(join(tmpdir(), 'rh-gate-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let count = 0;

const KiB = 1024;
/** What the stream of a PTY gives at once. */
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
  const clock = new ManualClock();
  const gate = new OverflowGate({
    roomFor: (off) => log.roomFor(off),
    onHold: (held) => (state.held = held),
    after: (ms, callback) => clock.after(ms, callback),
  });
  return { log, gate, state, clock };
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
              // One turn of a PTY: what the stream read, and what was there beyond it.
              for (const bytes of [CHUNK, n % 3 === 0 ? TURN_BYTES : 0]) {
                log.append(Buffer.alloc(bytes));
                gate.judge();
              }
              // The keeper stops reading while the disk lags; here it never does.
              if (n % 4 === 3) await log.close();
            }
            await log.close();
            expect(log.oldest).toBeLessThanOrEqual(taken);
            taken = Math.floor(taken + ((log.head - taken) * take) / 100);
            gate.acked(taken);
            if (taken === log.head) expect(state.held).toBe(false);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('holds an agent that nobody watches at the budget, and opens for whoever attaches at the head', async () => {
    const { log, gate, state, clock } = rig(4);
    while (!state.held) {
      log.append(Buffer.alloc(CHUNK));
      gate.judge();
      await log.close();
    }
    expect(log.head).toBeGreaterThan(1536 * KiB);
    expect(log.head).toBeLessThanOrEqual(2048 * KiB);
    expect(log.oldest).toBe(0);
    gate.acked(100);
    expect(state.held).toBe(true);
    gate.attached(log.head);
    clock.advance(4_999);
    expect(state.held).toBe(true);
    clock.advance(1);
    expect(state.held).toBe(false);
    // A stream that begins further back is one that still wants those bytes.
    gate.attached(0);
    expect(state.held).toBe(true);
    gate.openForGood();
    expect(state.held).toBe(false);
    gate.attached(0);
    expect(state.held).toBe(false);
  });

  it('waits for whoever streams from the head and reads what came before', async () => {
    const { log, gate, state, clock } = rig(3);
    gate.acked(0);
    const fill = async () => {
      while (!state.held) {
        log.append(Buffer.alloc(CHUNK));
        gate.judge();
        await log.close();
      }
    };
    await fill();
    const { head } = log;
    gate.attached(head);
    // Gone again before it has read anything: nothing is given up.
    clock.advance(3_000);
    gate.detached();
    clock.advance(60_000);
    expect(state.held).toBe(true);
    gate.attached(head);
    for (let at = 1_000; at < head; at += CHUNK) {
      clock.advance(4_000);
      gate.read(at, Math.min(head, at + CHUNK));
      await fill();
      expect(log.oldest).toBeLessThanOrEqual(at);
    }
    clock.advance(1);
    gate.acked(log.head);
    expect(state.held).toBe(false);
  });
});

// The pump against a model: whatever is appended, acknowledged, resized or lost, the stream is complete and in order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeeperExit } from '@roundhouse/protocol';
import { StreamPump } from './stream-pump.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** A log whose oldest bytes can vanish; half of its reads come from "disk". */
class ModelLog {
  head = 0;
  oldest = 0;
  sizes = [{ off: 0, cols: 80, rows: 24 }];
  exited: KeeperExit | null = null;
  reads = 0;

  at(off: number) {
    return this.sizes.filter((size) => size.off <= off).at(-1) ?? { off: 0, cols: 80, rows: 24 };
  }

  nextAfter(off: number): number | null {
    return this.sizes.find((size) => size.off > off)?.off ?? null;
  }

  peek(from: number, max: number): Buffer | null {
    this.reads += 1;
    return from < this.oldest || this.reads % 2 ? null : bytes(from, Math.min(max, this.head - from));
  }

  read(from: number, max: number) {
    const off = Math.max(from, this.oldest);
    return Promise.resolve({ off, bytes: bytes(off, Math.min(max, this.head - off)) });
  }
}

const bytes = (from: number, length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, n) => from + n));

type Step = { kind: 'append' | 'lose' | 'resize' | 'ack' | 'turn'; n: number };
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('append', 'append', 'lose', 'resize', 'ack', 'turn'),
  n: fc.integer({ min: 1, max: 30 }),
});

class Model {
  readonly log = new ModelLog();
  readonly pump: StreamPump;
  readonly window: number;
  /** Offset after the last byte heard, and the first not acknowledged. */
  off = 0;
  acked = 0;
  inFlight = 0;
  size: { cols: number; rows: number } | null = null;
  exits = 0;

  constructor(window: number) {
    this.window = window;
    this.pump = new StreamPump(
      { log: this.log, resizes: this.log, exit: () => this.log.exited },
      {
        ready: () => true,
        data: (off, data) => this.#data(off, data),
        gap: (from, to) => {
          expect([from, this.exits]).toEqual([this.off, 0]);
          expect(to).toBeGreaterThan(from);
          this.off = to;
        },
        resized: (off, size) => {
          expect(off).toBeLessThanOrEqual(this.off);
          this.size = size;
        },
        exit: (exit) => {
          expect(exit.off).toBe(this.off);
          this.exits += 1;
        },
      },
      { from: 0, window, coalesceMs: 0 },
    );
  }

  #data(off: number, data: Buffer): void {
    expect([off, this.exits]).toEqual([this.off, 0]);
    expect(data.length).toBeGreaterThan(0);
    expect(data).toEqual(bytes(off, data.length));
    for (let at = off; at < off + data.length; at += 1) {
      expect(this.log.at(at)).toMatchObject({ cols: this.size?.cols, rows: this.size?.rows });
    }
    this.off = off + data.length;
    this.inFlight += data.length;
    expect(this.inFlight).toBeLessThanOrEqual(this.window);
  }

  ack(): void {
    this.acked = this.off;
    this.inFlight = 0;
    this.pump.ack(this.off);
  }

  async apply({ kind, n }: Step): Promise<void> {
    const { log } = this;
    if (kind === 'append') log.head += n;
    else if (kind === 'lose') log.oldest = Math.min(log.head, log.oldest + n);
    else if (kind === 'ack') this.ack();
    else if (kind === 'resize') {
      log.sizes = log.sizes.filter((size) => size.off !== log.head || size.off === 0);
      log.sizes.push({ off: log.head, cols: 80 + n, rows: 24 });
    } else await turn();
    this.pump.kick();
  }
}

describe('StreamPump', () => {
  it('sends everything once, in order, at its size, within the window, and the exit last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(step, { maxLength: 40 }),
        async (window, steps) => {
          const model = new Model(window);
          for (const each of steps) await model.apply(each);
          model.log.exited = { exitCode: 0, signal: null, off: model.log.head, endedAt: '' };
          model.pump.kick();
          for (let round = 0; round < 2_000 && model.exits === 0; round += 1) {
            model.ack();
            await turn();
          }
          expect([model.off, model.exits]).toEqual([model.log.head, 1]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses an acknowledgement of what was never sent', () => {
    const model = new Model(10);
    expect(() => model.pump.ack(1)).toThrow('ACK of 1');
  });

  it('takes the acknowledgement of the last byte before a gap for the gap', async () => {
    const model = new Model(10);
    model.log.head = 10;
    model.pump.kick();
    await turn();
    model.log.head = 1_000;
    model.log.oldest = 500;
    model.pump.ack(10);
    model.inFlight = 0;
    await turn();
    await turn();
    expect(model.off).toBe(510);
  });

  it('sends nothing more once stopped', async () => {
    const model = new Model(10);
    model.log.head = 5;
    model.pump.kick();
    model.pump.stop();
    await turn();
    expect(model.off).toBe(0);
  });
});

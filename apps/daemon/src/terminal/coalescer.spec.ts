// Output put together: every byte at its offset, the first one at once, no piece too large.
import { ManualClock } from '@roundhouse/kit';
import { outputChunkBytes } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coalescer } from './coalescer.js';

function rig() {
  const clock = new ManualClock();
  const sent: { offset: number; data: Buffer; at: number }[] = [];
  const coalescer = new Coalescer(clock, (offset, data) => {
    sent.push({ offset, data: Buffer.from(data), at: clock.monotonic() });
  });
  return { clock, sent, coalescer };
}

describe('the coalescer', () => {
  it('sends the first byte of a quiet terminal at once, and what follows within milliseconds as one', () => {
    const { clock, sent, coalescer } = rig();
    coalescer.push(7, Buffer.from('a'));
    expect(sent).toMatchObject([{ offset: 7, at: 0 }]);
    coalescer.push(8, Buffer.from('b'));
    coalescer.push(9, Buffer.from('c'));
    expect(sent).toHaveLength(1);
    clock.advance(4);
    expect(sent[1]).toMatchObject({ offset: 8, data: Buffer.from('bc') });
    clock.advance(100);
    coalescer.push(10, Buffer.from('d'));
    expect(sent[2]).toMatchObject({ offset: 10, at: 104 });
  });

  it('drops what waits when it is disposed of', () => {
    const { clock, sent, coalescer } = rig();
    coalescer.push(0, Buffer.from('a'));
    coalescer.push(1, Buffer.from('b'));
    coalescer.dispose();
    clock.advance(100);
    expect(sent).toHaveLength(1);
  });

  it('keeps bytes and offsets, in pieces of 64 KiB at most, none later than 4 ms', () => {
    const step = fc.record({
      length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3 * outputChunkBytes })),
      wait: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.array(step, { maxLength: 20 }), (start, steps) => {
        const { clock, sent, coalescer } = rig();
        const pushed: Buffer[] = [];
        let offset = start;
        for (const { length, wait } of steps) {
          const data = Buffer.alloc(length, pushed.length);
          pushed.push(data);
          coalescer.push(offset, data);
          offset += length;
          // A flood waits for nothing.
          const left = sent.reduce((sum, piece) => sum + piece.data.length, start);
          expect(offset - left).toBeLessThan(outputChunkBytes);
          clock.advance(wait);
          // Whatever is 4 ms old has left.
          if (wait >= 4) expect(sent.reduce((sum, piece) => sum + piece.data.length, start)).toBe(offset);
        }
        clock.advance(4);
        expect(Buffer.concat(sent.map(({ data }) => data)).equals(Buffer.concat(pushed))).toBe(true);
        let next = start;
        for (const piece of sent) {
          expect(piece.offset).toBe(next);
          expect(piece.data.length).toBeLessThanOrEqual(outputChunkBytes);
          next += piece.data.length;
        }
      }),
      { numRuns: 100 },
    );
  });
});

// The ring against a model: the same bytes as a plain array, cut to its capacity.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring } from './ring.js';

describe('Ring', () => {
  it('holds exactly the last bytes, at their offsets, whatever the appends', () => {
    const appends = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 33 }), appends, fc.nat(40), (capacity, chunks, max) => {
        const ring = new Ring(capacity);
        let all = Buffer.alloc(0);
        for (const chunk of chunks) {
          ring.append(Buffer.from(chunk));
          all = Buffer.concat([all, chunk]);
          expect(ring.head).toBe(all.length);
          expect(ring.oldest).toBe(Math.max(0, all.length - capacity));
          for (let from = ring.oldest; from <= ring.head; from += 1) {
            expect(ring.read(from, max)).toEqual(all.subarray(from, from + max));
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('has nothing before its oldest byte or beyond its head', () => {
    const ring = new Ring(4);
    ring.append(Buffer.from('abcdef'));
    expect([ring.read(1, 1), ring.read(7, 1)]).toEqual([null, null]);
    expect(ring.read(6, 1)).toEqual(Buffer.alloc(0));
  });

  it('gives copies, which later output does not change', () => {
    const ring = new Ring(4);
    ring.append(Buffer.from('abcd'));
    const copy = ring.read(0, 4);
    ring.append(Buffer.from('efgh'));
    expect(copy?.toString()).toBe('abcd');
  });
});

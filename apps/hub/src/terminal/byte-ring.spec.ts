import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRing } from './byte-ring.js';

describe('the ring of newest bytes', () => {
  it('holds what a plain array holds, by absolute offset', () => {
    const step = fc.oneof(
      fc.record({ append: fc.uint8Array({ maxLength: 3_000 }) }),
      fc.record({ skip: fc.integer({ min: 1, max: 50 }) }),
    );
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.integer({ min: 1, max: 6_000 }),
        fc.array(step),
        (start, capacity, steps) => {
          const ring = new ByteRing(start, capacity);
          let all: number[] = [];
          let base = start;
          for (const each of steps) {
            if ('append' in each) {
              ring.append(each.append);
              all = [...all, ...each.append];
            } else {
              base += all.length + each.skip;
              all = [];
              ring.reset(base);
            }
            expect(ring.end).toBe(base + all.length);
            expect(ring.end - ring.start).toBeLessThanOrEqual(Math.max(capacity, 4096));
            for (const from of new Set([ring.start, Math.floor((ring.start + ring.end) / 2), ring.end])) {
              const piece = ring.read(from, 100);
              expect([...(piece ?? [])]).toEqual(
                all.slice(from - base, from - base + (piece?.byteLength ?? 0)),
              );
              expect(piece?.byteLength === 0).toBe(from === ring.end);
            }
            expect(ring.read(ring.start - 1, 1)).toBeNull();
            expect(ring.read(ring.end + 1, 1)).toBeNull();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('does not change what was read when more comes', () => {
    const ring = new ByteRing(0);
    ring.append(new Uint8Array([1, 2]));
    const read = ring.read(0, 10);
    ring.append(new Uint8Array([3]));
    expect([[...(read ?? [])], [...(ring.read(0, 10) ?? [])]]).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });
});

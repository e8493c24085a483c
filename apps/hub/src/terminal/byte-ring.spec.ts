import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteRing, ringBytes, ringLimit } from './byte-ring.js';

describe('the ring of newest bytes', () => {
  it('holds what a plain array holds, by absolute offset', () => {
    const step = fc.oneof(
      fc.record({ append: fc.oneof(fc.nat(3_000), fc.nat(40_000)) }),
      fc.record({ skip: fc.integer({ min: 1, max: 50 }) }),
    );
    const schedule = fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 100_000 }), fc.array(step));
    fc.assert(
      fc.property(schedule, ([start, capacity, steps]) => {
        const ring = new ByteRing(start, () => capacity);
        let all = Buffer.alloc(0);
        let base = start;
        const check = (): void => {
          expect(ring.end).toBe(base + all.length);
          expect(ring.end - ring.start).toBe(Math.min(all.length, capacity));
          for (const from of new Set([ring.start, Math.floor((ring.start + ring.end) / 2), ring.end])) {
            const piece = Buffer.from(ring.read(from, 20_000) ?? []);
            expect(piece.equals(all.subarray(from - base, from - base + piece.length))).toBe(true);
            expect(piece.length).toBe(Math.min(20_000, ring.end - from));
          }
          expect(ring.read(ring.start - 1, 1)).toBeNull();
          expect(ring.read(ring.end + 1, 1)).toBeNull();
        };
        for (const [number, each] of steps.entries()) {
          if ('append' in each) {
            const data = Buffer.alloc(each.append, `${number}.`);
            all = Buffer.concat([all, data]);
            ring.append(data, check);
          } else {
            base += all.length + each.skip;
            all = Buffer.alloc(0);
            ring.reset(base);
          }
          check();
        }
      }),
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

  it('is smaller the more sessions are watched, and never too small to be of use', () => {
    expect([0, 1, 128, 256, 100_000].map(ringLimit)).toEqual([
      ...[ringBytes, ringBytes, ringBytes],
      ...[ringBytes / 2, 64 * 1024],
    ]);
  });
});

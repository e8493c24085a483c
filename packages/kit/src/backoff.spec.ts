import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

const bounds = { minMs: 500, maxMs: 30_000 };

describe('waiting times', () => {
  it('grow to the limit, with jitter, and are never zero', () => {
    const at = (attempt: number, random: number): number =>
      backoffMs(attempt, { ...bounds, random: () => random });
    expect([1, 2, 3, 7, 50, 5_000].map((attempt) => at(attempt, 1))).toEqual([
      500, 1000, 2000, 30_000, 30_000, 30_000,
    ]);
    expect(at(1, 0)).toBe(100);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, random) => {
          const ms = at(attempt, random);
          return ms >= 100 && ms <= bounds.maxMs;
        },
      ),
    );
  });
});

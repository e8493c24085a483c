import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { negotiate } from './version.js';

const range = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).map(([a, b]) => ({
  min: Math.min(a, b),
  max: Math.max(a, b),
}));

describe('negotiate', () => {
  it('takes the highest version that both know, whoever asks', () => {
    fc.assert(
      fc.property(range, range, (ours, theirs) => {
        const common = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((version) =>
          [ours, theirs].every(({ min, max }) => version >= min && version <= max),
        );
        expect(negotiate(ours, theirs)).toBe(common.at(-1) ?? null);
        expect(negotiate(theirs, ours)).toBe(negotiate(ours, theirs));
      }),
    );
  });
});

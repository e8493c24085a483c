// Round ticks, and the words of time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { niceTicks, stepWord, timeTicks } from './chart-scale.js';

describe('ticks of values', () => {
  it('are round and reach the largest value', () => {
    expect(niceTicks(130)).toEqual([0, 50, 100, 150]);
    expect(niceTicks(1_020_000)).toEqual([0, 300_000, 600_000, 900_000, 1_200_000]);
    expect(niceTicks(0)).toEqual([0, 1]);
  });
  it('are few, rise evenly, and cover any value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e15, noNaN: true }), (max) => {
        const ticks = niceTicks(max);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * 0.999_999);
        expect(ticks.every((tick, i) => i === 0 || tick > (ticks[i - 1] ?? 0))).toBe(true);
      }),
    );
  });
});

describe('ticks of time', () => {
  it('stand on round times inside the span', () => {
    const from = new Date(2026, 2, 4, 9, 17).getTime();
    const ticks = timeTicks(from, from + 24 * 3_600_000, 8);
    expect(ticks.length).toBeLessThanOrEqual(8);
    expect(ticks.every((tick) => new Date(tick).getMinutes() === 0 && tick >= from)).toBe(true);
  });
  it('have words for the length of a bar', () => {
    expect([1_800_000, 3_600_000, 86_400_000].map(stepWord)).toEqual(['30 min', '1 h', '1 d']);
  });
});

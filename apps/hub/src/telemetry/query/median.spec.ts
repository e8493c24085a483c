import { describe, expect, it } from 'vitest';
import { median } from './median.js';

const counts = (change: Record<number, number>): number[] =>
  Array.from({ length: 16 }, (_, place) => change[place] ?? 0);

describe('the median of a histogram', () => {
  it('lies in the bucket of the middle one', () => {
    expect(median(counts({}), 0)).toBeNull();
    expect(median(counts({ 0: 4 }), 0)).toBe(0.5);
    expect(median(counts({ 3: 1, 7: 2, 9: 1 }), 0)).toBe(96);
    expect(median(counts({ 4: 1, 12: 1 }), 0)).toBe(16);
  });

  it('of what is longer than the histogram is at least its end', () => {
    expect(median(counts({ 15: 2 }), 60_000)).toBe(60_000);
    expect(median(counts({ 15: 2 }), 1)).toBe(2 ** 14);
  });
});

// Stalls never overlap and never leave the circle, however many sessions there are.
import { describe, expect, it } from 'vitest';
import { arc, fillRadius, layOut, radii } from './turntable-layout.js';

describe('layOut', () => {
  it.each([[[1]], [[6, 4, 2]], [[0, 3, 0]], [[200, 40]], [[]]])('places %j without overlap', (sizes) => {
    const { groups, empty } = layOut(sizes);
    expect(groups.map((group) => group.length)).toEqual(sizes);
    const places = [...groups.flat(), ...empty].toSorted((a, b) => a.from - b.from);
    for (const [i, place] of places.entries()) {
      expect(place.to).toBeGreaterThan(place.from);
      expect(place.from).toBeGreaterThanOrEqual(places[i - 1]?.to ?? 0);
      expect(place.to).toBeLessThanOrEqual(2 * Math.PI);
    }
  });

  it('leaves an empty stall between two hosts', () => {
    const [first, second] = layOut([2, 2]).groups;
    const stall = (first?.[1]?.from ?? 0) - (first?.[0]?.from ?? 0);
    expect((second?.[0]?.from ?? 0) - (first?.[1]?.from ?? 0)).toBeCloseTo(2 * stall);
  });
});

it('fills from the inside, and never more than the stall', () => {
  expect(fillRadius(1.5)).toBe(radii.outer);
  expect(fillRadius(0)).toBeGreaterThan(radii.inner);
  expect(fillRadius(null)).toBeLessThan(fillRadius(0.5));
  expect(arc([], 10)).toBe('');
});

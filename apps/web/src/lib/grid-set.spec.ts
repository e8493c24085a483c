// @vitest-environment happy-dom
// The set of the grid: what an address may hold, adding, removing, moving, and what is remembered.
import fc from 'fast-check';
import type { SessionId } from '@roundhouse/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import {
  addToGrid,
  formatSet,
  gridMax,
  moved,
  parseSet,
  rememberedSet,
  rememberSet,
  withoutSession,
  withSession,
} from './grid-set.js';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as SessionId;
const [a, b, c] = [id(1), id(2), id(3)];
const some = (n: number) => Array.from({ length: n }, (_, i) => id(i));

afterEach(() => localStorage.clear());

describe('the set of the grid', () => {
  it('reads ids, each once, and drops what is none', () => {
    expect(parseSet(`${a},x,,${b},${a},<script>`)).toEqual([a, b]);
    expect(parseSet('')).toEqual([]);
    expect(parseSet(formatSet(some(40)))).toHaveLength(gridMax);
  });

  it('adds at the end, never twice and never too many', () => {
    expect(withSession([a], b)).toEqual([a, b]);
    expect(withSession([a, b], a)).toEqual([a, b]);
    expect(withSession(some(gridMax), id(99))).toEqual([...some(gridMax).slice(1), id(99)]);
    expect(withoutSession([a, b], a)).toEqual([b]);
  });

  it('moves a session to a place and keeps the others in order', () => {
    expect(moved([a, b, c], a, 2)).toEqual([b, c, a]);
    expect(moved([a, b, c], c, 0)).toEqual([c, a, b]);
    const place = fc.integer({ min: -3, max: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: gridMax }), place, place, (count, from, to) => {
        const ids = some(count);
        const one = ids[Math.abs(from) % count] ?? a;
        const after = moved(ids, one, to);
        expect(after.toSorted()).toEqual(ids.toSorted());
        expect(withoutSession(after, one)).toEqual(withoutSession(ids, one));
        expect(after.indexOf(one)).toBe(Math.min(count - 1, Math.max(0, to)));
      }),
    );
  });

  it('is remembered on the device, for pages that add to it', () => {
    rememberSet([a]);
    expect(addToGrid(b)).toBe(2);
    expect(addToGrid(b)).toBe(2);
    expect(rememberedSet()).toEqual([a, b]);
  });
});

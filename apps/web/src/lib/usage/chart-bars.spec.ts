// Bars hold exactly what the series holds, however neighbours are put together.
import type { UsageSeries } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsMax, stepOf, toBars } from './chart-bars.js';

const start = Date.parse('2026-03-04T12:00:00Z');
const options = { what: 'tokens', words: { input: 'Input' }, other: 'Other' } as const;

function series(minutes: number, lines: Readonly<Record<string, readonly number[]>>): UsageSeries {
  return {
    from: new Date(start).toISOString(),
    to: new Date(start + minutes * 60_000).toISOString(),
    bucket: 'minute',
    at: Array.from({ length: minutes }, (_, i) => start / 1000 + i * 60),
    lines: Object.entries(lines).map(([key, tokens]) => ({
      ...{ key, label: key },
      tokens: [...tokens],
      costNanos: tokens.map((n) => n * 10),
    })),
  };
}
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('bars', () => {
  it('are as many as can be told apart', () => {
    for (const hours of [1, 24, 7 * 24, 30 * 24, 400 * 24]) {
      const bucket = hours <= 48 ? 'minute' : hours <= 62 * 24 ? 'hour' : 'day';
      expect((hours * 3_600_000) / stepOf(hours * 3_600_000, bucket)).toBeLessThanOrEqual(barsMax);
    }
  });

  it('lose and invent nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e6), { minLength: 1, maxLength: 2000 }), (values) => {
        const bars = toBars(series(values.length, { input: values }), options);
        expect(total(bars.lines[0]?.values ?? [])).toBe(total(values));
        expect(bars.at.length).toBeLessThanOrEqual(barsMax + 1);
      }),
    );
  });

  it('of kinds stand in one order with one colour each', () => {
    const { lines } = toBars(
      series(1, { input: [1], output: [2], cacheRead: [3], cacheCreation: [4] }),
      options,
    );
    expect(lines.map(({ key, fill }) => [key, fill])).toEqual([
      ['cacheRead', 3],
      ['cacheCreation', 4],
      ['input', 1],
      ['output', 2],
    ]);
    expect(lines[2]?.label).toBe('Input');
  });

  it('name the four greatest and put the rest together', () => {
    const { lines } = toBars(series(1, { a: [1], b: [9], c: [8], d: [7], e: [6], other: [5] }), options);
    expect(lines.map(({ key, values }) => [key, values[0]])).toEqual([
      ['b', 9],
      ['c', 8],
      ['d', 7],
      ['e', 6],
      ['other', 6],
    ]);
  });

  it('show money when asked', () => {
    const { lines } = toBars(series(1, { input: [3] }), { ...options, what: 'cost' });
    expect(lines[0]?.values).toEqual([30]);
  });
});

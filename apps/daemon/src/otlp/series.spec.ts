import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addPoint,
  maxSeries,
  maxStarts,
  seriesStateSchema,
  sumBuckets,
  type SeriesPoint,
  type SeriesState,
} from './series.js';

const point = (fields: Partial<SeriesPoint>): SeriesPoint => ({
  key: 'a',
  bucket: 'input',
  temporality: 'delta',
  start: 10n,
  time: 20n,
  value: 5,
  ...fields,
});

/** What a restart of the daemon does to the state. */
const stored = (state: SeriesState): SeriesState =>
  seriesStateSchema.parse(JSON.parse(JSON.stringify(state)));

function totalOf(points: readonly SeriesPoint[], restartEvery = 7): number {
  let state: SeriesState = {};
  points.forEach((each, index) => {
    addPoint(state, each);
    if (index % restartEvery === 0) state = stored(state);
  });
  return sumBuckets(state).input ?? 0;
}

/** Numbers as drawn, used to shuffle and to repeat. */
const shuffled = <T>(items: readonly T[], keys: readonly number[]): T[] =>
  items
    .map((item, index) => ({ item, key: keys[index % keys.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

const keysArbitrary = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 997 });

/** Delta points of several series: intervals that follow one another, with or without gaps. */
const deltaLedger = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      gap: fc.integer({ min: 0, max: 2 }),
      length: fc.integer({ min: 1, max: 9 }),
      value: fc.nat(1_000_000),
    }),
    { minLength: 1, maxLength: 180 },
  )
  .map((rows) => {
    let at = 1_795_226_351_240_000_000n;
    return rows.map(({ key, gap, length, value }) => {
      const start = at + BigInt(gap);
      at = start + BigInt(length);
      return point({ key, start, time: at, value });
    });
  });

const sum = (points: readonly SeriesPoint[]): number => points.reduce((total, { value }) => total + value, 0);

describe('delta points', () => {
  it('add once, however often and in whatever order they come, across restarts (R:C11)', () => {
    fc.assert(
      fc.property(deltaLedger, keysArbitrary, (ledger, keys) => {
        const delivered = shuffled([...ledger, ...ledger, ...ledger], keys);
        expect(totalOf(delivered)).toBe(sum(ledger));
      }),
    );
  });

  it('add once when the whole history of thousands is sent again', () => {
    const ledger = Array.from({ length: 3000 }, (_, index) =>
      point({ start: BigInt(index * 10 + 1), time: BigInt(index * 10 + 6), value: index }),
    );
    expect(totalOf([...ledger, ...ledger.toReversed(), ...ledger], 500)).toBe(sum(ledger));
  });

  it('may overtake one another by a hundred places, whatever their number', () => {
    const ledger = Array.from({ length: 2000 }, (_, index) =>
      point({ start: BigInt(index * 10 + 1), time: BigInt(index * 10 + 6), value: 1 + index }),
    );
    const keys = ledger.map((_, index) => index + ((index * 7919) % 100));
    expect(totalOf(shuffled(ledger, keys), 500)).toBe(sum(ledger));
  });

  it('of two overlapping intervals count both', () => {
    expect(totalOf([point({ start: 10n, time: 20n }), point({ start: 10n, time: 15n })])).toBe(10);
  });

  it('without a start time count once per time', () => {
    const points = [
      point({ start: 0n, time: 20n }),
      point({ start: 0n, time: 30n }),
      point({ start: 0n, time: 20n }),
    ];
    expect(totalOf(points)).toBe(10);
  });

  it('keep a bounded state', () => {
    const state: SeriesState = {};
    for (let at = 1n; at < 40_000n; at += 10n) addPoint(state, point({ start: at, time: at + 5n }));
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
  });
});

describe('cumulative points', () => {
  const cumulativeLedger = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b'),
      steps: fc.array(fc.nat(10_000), { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 20 },
  );

  it('sum the greatest value of each life; a reset adds and a re-sent point does not (R:C12)', () => {
    fc.assert(
      fc.property(cumulativeLedger, keysArbitrary, (lives, keys) => {
        let expected = 0;
        const points = lives.flatMap(({ key, steps }, life) => {
          let value = 0;
          const start = BigInt(1 + life * 100);
          const grown = steps.map((step, index) => {
            value += step;
            return point({ temporality: 'cumulative', key, start, time: start + BigInt(index + 1), value });
          });
          expected += value;
          return grown;
        });
        expect(totalOf(shuffled([...points, ...points], keys))).toBe(expected);
      }),
    );
  });

  it('close old lives and neither lose nor repeat them', () => {
    const lives = Array.from({ length: maxStarts * 3 }, (_, index) =>
      point({ temporality: 'cumulative', start: BigInt(index + 1), time: BigInt(index + 2), value: 3 }),
    );
    expect(totalOf([...lives, ...lives])).toBe(lives.length * 3);
  });
});

describe('what is refused', () => {
  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1])(
    'the value %s',
    (value) => {
      const state: SeriesState = {};
      expect(addPoint(state, point({ value }))).toBe('refused');
      expect(state).toEqual({});
    },
  );

  it('a sum beyond exact integers', () => {
    const state: SeriesState = {};
    addPoint(state, point({ value: Number.MAX_SAFE_INTEGER }));
    expect(addPoint(state, point({ time: 21n, value: 1 }))).toBe('refused');
    expect(sumBuckets(state).input).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('more series than an agent can have; known ones go on', () => {
    const state: SeriesState = {};
    for (let index = 0; index < maxSeries; index += 1) addPoint(state, point({ key: String(index) }));
    expect(addPoint(state, point({ key: 'one more' }))).toBe('refused');
    expect(addPoint(state, point({ key: '0', time: 21n }))).toBe('added');
  });
});

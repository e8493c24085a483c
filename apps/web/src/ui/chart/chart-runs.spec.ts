// A line breaks where nothing was known; what was before the first value, and what is now, is no gap.
import { expect, it } from 'vitest';
import { gapsOf, runsOf } from './chart-runs.js';

it('tells runs and the gaps between them', () => {
  const values = [null, null, 1, 2, null, null, 3, null];
  expect(runsOf(values).map((run) => run.map(({ index }) => index))).toEqual([[2, 3], [6]]);
  expect(gapsOf(values)).toEqual([[4, 6]]);
  expect(gapsOf([...values, null])).toEqual([
    [4, 6],
    [7, 9],
  ]);
  expect(gapsOf([null, null])).toEqual([]);
  expect(gapsOf([1, 2])).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

const at = (offset: number, cols: number) => ({ offset, cols, rows: 24 });
const drain = (timeline: Timeline, from: number): number[] => {
  const cols: number[] = [];
  for (let index = timeline.indexAfter(from), next = timeline.at(index); next; next = timeline.at(index)) {
    cols.push(next.cols);
    index = timeline.following(index);
  }
  return cols;
};

describe('sizes by offset', () => {
  it('are in force from their byte on', () => {
    const timeline = new Timeline([at(0, 80), at(10, 100), at(10, 120)]);
    expect([0, 9, 10, 999].map((offset) => timeline.sizeAt(offset).cols)).toEqual([80, 80, 120, 120]);
    expect(timeline.newest.cols).toBe(120);
    expect(drain(timeline, 0)).toEqual([100, 120]);
    expect(drain(timeline, 10)).toEqual([]);
  });

  it('are added once, in order', () => {
    const timeline = new Timeline([at(0, 80)]);
    for (const resize of [at(5, 80), at(10, 90), at(4, 70), at(10, 90)]) timeline.add(resize);
    expect(drain(timeline, 0)).toEqual([90]);
  });

  it('take from a list of all only what is new, also at the offset of the last', () => {
    const known = [at(0, 80), at(10, 90), at(10, 100)];
    const timeline = new Timeline(known);
    timeline.merge(known);
    expect(drain(timeline, 0)).toEqual([90, 100]);
    timeline.merge([...known, at(10, 110), at(20, 120)]);
    expect(drain(timeline, 0)).toEqual([90, 100, 110, 120]);
  });

  it('keep their numbers when the oldest are folded away', () => {
    const timeline = new Timeline([at(0, 20)]);
    const place = timeline.indexAfter(0);
    for (let n = 1; n <= 10_001; n += 1) timeline.add(at(n, 20 + (n % 2)));
    const newest = timeline.indexAfter(10_000);
    expect(timeline.at(newest)?.offset).toBe(10_001);
    expect(timeline.at(place)?.offset).toBeGreaterThan(1);
    expect(drain(timeline, 10_000)).toHaveLength(1);
  });
});

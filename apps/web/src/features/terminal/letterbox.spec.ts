// Type of a tile: the whole grid is seen, nothing is larger than usual, and a second look changes nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followCursor, letterbox, type Box } from './letterbox.js';

/** Cells as WebGL draws them: whole pixels. */
const grid =
  (cols: number, rows: number) =>
  (size: number): Box => ({
    width: cols * Math.max(1, Math.floor(size * 0.6)),
    height: rows * Math.ceil(size * 1.4),
  });

describe('letterbox', () => {
  it('keeps the usual type where there is room', () => {
    const space = { width: 2000, height: 2000 };
    expect(letterbox({ space, now: 7, largest: 12, draw: grid(80, 24) })).toBe(12);
  });
  it('leaves the type alone while there is no layout', () => {
    expect(letterbox({ space: { width: 0, height: 0 }, now: 12, largest: 12, draw: grid(80, 24) })).toBe(12);
  });
  it('fits whatever can be fitted, and is at rest then', () => {
    const side = fc.integer({ min: 100, max: 3000 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 2, max: 120 }),
        (w, h, cols, rows) => {
          const space = { width: w, height: h };
          const draw = grid(cols, rows);
          const size = letterbox({ space, now: 12, largest: 12, draw });
          const box = draw(size);
          expect(size === 6 || (box.width <= w && (box.height <= h || size <= 11))).toBe(true);
          const again = letterbox({ space, now: size, largest: 12, draw });
          const boxAgain = draw(again);
          expect(again).toBeGreaterThanOrEqual(size);
          expect(again === 6 || (boxAgain.width <= w && (boxAgain.height <= h || again <= 11))).toBe(true);
        },
      ),
    );
  });
});

describe('followCursor', () => {
  const seen = { height: 100, cell: 10 };
  it('stays while the cursor is seen', () => {
    expect(followCursor({ ...seen, top: 40, row: 4 })).toBe(40);
    expect(followCursor({ ...seen, top: 40, row: 13 })).toBe(40);
  });
  it('brings the cursor to the lower edge', () => {
    expect(followCursor({ ...seen, top: 40, row: 14 })).toBe(50);
    expect(followCursor({ ...seen, top: 40, row: 3 })).toBe(0);
  });
});

// How many tiles stand beside and below each other, and how many places are free. Pure.
import type { GridLayout } from './grid-search.js';

export interface GridShape {
  readonly columns: number;
  /** That fill the window; more are reached by scrolling. */
  readonly rows: number;
}

const shapes: Readonly<Record<Exclude<GridLayout, 'focus'>, GridShape>> = {
  '1x2': { columns: 1, rows: 2 },
  '2x2': { columns: 2, rows: 2 },
  '3x2': { columns: 3, rows: 2 },
};

/** `narrow`: a third column would be too narrow to read. */
export function shapeOf(layout: Exclude<GridLayout, 'focus'>, narrow: boolean): GridShape {
  const shape = shapes[layout];
  return narrow ? { ...shape, columns: Math.min(2, shape.columns) } : shape;
}

/** Free places that are drawn, so that the window is filled. */
export const freePlaces = ({ columns, rows }: GridShape, tiles: number): number =>
  Math.max(0, columns * rows - tiles);

/** Where a tile goes from `at` by an arrow key; the same place when there is no way. */
export function neighbour(key: string, at: number, tiles: number, columns: number): number {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowLeft: -1, ArrowRight: 1 },
    ...{ ArrowUp: -columns, ArrowDown: columns },
  };
  const to = at + (steps[key] ?? 0);
  return to < 0 || to >= tiles ? at : to;
}

// Type for a grid whose size somebody else decides: as large as fits, never larger than usual, and rather cut than too
// small to read. Pure.

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Below this nothing can be read; the grid then sticks out. Pixels. */
const SMALLEST_PX = 6;
/** Steps of the size in pixels. */
const STEP_PX = 0.5;

export interface Letterbox {
  readonly space: Box;
  /** Size of type now, in pixels. */
  readonly now: number;
  readonly largest: number;
  /** Below this the grid sticks out; 5 unless told. */
  readonly smallest?: number;
  /** Draws with this size of type and gives the size of the grid then; cells are rounded, so it must be measured. */
  readonly draw: (fontSize: number) => Box;
}

/** Rather than by smaller type than this a high grid is shown in part: the part with the cursor. Pixels. */
const READABLE_PX = 11;

/** Draws the grid with the largest type that fits; its width always fits, its height if that can be read. */
export function letterbox({ space, now, largest, smallest = SMALLEST_PX, draw }: Letterbox): number {
  const box = draw(now);
  if (space.width <= 0 || space.height <= 0 || box.width <= 0 || box.height <= 0) return now;
  const low = Math.max(space.height / box.height, READABLE_PX / now);
  const ratio = Math.min(space.width / box.width, low);
  const guess = Math.floor((now * ratio) / STEP_PX) * STEP_PX;
  for (let size = Math.min(largest, Math.max(smallest, guess)); ; size -= STEP_PX) {
    const { width, height } = draw(size);
    if (size <= smallest) return size;
    if (width <= space.width && (height <= space.height || size <= READABLE_PX)) return size;
  }
}

export interface Follow {
  /** What is scrolled away now, and what is seen, in pixels. */
  readonly top: number;
  readonly height: number;
  readonly cell: number;
  /** Row of the cursor. */
  readonly row: number;
}

/** Where to scroll to, so that the cursor is seen: nowhere while it is. */
export function followCursor({ top, height, cell, row }: Follow): number {
  if (row * cell >= top && (row + 1) * cell <= top + height) return top;
  return Math.max(0, (row + 1) * cell - height);
}

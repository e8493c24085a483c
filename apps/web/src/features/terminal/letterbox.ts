// Type for a grid whose size somebody else decides: as large as fits, never larger than usual. Pure.

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** Below this nothing can be read; the grid then sticks out. Pixels. */
const SMALLEST_PX = 5;
/** Steps of the size in pixels. */
const STEP_PX = 0.5;

export interface Letterbox {
  readonly space: Box;
  /** Size of type now, in pixels. */
  readonly now: number;
  readonly largest: number;
  /** Draws with this size of type and gives the size of the grid then; cells are rounded, so it must be measured. */
  readonly draw: (fontSize: number) => Box;
}

/** Draws the grid with the largest type that fits. */
export function letterbox({ space, now, largest, draw }: Letterbox): number {
  const box = draw(now);
  if (space.width <= 0 || space.height <= 0 || box.width <= 0 || box.height <= 0) return now;
  const ratio = Math.min(space.width / box.width, space.height / box.height);
  const guess = Math.floor((now * ratio) / STEP_PX) * STEP_PX;
  for (let size = Math.min(largest, Math.max(SMALLEST_PX, guess)); ; size -= STEP_PX) {
    const { width, height } = draw(size);
    if ((width <= space.width && height <= space.height) || size <= SMALLEST_PX) return size;
  }
}

// The sizes of one stream, each with the byte that it applies from. Pure.
import type { Resize } from '@roundhouse/protocol';

/** Sizes that change before the end of a long session; older ones are folded into the first. */
const resizesMax = 10_000;

export class Timeline {
  #resizes: Resize[] = [];
  /** How many were folded away: numbers of sizes stay what they were. */
  #folded = 0;

  constructor(resizes: readonly Resize[]) {
    for (const resize of resizes) this.add(resize);
  }

  /** The size in force for the byte at `offset`. */
  sizeAt(offset: number): { cols: number; rows: number } {
    const resize = this.#resizes.findLast((candidate) => candidate.offset <= offset) ?? this.#resizes[0];
    return { cols: resize?.cols ?? 80, rows: resize?.rows ?? 24 };
  }

  get newest(): { cols: number; rows: number } {
    return this.sizeAt(Number.MAX_SAFE_INTEGER);
  }

  /** Adds a size in stream order. A repeat changes nothing. */
  add(resize: Resize): void {
    const last = this.#resizes.at(-1);
    if (last && (resize.offset < last.offset || sameSize(last, resize))) return;
    this.#resizes.push(resize);
    if (this.#resizes.length <= resizesMax) return;
    this.#folded += resizesMax / 2;
    this.#resizes = this.#resizes.slice(resizesMax / 2);
  }

  /** Adds what a list of all sizes has besides those that are known. */
  merge(all: readonly Resize[]): void {
    const last = this.#resizes.at(-1)?.offset ?? 0;
    const now = all.findLast(({ offset }) => offset <= last);
    if (now) this.add({ ...now, offset: last });
    for (const resize of all) if (resize.offset > last) this.add(resize);
  }

  /** Number of the first size after `offset`: where a viewer that was told its size there goes on. */
  indexAfter(offset: number): number {
    const next = this.#resizes.findIndex((resize) => resize.offset > offset);
    return this.#folded + (next === -1 ? this.#resizes.length : next);
  }

  /**
   * Number of the first size that a screen of this size, drawn up to `offset`, has not had yet. Of several sizes at
   * that very byte it may have had some.
   */
  indexAfterScreen({ offset, cols, rows }: Resize): number {
    const after = this.#resizes.findIndex((resize) => resize.offset > offset);
    const end = after === -1 ? this.#resizes.length : after;
    const start = this.#resizes.findLastIndex((resize) => resize.offset < offset) + 1;
    const had = this.#resizes
      .slice(0, end)
      .findLastIndex((resize) => sameSize(resize, { offset, cols, rows }));
    const next = had >= start - 1 ? had + 1 : end;
    return this.#folded + Math.max(start, next);
  }

  /** The size of this number, or the oldest kept if that was folded away. */
  at(index: number): Resize | undefined {
    return this.#resizes[Math.max(0, index - this.#folded)];
  }

  /** The number after this one that is still kept. */
  following(index: number): number {
    return Math.max(index, this.#folded) + 1;
  }
}

const sameSize = (a: Resize, b: Resize): boolean => a.cols === b.cols && a.rows === b.rows;

// What a viewer is sent next, from where it stands in the stream. Pure.
import type { Resize } from '@roundhouse/protocol';

/** Sizes that change before the end of a long session; older ones are folded into the first. */
const resizesMax = 10_000;

export class Timeline {
  #resizes: Resize[];

  constructor(resizes: readonly Resize[]) {
    this.#resizes = [...resizes];
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
    if (last && (resize.offset < last.offset || (last.cols === resize.cols && last.rows === resize.rows)))
      return;
    this.#resizes.push(resize);
    if (this.#resizes.length > resizesMax) this.#resizes = this.#resizes.slice(-resizesMax / 2);
  }

  /** How many sizes apply at or before `offset`: where a viewer that was told its size there goes on. */
  indexAfter(offset: number): number {
    const next = this.#resizes.findIndex((resize) => resize.offset > offset);
    return next === -1 ? this.#resizes.length : next;
  }

  at(index: number): Resize | undefined {
    return this.#resizes[index];
  }
}

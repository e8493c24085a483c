// Shares a thread's time between its screens: a piece of each in turn, and now and then a breath for everything else.
import { outputChunkBytes } from '@roundhouse/protocol';

/** A thread that draws longer than this at a stretch answers late. */
const stretchMs = 8;
const pieceBytes = outputChunkBytes / 4;

export interface Drawable {
  /** @returns whether there is more */
  step(maxBytes: number): boolean;
}

export class Turns {
  readonly #waiting = new Set<Drawable>();
  #scheduled = false;

  add(drawable: Drawable): void {
    this.#waiting.add(drawable);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #run(): void {
    const end = performance.now() + stretchMs;
    while (this.#waiting.size > 0 && performance.now() < end) {
      for (const drawable of [...this.#waiting]) {
        this.#waiting.delete(drawable);
        if (drawable.step(pieceBytes)) this.#waiting.add(drawable);
      }
    }
    if (this.#waiting.size > 0) this.#schedule();
  }
}

// Holds a burst of sizes back to a few a second, and keeps the last: each one makes the agent draw everything anew.
import type { Cancel, Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';

/** Least time between two sizes: nine in a second of dragging, and no wait for a single one. */
const everyMs = 125;

export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export class ResizePacer {
  readonly #clock: Clock;
  readonly #apply: (size: Size) => Promise<void>;
  #appliedAt = -Infinity;
  #waiting: {
    size: Size;
    readonly done: Promise<void>;
    readonly cancel: Cancel;
    readonly fail: () => void;
  } | null = null;

  constructor(clock: Clock, apply: (size: Size) => Promise<void>) {
    this.#clock = clock;
    this.#apply = apply;
  }

  /** Resolves when this size is in force, or a later one instead. */
  set(size: Size): Promise<void> {
    if (this.#waiting) {
      this.#waiting.size = size;
      return this.#waiting.done;
    }
    const wait = this.#appliedAt + everyMs - this.#clock.monotonic();
    return wait > 0 ? this.#later(size, wait) : this.#now(size);
  }

  /** What waits is refused. */
  dispose(): void {
    this.#waiting?.cancel();
    this.#waiting?.fail();
    this.#waiting = null;
  }

  #now(size: Size): Promise<void> {
    this.#appliedAt = this.#clock.monotonic();
    return this.#apply(size);
  }

  #later(size: Size, ms: number): Promise<void> {
    let fail = (): void => undefined;
    let cancel: Cancel = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      fail = () => {
        reject(new AppError('KEEPER_UNREACHABLE'));
      };
      cancel = this.#clock.after(ms, () => {
        const last = this.#waiting?.size ?? size;
        this.#waiting = null;
        this.#now(last).then(resolve, reject);
      });
    });
    this.#waiting = { size, done, cancel, fail };
    return done;
  }
}

// Writes that wait are written together: one flush of the disk for all of them.
import type { Clock } from '@roundhouse/kit';

interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface GroupCommitOptions<T> {
  /** Writes all of them, or none: when it throws, each of their callers is told. */
  readonly commit: (items: readonly T[]) => Promise<void>;
  readonly clock: Clock;
  /** How long the first of a group waits for others, in milliseconds; 0: only for what is being written. */
  readonly gatherMs: number;
  /** With so many it waits for no more. */
  readonly enough?: number;
}

export class GroupCommit<T> {
  readonly #options: GroupCommitOptions<T>;
  #waiting: Waiting<T>[] = [];
  #tail: Promise<void> = Promise.resolve();
  /** Ends the time in which the next group gathers. */
  #hurry: (() => void) | null = null;

  constructor(options: GroupCommitOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when the item's group is on disk. */
  add(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#waiting.length >= (this.#options.enough ?? Infinity)) this.#hurry?.();
      if (this.#waiting.length > 1) return;
      const gathered = this.#gather();
      void this.#after(async () => {
        await gathered;
        await this.#commit();
      });
    });
  }

  /** Runs alone, after what waits now. */
  run(work: () => Promise<void>): Promise<void> {
    this.#hurry?.();
    return this.#after(work);
  }

  #gather(): Promise<void> {
    const { clock, gatherMs } = this.#options;
    if (gatherMs === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(gatherMs, () => {
        this.#hurry?.();
      });
      this.#hurry = () => {
        cancel();
        this.#hurry = null;
        resolve();
      };
    });
  }

  async #commit(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    try {
      await this.#options.commit(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #after(work: () => Promise<void>): Promise<void> {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => undefined);
    return run;
  }
}

// Remembers for a while what was done already, so that a repeat does not do it again. Pure, and bounded.
import type { Clock } from '@roundhouse/kit';

export interface OncePerOptions {
  /** Milliseconds until the same key may pass again. */
  readonly ms: number;
  /** Most keys remembered; beyond it the oldest are forgotten, and pass again. */
  readonly max: number;
}

export class OncePer {
  /** When each key passed, oldest first. */
  readonly #passed = new Map<string, number>();

  constructor(
    private readonly options: OncePerOptions,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** It was not done after all: the key may pass at once. */
  forget(key: string): void {
    this.#passed.delete(key);
  }

  /** Whether the key has not passed for a while; it has, from now on. */
  pass(key: string): boolean {
    const now = this.clock.monotonic();
    const last = this.#passed.get(key);
    if (last !== undefined && now - last < this.options.ms) return false;
    this.#passed.delete(key);
    this.#passed.set(key, now);
    const [oldest] = this.#passed.keys();
    if (this.#passed.size > this.options.max && oldest !== undefined) this.#passed.delete(oldest);
    return true;
  }
}

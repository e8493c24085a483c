// A token bucket: so many requests a second, with a burst of the same size.
import type { Clock } from '@roundhouse/kit';

export class RateLimit {
  #left: number;
  #at: number;

  constructor(
    readonly perSecond: number,
    readonly clock: Clock,
  ) {
    this.#left = perSecond;
    this.#at = clock.monotonic();
  }

  /** Takes one; false when none is left. */
  take(): boolean {
    const now = this.clock.monotonic();
    this.#left = Math.min(this.perSecond, this.#left + ((now - this.#at) / 1000) * this.perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

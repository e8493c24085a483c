// Bounds how often one socket may speak. Pure.
import type { Clock } from '@roundhouse/kit';

export interface BucketOptions {
  /** Events per second in the long run. */
  readonly perSecond: number;
  /** Events that may come at once. */
  readonly burst: number;
}

export class TokenBucket {
  #tokens: number;
  #at: number;

  constructor(
    private readonly options: BucketOptions,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#tokens = options.burst;
    this.#at = clock.monotonic();
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    const now = this.clock.monotonic();
    const { perSecond, burst } = this.options;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

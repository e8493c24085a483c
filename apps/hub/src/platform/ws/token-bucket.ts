// Bounds how often, or how much, one socket may speak. Pure.
import type { Clock } from '@roundhouse/kit';

export interface BucketOptions {
  /** Events, or bytes, per second in the long run. */
  readonly perSecond: number;
  /** Events, or bytes, that may come at once. */
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

  /** Takes so many tokens; false, and nothing taken, when there are not as many. */
  take(tokens = 1): boolean {
    const now = this.clock.monotonic();
    const { perSecond, burst } = this.options;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}

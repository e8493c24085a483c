// How fast the screens of a thread take their bytes while somebody types: a flood that is drawn at full speed keeps a core busy, and
// an echo needs some of each. The screen may lag then; it catches up when nobody types.
import type { Clock } from '@roundhouse/kit';
import { othersPerMs, typedForMs } from '../typing.js';

/** Taken at once after a pause, in milliseconds' worth: a program that redraws its screen is no flood. */
const burstMs = 64;

export class DrawPace {
  #seen: number;
  #typedAt = -Infinity;
  /** When what was taken so far is paid for. */
  #paidAt = -Infinity;

  /** @param keys grows with each key that is typed into any session of the host; shared by the threads */
  constructor(
    private readonly keys: Int32Array,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {
    this.#seen = Atomics.load(keys, 0);
  }

  /** Milliseconds after which the next bytes may come, when so many have been drawn. */
  waitMs(bytes: number): number {
    const now = this.clock.monotonic();
    const keys = Atomics.load(this.keys, 0);
    if (keys !== this.#seen) this.#typedAt = now;
    this.#seen = keys;
    if (now - this.#typedAt >= typedForMs) return 0;
    this.#paidAt = Math.max(this.#paidAt, now - burstMs) + bytes / othersPerMs;
    return Math.max(0, this.#paidAt - now);
  }
}

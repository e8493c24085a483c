// How many queries a screen answers: a program asks a few at its start; one that asks in a loop, or a file of queries that
// is printed, must not fill the agent's input.
import type { Clock } from '@roundhouse/kit';

const burst = 100;
const perSecond = 50;

export class AnswerBudget {
  #left = burst;
  #at: number;

  constructor(private readonly clock: Clock) {
    this.#at = clock.monotonic();
  }

  /** Whether one more may be given now. */
  take(): boolean {
    const now = this.clock.monotonic();
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

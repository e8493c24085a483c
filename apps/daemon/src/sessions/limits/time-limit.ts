// Ends one life of a session when its time is up, by the daemon's clock: warns before, and counts on after a restart.
import type { Cancel, Clock } from '@roundhouse/kit';

/** Before the end, or a tenth of the time where that is less. */
const WARN_MS = 5 * 60_000;
const minuteMs = 60_000;

export interface TimeLimitOptions {
  readonly clock: Clock;
  readonly minutes: number;
  /** When the agent began to run, by the wall clock. */
  readonly startedAt: number;
  readonly onWarn: (endsAt: number) => void;
  readonly onEnd: () => void;
}

export class TimeLimit {
  readonly #cancels: Cancel[] = [];

  constructor({ clock, minutes, startedAt, onWarn, onEnd }: TimeLimitOptions) {
    const span = minutes * minuteMs;
    const endsAt = startedAt + span;
    // A clock that was set back must not give more than the whole time.
    const left = Math.min(span, Math.max(0, endsAt - clock.now()));
    const warn = () => {
      onWarn(endsAt);
    };
    if (left > 0) this.#cancels.push(clock.after(Math.max(0, left - Math.min(WARN_MS, span / 10)), warn));
    this.#cancels.push(clock.after(left, onEnd));
  }

  dispose(): void {
    for (const cancel of this.#cancels) cancel();
  }
}

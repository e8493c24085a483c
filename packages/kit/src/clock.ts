// Time as a dependency, so that tests own it.

/** Stops a timer; harmless when it has fired. */
export type Cancel = () => void;

export interface Clock {
  /** Wall time in milliseconds since 1970; for records and display, never for durations. */
  now(): number;
  /** Monotonic milliseconds; for durations, leases and deadlines. */
  monotonic(): number;
  /** Calls back once after `ms`. The timer does not keep the process alive. */
  after(ms: number, callback: () => void): Cancel;
  /** Calls back every `ms` until cancelled. The timer does not keep the process alive. */
  every(ms: number, callback: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};

interface Pending {
  at: number;
  readonly period: number | null;
  readonly callback: () => void;
}

/** A clock that moves only when told to; timers fire in order. */
export class ManualClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #pending = new Set<Pending>();

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): Cancel {
    return this.#add({ at: this.#monotonic + ms, period: null, callback });
  }

  every(ms: number, callback: () => void): Cancel {
    return this.#add({ at: this.#monotonic + ms, period: ms, callback });
  }

  /** Moves both clocks forward and fires what falls due on the way. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (let next = this.#nextBefore(end); next; next = this.#nextBefore(end)) {
      this.#moveTo(Math.max(next.at, this.#monotonic));
      if (next.period === null) this.#pending.delete(next);
      else next.at += next.period;
      next.callback();
    }
    this.#moveTo(end);
  }

  /** Moves wall time alone, as an operator or NTP does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #add(pending: Pending): Cancel {
    this.#pending.add(pending);
    return () => {
      this.#pending.delete(pending);
    };
  }

  #nextBefore(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.at <= end && (first === undefined || pending.at < first.at)) first = pending;
    }
    return first;
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

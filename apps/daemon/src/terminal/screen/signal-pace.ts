// When the screens of a thread are looked at for what they say: soon after a silence, a few times a second while they change,
// all that are due at once.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { Emulator } from './emulator.js';
import type { PatternGuard } from './pattern-guard.js';
import type { Look } from './screen-signals.js';

/** After the first change; a dialog is drawn in several pieces. */
const soonMs = 50;
/** While it goes on: fifty busy screens cost two hundredths of a core. */
const everyMs = 200;

interface Looker {
  looks(emulator: Emulator): Look[];
}

interface Shown {
  readonly emulator: Emulator;
}

export class SignalPace {
  readonly #clock: Clock;
  readonly #guard: Pick<PatternGuard, 'match'>;
  readonly #due = new Map<Looker, Shown>();
  #lastAt = Number.NEGATIVE_INFINITY;
  #timer: Cancel | null = null;

  constructor(clock: Clock, guard: Pick<PatternGuard, 'match'>) {
    this.#clock = clock;
    this.#guard = guard;
  }

  changed(looker: Looker, shown: Shown): void {
    this.#due.set(looker, shown);
    if (this.#timer) return;
    const wait = Math.max(this.#lastAt + everyMs - this.#clock.monotonic(), soonMs);
    this.#timer = this.#clock.after(wait, () => {
      this.#timer = null;
      this.#lastAt = this.#clock.monotonic();
      this.#look();
    });
  }

  /** Being stopped in time has its price: it is paid once for all. */
  #look(): void {
    const looks = [...this.#due].flatMap(([one, { emulator }]) => one.looks(emulator));
    this.#due.clear();
    const matches = this.#guard.match(looks.flatMap(({ attempts }) => attempts));
    let at = 0;
    for (const { attempts, done } of looks) {
      done(matches.slice(at, at + attempts.length));
      at += attempts.length;
    }
  }

  forget(looker: Looker): void {
    this.#due.delete(looker);
  }

  dispose(): void {
    this.#timer?.();
    this.#timer = null;
    this.#due.clear();
  }
}

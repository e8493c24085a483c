// The state of one agent while it runs: the reducer with a clock. Tells changes, in order and not too many, and the time spent.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { Activity, ActivityExplanation } from '@roundhouse/protocol';
import { minutesOf, type MinuteTimes } from './durations.js';
import { explain } from './explain.js';
import { nothingKnown, reduce, type Now, type StatusState } from './reduce.js';
import type { Signal } from './signal.js';

/** Changes told in a second; after that the newest when there is room again. */
const toldMax = 10;
const secondMs = 1_000;

export interface SessionStatusOptions {
  readonly clock: Clock;
  /** What an earlier daemon knew. */
  readonly from?: StatusState;
  readonly onActivity: (activity: Activity | null) => void;
  /** Called now and then with the time since the last call. */
  readonly onTime: (minutes: MinuteTimes) => void;
  readonly onChanged: () => void;
}

export class SessionStatus {
  readonly #options: SessionStatusOptions;
  #state: StatusState;
  #timer: Cancel | null = null;
  #telling: Cancel | null = null;
  /** Monotonic times of what was told within the last second. */
  #told: number[] = [];
  #lastTold: string;
  #countedAt: number;
  #disposed = false;

  constructor(options: SessionStatusOptions) {
    this.#options = options;
    this.#state = options.from ?? nothingKnown;
    this.#lastTold = JSON.stringify(this.#state.activity);
    this.#countedAt = options.clock.monotonic();
    this.#lookLater();
  }

  get state(): StatusState {
    return this.#state;
  }

  get activity(): Activity | null {
    return this.#state.activity;
  }

  explain(): ActivityExplanation {
    return explain(this.#state, this.#now());
  }

  /** Signs come in the order of their times, but for what was said while no daemon was there. */
  signal(signal: Signal): void {
    if (!this.#disposed) this.#apply(signal);
  }

  /** Tells the time since it was last counted. */
  count(): void {
    const { clock, onTime } = this.#options;
    const now = clock.monotonic();
    const ms = now - this.#countedAt;
    const held = this.#state.activity;
    this.#countedAt = now;
    if (!held || ms <= 0) return;
    const minutes = minutesOf({ kind: held.kind, waitsFor: held.waitsFor, ms, until: clock.now() });
    if (minutes.size > 0) onTime(minutes);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.count();
    this.#disposed = true;
    this.#timer?.();
    this.#telling?.();
  }

  #apply(signal: Signal | null): void {
    const before = this.#state;
    const next = reduce(before, signal, this.#now());
    if (
      next.activity?.kind !== before.activity?.kind ||
      next.activity?.waitsFor !== before.activity?.waitsFor
    ) {
      this.count();
    }
    this.#state = next;
    this.#lookLater();
    if (signal) this.#options.onChanged();
    this.#tell();
  }

  #lookLater(): void {
    this.#timer?.();
    this.#timer = null;
    const { lookAt } = this.#state;
    if (!Number.isFinite(lookAt)) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(Math.ceil(lookAt - clock.monotonic()), 0), () => {
      this.#timer = null;
      this.#apply(null);
    });
  }

  #tell(): void {
    const { clock, onActivity } = this.#options;
    const { activity } = this.#state;
    const text = JSON.stringify(activity);
    if (this.#telling || text === this.#lastTold) return;
    const now = clock.monotonic();
    this.#told = this.#told.filter((at) => now - at < secondMs);
    const [oldest] = this.#told;
    if (oldest !== undefined && this.#told.length >= toldMax) {
      this.#telling = clock.after(Math.ceil(oldest + secondMs - now), () => {
        this.#telling = null;
        this.#tell();
      });
      return;
    }
    this.#told.push(now);
    this.#lastTold = text;
    onActivity(activity);
  }

  #now(): Now {
    const { clock } = this.#options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }
}

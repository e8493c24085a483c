// One epoch that telemetry comes for: its state, how it is to be read, and what waits to be applied to it.
import {
  minutesPerFact,
  promptsPerFact,
  type PromptUsage,
  type Usage,
  type UsageMinute,
} from '@roundhouse/protocol';
import { apply, type Applied } from './apply.js';
import { minutesSince, promptsSince } from './history-of.js';
import type { Meaning } from './meaning.js';
import { closeMinutes } from './minutes.js';
import type { Observation } from './observation.js';
import type { Prices } from './pricing/price.js';
import type { Source } from './token-registry.js';
import { usageOf } from './usage-of.js';
import type { UsageState } from './usage-state.js';
import type { StoredUsage } from './usage-store.js';
import { mainConversation } from './who.js';

/** What the hub is told: totals, and minutes and prompts that changed. */
export interface UsageReport {
  readonly usage: Usage;
  readonly minutes: UsageMinute[];
  readonly prompts: PromptUsage[];
}

export class UsageAccount {
  /** Batches that wait, or are being written. */
  waiting = 0;
  /** Takes nothing any more. */
  closing = false;
  /** Settles when what came last so far has been dealt with; never rejects. */
  tail: Promise<unknown> = Promise.resolve();
  readonly #state: UsageState;
  #position: number;
  #told: number;
  /** Changed since it was stored. */
  #dirty = false;

  constructor(
    readonly source: Source,
    readonly meaning: Meaning,
    private readonly prices: Prices,
    stored: StoredUsage,
  ) {
    this.#state = stored.state;
    this.#position = stored.position;
    this.#told = stored.told;
  }

  get isDirty(): boolean {
    return this.#dirty;
  }

  get position(): number {
    return this.#position;
  }

  /** The main one, where telemetry tells it. */
  get conversation(): string | null {
    return mainConversation(this.#state);
  }

  apply(
    observations: readonly Observation[],
    at: { readonly now: number; readonly position: number },
  ): Applied {
    const { meaning, prices } = this;
    this.#position = at.position;
    this.#dirty = true;
    return apply(this.#state, observations, { meaning, price: prices.price, now: at.now });
  }

  get usage(): Usage | null {
    const { meaning, prices } = this;
    return usageOf(this.#state, {
      meaning,
      priceTable: prices.version,
      windowOf: (model, marker) =>
        prices.ownWindowOf(model) ?? meaning.windowOf(model, marker) ?? prices.listedWindowOf(model),
    });
  }

  /** Whether minutes or prompts were not told yet. */
  get hasHistory(): boolean {
    return this.#state.rev > this.#told;
  }

  /** Totals with all the history that was not told, in as many reports as it takes. */
  reports(): UsageReport[] {
    const { usage } = this;
    if (usage === null) return [];
    const minutes = minutesSince(this.#state, this.#told, this.meaning);
    const prompts = promptsSince(this.#state, this.#told);
    const count = Math.max(
      1,
      Math.ceil(minutes.length / minutesPerFact),
      Math.ceil(prompts.length / promptsPerFact),
    );
    return Array.from({ length: count }, (_, index) => ({
      usage,
      minutes: minutes.slice(index * minutesPerFact, (index + 1) * minutesPerFact),
      prompts: prompts.slice(index * promptsPerFact, (index + 1) * promptsPerFact),
    }));
  }

  /** The history up to this revision is kept for the hub. */
  historyTold(rev: number): void {
    this.#told = Math.max(this.#told, rev);
    closeMinutes(this.#state.minutes, this.#told);
    this.#dirty = true;
  }

  /** What to store; it counts as stored until the next change. */
  store(): StoredUsage {
    this.#dirty = false;
    return { state: this.#state, position: this.#position, told: this.#told };
  }

  /** It was not stored after all. */
  storeFailed(): void {
    this.#dirty = true;
  }
}

// The usage of each registered epoch: what is told is applied one after another and stored before it counts.
import type { Clock, Logger } from '@roundhouse/kit';
import {
  AppError,
  minutesPerFact,
  promptsPerFact,
  type PromptUsage,
  type Usage,
  type UsageMinute,
} from '@roundhouse/protocol';
import { apply } from './apply.js';
import { minutesSince, promptsSince } from './history-of.js';
import { noMeaning, type Meaning } from './meaning.js';
import { closeMinutes } from './minutes.js';
import type { LogRecord, OtlpBatch } from './model.js';
import type { Observation } from './observation.js';
import type { Prices } from './pricing/price.js';
import { lastActivity, readBatch, readEvent, type PluginEvent } from './read-batch.js';
import type { Reading } from './read-record.js';
import { readStatement, type Statement } from './statements.js';
import { sourceKey, type Source } from './token-registry.js';
import { usageOf } from './usage-of.js';
import { emptyUsageState, type UsageState } from './usage-state.js';
import type { UsageStore } from './usage-store.js';

/** Batches of one agent that wait for the disk; beyond it the agent has to send again. */
const maxWaiting = 32;
/** A resource attribute that may name the session; only compared, never believed. */
const sessionAttribute = 'roundhouse.session';

export interface LedgerStats {
  /** Observations that were recognised as told before. */
  known: number;
  /** Items that should count and could not be read. */
  refused: number;
  /** Items whose resource named another session than their token. */
  mismatched: number;
}

/** What the hub is told: totals, and the minutes and prompts that changed last. */
export interface UsageReport {
  readonly usage: Usage;
  readonly minutes: UsageMinute[];
  readonly prompts: PromptUsage[];
}

export interface LedgerOptions {
  readonly clock: Clock;
  readonly store: UsageStore;
  readonly prices: Prices;
  readonly logger: Logger;
  readonly onUsage: (source: Source, report: UsageReport) => void;
  readonly onActivity?: (source: Source, name: string) => void;
  /** Log records, after their batch was stored. */
  readonly onRecords?: (source: Source, records: readonly LogRecord[]) => void;
}

interface Account {
  readonly source: Source;
  readonly meaning: Meaning;
  state: UsageState;
  waiting: number;
  /** Settles when what came last so far has been dealt with; never rejects. */
  tail: Promise<unknown>;
}

export class UsageLedger {
  readonly stats: LedgerStats = { known: 0, refused: 0, mismatched: 0 };
  readonly #options: LedgerOptions;
  readonly #accounts = new Map<string, Account>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Loads an epoch's state. @returns what is known so far. */
  async open(source: Source, meaning: Meaning | null): Promise<UsageReport | null> {
    await this.release(source);
    const { clock, prices, store } = this.#options;
    await prices.refresh();
    const account = {
      source: { sessionId: source.sessionId, epoch: source.epoch },
      meaning: meaning ?? noMeaning,
      state: (await store.load(source)) ?? emptyUsageState(clock.now()),
      waiting: 0,
      tail: Promise.resolve(),
    };
    this.#accounts.set(sourceKey(source), account);
    return this.#report(account);
  }

  usageOf(source: Source): Usage | null {
    const account = this.#accounts.get(sourceKey(source));
    return account ? usageOf(account.state, this.#viewOf(account)) : null;
  }

  /**
   * Applies a batch and stores the result.
   * @returns how many items were of no use
   * @throws AppError RATE_LIMITED when the disk does not keep up; whatever the store throws
   */
  async take(source: Source, batch: OtlpBatch): Promise<number> {
    const { prices, onActivity, onRecords } = this.#options;
    const account = this.#require(source);
    this.stats.mismatched += mismatchedIn(account.source, batch);
    const refused = await this.#queued(account, () => readBatch(batch, account.meaning, prices.price));
    this.#tell(() => {
      const activity = lastActivity(account.meaning, batch);
      if (activity !== null) onActivity?.(account.source, activity);
      if (batch.signal === 'logs' && batch.items.length > 0) onRecords?.(account.source, batch.items);
    });
    return refused;
  }

  /** As `take`, for an event that an agent's plugin handed over. */
  async takeEvent(source: Source, event: PluginEvent): Promise<void> {
    const account = this.#require(source);
    await this.#queued(account, () => readEvent(event, account.meaning, this.#options.prices.price));
  }

  /** As `take`, for what a status line or transcript says. */
  async takeStatement(source: Source, statement: Statement): Promise<void> {
    const account = this.#require(source);
    const fields = account.meaning.statements[statement.source];
    if (fields !== null) await this.observe(source, readStatement(statement, fields));
  }

  /** As `take`, for what was learnt elsewhere. */
  async observe(source: Source, observations: readonly Observation[]): Promise<void> {
    if (observations.length > 0) {
      await this.#queued(this.#require(source), () => ({ observations, refused: 0 }));
    }
  }

  /** Forgets an epoch after what is under way has been stored. */
  async release(source: Source): Promise<void> {
    const account = this.#accounts.get(sourceKey(source));
    this.#accounts.delete(sourceKey(source));
    await account?.tail;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#accounts.values()].map(({ source }) => this.release(source)));
  }

  #require(source: Source): Account {
    const account = this.#accounts.get(sourceKey(source));
    if (account === undefined) throw new AppError('UNAUTHENTICATED', { message: 'The session has ended' });
    return account;
  }

  async #queued(account: Account, read: () => Reading): Promise<number> {
    if (account.waiting >= maxWaiting) {
      throw new AppError('RATE_LIMITED', { message: 'Telemetry is stored too slowly', retryAfterS: 1 });
    }
    account.waiting += 1;
    const done = account.tail.then(async () => {
      await this.#options.prices.refresh();
      return this.#apply(account, read());
    });
    account.tail = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      account.waiting -= 1;
    }
  }

  async #apply(account: Account, { observations, refused }: Reading): Promise<number> {
    const { clock, prices, store, onUsage } = this.#options;
    if (observations.length > 0) {
      const state = structuredClone(account.state);
      const applied = apply(state, observations, {
        meaning: account.meaning,
        price: prices.price,
        now: clock.now(),
      });
      // Stored first: a batch that was answered is never sent again, one that was not is sent again.
      if (applied.added > 0) {
        await store.save(account.source, state);
        account.state = state;
        this.#tell(() => {
          const report = this.#report(account);
          if (report) onUsage(account.source, report);
        });
      }
      this.stats.known += applied.known;
      refused += applied.refused;
    }
    this.stats.refused += refused;
    return refused;
  }

  #report(account: Account): UsageReport | null {
    const { state, meaning } = account;
    const usage = usageOf(state, this.#viewOf(account));
    if (usage === null) return null;
    const latest = <T extends { rev: number }>(items: T[], max: number): T[] =>
      items.sort((a, b) => b.rev - a.rev).slice(0, max);
    const minutes = latest(minutesSince(state, 0, meaning), minutesPerFact);
    const prompts = latest(promptsSince(state, 0), promptsPerFact);
    closeMinutes(state.minutes, state.rev);
    return { usage, minutes, prompts };
  }

  #viewOf({ meaning }: Account) {
    const { prices } = this.#options;
    return {
      meaning,
      priceTable: prices.version,
      windowOf: (model: string, marker: string | null) =>
        prices.ownWindowOf(model) ?? meaning.windowOf(model, marker) ?? prices.listedWindowOf(model),
    };
  }

  /** What a listener throws is no reason to have the batch sent again: it is stored. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (err) {
      this.#options.logger.error({ err }, 'a listener of telemetry failed');
    }
  }
}

function mismatchedIn({ sessionId }: Source, batch: OtlpBatch): number {
  const named = batch.items.map(({ resource }) => resource.get(sessionAttribute));
  return named.filter((name) => name !== undefined && name !== sessionId).length;
}

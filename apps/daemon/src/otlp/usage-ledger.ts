// The usage of each registered epoch: batches are applied one after another and stored before they count.
import type { Logger } from '@roundhouse/kit';
import { AppError, type Usage } from '@roundhouse/protocol';
import type { OtlpBatch } from './model.js';
import { applyBatch } from './normalise.js';
import { noTelemetryMap, type TelemetryMap } from './telemetry-map.js';
import { sourceKey, type Source } from './token-registry.js';
import { emptyUsageState, usageOf, type UsageState } from './usage-state.js';
import type { UsageStore } from './usage-store.js';

/** Batches of one agent that wait for the disk; beyond it the agent has to send again. */
const maxWaiting = 32;
/** A resource attribute that may name the session; only compared, never believed. */
const sessionAttribute = 'roundhouse.session';

export interface LedgerStats {
  /** Items that were recognised as sent before. */
  known: number;
  /** Items that should count and could not be read. */
  refused: number;
  /** Items whose resource named another session than their token. */
  mismatched: number;
}

interface LedgerOptions {
  readonly store: UsageStore;
  readonly logger: Logger;
  readonly onUsage: (source: Source, usage: Usage) => void;
  readonly onActivity?: (source: Source, name: string) => void;
}

interface Account {
  readonly source: Source;
  readonly map: TelemetryMap;
  state: UsageState;
  waiting: number;
  /** Settles when the last batch so far has been dealt with; never rejects. */
  tail: Promise<unknown>;
}

export class UsageLedger {
  readonly stats: LedgerStats = { known: 0, refused: 0, mismatched: 0 };
  readonly #options: LedgerOptions;
  readonly #accounts = new Map<string, Account>();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /** Loads an epoch's state. @returns its totals so far. */
  async open(source: Source, map: TelemetryMap | null): Promise<Usage | null> {
    await this.release(source);
    const state = (await this.#options.store.load(source)) ?? emptyUsageState();
    this.#accounts.set(sourceKey(source), {
      source: { sessionId: source.sessionId, epoch: source.epoch },
      map: map ?? noTelemetryMap,
      state,
      waiting: 0,
      tail: Promise.resolve(),
    });
    return usageOf(state);
  }

  usageOf(source: Source): Usage | null {
    const account = this.#accounts.get(sourceKey(source));
    return account ? usageOf(account.state) : null;
  }

  /**
   * Applies a batch and stores the result.
   * @returns how many items were of no use
   * @throws AppError RATE_LIMITED when the disk does not keep up; whatever the store throws
   */
  async take(source: Source, batch: OtlpBatch): Promise<number> {
    const account = this.#accounts.get(sourceKey(source));
    if (account === undefined) throw new AppError('UNAUTHENTICATED', { message: 'The session has ended' });
    if (account.waiting >= maxWaiting) {
      throw new AppError('RATE_LIMITED', { message: 'Telemetry is stored too slowly', retryAfterS: 1 });
    }
    account.waiting += 1;
    const done = account.tail.then(() => this.#apply(account, batch));
    account.tail = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      account.waiting -= 1;
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

  async #apply(account: Account, batch: OtlpBatch): Promise<number> {
    const { source, map, state: before } = account;
    const { state, changed, known, refused, activity } = applyBatch(before, map, batch);
    // Stored first: a batch that was answered is never sent again, one that was not is sent again.
    if (changed) await this.#options.store.save(source, state);
    account.state = state;
    this.stats.known += known;
    this.stats.refused += refused;
    this.stats.mismatched += mismatchedIn(source, batch);
    const usage = state.rev === before.rev ? null : usageOf(state);
    this.#tell(() => {
      if (usage) this.#options.onUsage(source, usage);
      if (activity !== null) this.#options.onActivity?.(source, activity);
    });
    return refused;
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

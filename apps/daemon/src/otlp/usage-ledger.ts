// The usage of each registered epoch: what is told is applied one after another, and journaled before it counts.
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { AppError, type Usage } from '@roundhouse/protocol';
import { noMeaning, type Meaning } from './meaning.js';
import type { LogRecord, OtlpBatch } from './model.js';
import type { Observation } from './observation.js';
import type { Prices } from './pricing/price.js';
import { lastActivity, readBatch, readEvent, type PluginEvent } from './read-batch.js';
import type { Reading } from './read-record.js';
import { readStatement, type Statement } from './statements.js';
import { sourceKey, type Source } from './token-registry.js';
import { UsageAccount, type UsageReport } from './usage-account.js';
import type { UsageJournal } from './usage-journal.js';
import { UsageReporter } from './usage-reporter.js';
import { emptyUsageState } from './usage-state.js';
import type { StoredUsage, UsageStore } from './usage-store.js';

/** Batches of one agent that wait for the disk; beyond it the agent has to send again. */
const maxWaiting = 32;
/** States that changed are stored so often, so that the journal stays short, ... */
const storeEveryMs = 60_000;
/** ... and when the journal has grown by this. */
const storeAfterBytes = 4 * 1024 * 1024;
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

export interface LedgerOptions {
  readonly clock: Clock;
  readonly store: UsageStore;
  readonly journal: UsageJournal;
  readonly prices: Prices;
  readonly logger: Logger;
  /** Keeps a report for the hub. */
  readonly onUsage: (source: Source, report: UsageReport) => Promise<void> | void;
  /** Whether a hub hears it now; always, unless it is said. */
  readonly isHeard?: () => boolean;
  readonly onActivity?: (source: Source, name: string) => void;
  /** Log records, after their batch was stored. */
  readonly onRecords?: (source: Source, records: readonly LogRecord[]) => void;
  /** The main conversation is another one from now on. */
  readonly onConversation?: (source: Source, id: string) => void;
}

export class UsageLedger {
  readonly stats: LedgerStats = { known: 0, refused: 0, mismatched: 0 };
  readonly #options: LedgerOptions;
  readonly #accounts = new Map<string, UsageAccount>();
  readonly #reporter: UsageReporter;
  readonly #stop: Cancel;
  #storing: Promise<void> | null = null;

  constructor(options: LedgerOptions) {
    this.#options = options;
    const { clock, logger, onUsage, isHeard = () => true } = options;
    this.#reporter = new UsageReporter({ clock, logger, onUsage, isHeard });
    this.#stop = clock.every(storeEveryMs, () => void this.#storeAll());
  }

  /** Takes up an epoch where it was. @returns its totals so far */
  async open(source: Source, meaning: Meaning | null): Promise<UsageReport | null> {
    await this.release(source);
    const { prices, store, journal } = this.#options;
    await prices.refresh();
    const { sessionId, epoch } = source;
    const stored = (await store.load(source)) ?? (await this.#begin(source));
    const account = new UsageAccount({ sessionId, epoch }, meaning ?? noMeaning, prices, stored);
    await journal.passOver(stored.position);
    const left = journal.takeRecovered(source, stored.position);
    for (const { observations, now, position } of left) account.apply(observations, { now, position });
    this.#accounts.set(sourceKey(source), account);
    if (left.length > 0 || account.hasHistory) this.#reporter.changed(account);
    const { usage } = account;
    return usage && { usage, minutes: [], prompts: [] };
  }

  /** Stored at once: what the journal holds must count in the same minutes when it is read back, whenever that is. */
  async #begin(source: Source): Promise<StoredUsage> {
    const { clock, store, logger } = this.#options;
    const begun = { state: emptyUsageState(clock.now()), position: 0, told: 0 };
    await store.save(source, begun).catch((err: unknown) => {
      logger.error({ err, session: sourceKey(source) }, 'the beginning of usage was not stored');
    });
    return begun;
  }

  /** Whether an earlier life left something of this epoch that is in no state yet. */
  hasRecovered(source: Source): boolean {
    return this.#options.journal.hasRecovered(source);
  }

  /** Nothing more of an earlier life will be opened. */
  allOpened(): void {
    this.#options.journal.dropRecovered();
  }

  usageOf(source: Source): Usage | null {
    return this.#accounts.get(sourceKey(source))?.usage ?? null;
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

  /**
   * What a status line or transcript says. It is no sum, and is said again and again: it goes without the journal, and
   * into the state that is stored next.
   */
  takeStatement(source: Source, statement: Statement): Promise<void> {
    return Promise.resolve().then(() => {
      this.#applyStatement(this.#require(source), statement);
    });
  }

  #applyStatement(account: UsageAccount, statement: Statement): void {
    const fields = account.meaning.statements[statement.source];
    if (fields === null) return;
    const at = { now: this.#options.clock.now(), position: account.position };
    const { added } = account.apply(readStatement(statement, fields), at);
    if (added > 0) this.#reporter.changed(account);
  }

  /** As `take`, for what was learnt elsewhere. */
  async observe(source: Source, observations: readonly Observation[]): Promise<void> {
    if (observations.length > 0) {
      await this.#queued(this.#require(source), () => ({ observations, refused: 0 }));
    }
  }

  /** Forgets an epoch after what is under way has been told and stored. */
  async release(source: Source): Promise<void> {
    const account = this.#accounts.get(sourceKey(source));
    if (account === undefined) return;
    account.closing = true;
    await account.tail;
    await this.#reporter.flush(account);
    this.#reporter.forget(account);
    await this.#store(account);
    // Only now: until it is stored the journal must not be cut without it.
    if (this.#accounts.get(sourceKey(source)) === account) this.#accounts.delete(sourceKey(source));
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#storing;
    await Promise.all([...this.#accounts.values()].map(({ source }) => this.release(source)));
    this.#reporter.dispose();
    await this.#storeAll();
    await this.#options.journal.close();
  }

  #require(source: Source): UsageAccount {
    const account = this.#accounts.get(sourceKey(source));
    if (account === undefined || account.closing) {
      throw new AppError('UNAUTHENTICATED', { message: 'The session has ended' });
    }
    return account;
  }

  async #queued(account: UsageAccount, read: () => Reading): Promise<number> {
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

  async #apply(account: UsageAccount, { observations, refused }: Reading): Promise<number> {
    const { clock, journal } = this.#options;
    if (observations.length > 0) {
      const now = clock.now();
      // On disk first: a batch that was answered is never sent again, one that was not is sent again.
      const position = await journal.append({ source: account.source, now, observations });
      const before = account.conversation;
      const applied = account.apply(observations, { now, position });
      if (applied.added > 0) this.#reporter.changed(account);
      const main = account.conversation;
      if (main !== null && main !== before) {
        this.#tell(() => {
          this.#options.onConversation?.(account.source, main);
        });
      }
      this.stats.known += applied.known;
      refused += applied.refused;
      if (journal.grown > storeAfterBytes) void this.#storeAll();
    }
    this.stats.refused += refused;
    return refused;
  }

  /** Stores every state that changed; then the journal begins anew. */
  #storeAll(): Promise<void> {
    this.#storing ??= this.#storeEach()
      .catch((err: unknown) => {
        this.#options.logger.error({ err }, 'usage stays in the journal: a state cannot be stored');
      })
      .finally(() => {
        this.#storing = null;
      });
    return this.#storing;
  }

  async #storeEach(): Promise<void> {
    const cut = await this.#options.journal.rotate();
    for (const account of [...this.#accounts.values()]) {
      // What is in the older files has to be in the state.
      await account.tail;
      await this.#store(account);
    }
    await cut();
  }

  async #store(account: UsageAccount): Promise<void> {
    if (!account.isDirty) return;
    try {
      await this.#options.store.save(account.source, account.store());
    } catch (error) {
      account.storeFailed();
      throw error;
    }
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

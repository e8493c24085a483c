// How often the hub is told what sessions use: all that changed, together, so that they share one write of the outbox.
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import type { UsageAccount, UsageReport } from './usage-account.js';
import type { Source } from './token-registry.js';

/** Totals of a session are told at most so often, ... */
const totalsMs = 1_000;
/** ... its minutes and prompts so often, ... */
const historyMs = 5_000;
/** ... and both so often while nobody hears it. */
const unheardMs = 60_000;

interface UsageReporterOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Keeps a report for the hub. */
  readonly onUsage: (source: Source, report: UsageReport) => Promise<void> | void;
  /** Whether a hub hears what is told; it may be told later, in fewer words. */
  readonly isHeard: () => boolean;
}

interface Turn {
  /** When totals and history were last told, by the monotonic clock. */
  totals: number;
  history: number;
  /** Revision that was told last. */
  rev: number;
}

export class UsageReporter {
  readonly #options: UsageReporterOptions;
  readonly #changed = new Set<UsageAccount>();
  readonly #turns = new Map<UsageAccount, Turn>();
  readonly #stop: Cancel;

  constructor(options: UsageReporterOptions) {
    this.#options = options;
    this.#stop = options.clock.every(totalsMs, () => {
      this.#turn();
    });
  }

  changed(account: UsageAccount): void {
    this.#changed.add(account);
  }

  /** Tells what was not told yet, now. */
  async flush(account: UsageAccount): Promise<void> {
    if (!this.#changed.has(account) && !account.hasHistory) return;
    await this.#tell(account, true);
  }

  forget(account: UsageAccount): void {
    this.#changed.delete(account);
    this.#turns.delete(account);
  }

  dispose(): void {
    this.#stop();
  }

  #turn(): void {
    const now = this.#options.clock.monotonic();
    const heard = this.#options.isHeard();
    for (const account of this.#changed) {
      const last = this.#turns.get(account) ?? never;
      if (now - last.totals < (heard ? totalsMs : unheardMs)) continue;
      const history = now - last.history >= (heard ? historyMs : unheardMs);
      if (history || account.usage?.rev !== last.rev) void this.#tell(account, history);
    }
  }

  async #tell(account: UsageAccount, history: boolean): Promise<void> {
    const now = this.#options.clock.monotonic();
    const reports = history ? account.reports() : totalsOf(account);
    const rev = reports.at(-1)?.usage.rev ?? 0;
    const last = this.#turns.get(account) ?? never;
    this.#turns.set(account, { totals: now, history: history ? now : last.history, rev });
    // What it has besides totals is told when its turn comes.
    if (history) this.#changed.delete(account);
    try {
      await Promise.all(reports.map(async (report) => this.#options.onUsage(account.source, report)));
      if (history) account.historyTold(rev);
    } catch (err) {
      this.#options.logger.error({ err }, 'usage was not kept for the hub');
      if (this.#turns.has(account)) this.#again(account);
    }
  }

  #again(account: UsageAccount): void {
    this.#changed.add(account);
    this.#turns.set(account, { ...(this.#turns.get(account) ?? never), rev: 0 });
  }
}

const never: Turn = { totals: -Infinity, history: -Infinity, rev: 0 };

function totalsOf(account: UsageAccount): UsageReport[] {
  const { usage } = account;
  return usage === null ? [] : [{ usage, minutes: [], prompts: [] }];
}

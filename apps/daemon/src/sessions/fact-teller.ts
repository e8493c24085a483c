// Tells the facts of one session until they are kept: an exit must not go untold.
import { backoffMs, delay, type Clock } from '@roundhouse/kit';
import type { FactBody } from '@roundhouse/protocol';
import type { ReportFact } from './session-events.js';

/** A fact that could not be kept (a full disk) is tried again. */
const tellAgain = { minMs: 500, maxMs: 30_000, random: () => 1 };

export interface FactTellerOptions {
  readonly report: ReportFact;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: (error: unknown, what: string) => void;
}

export class FactTeller {
  constructor(private readonly options: FactTellerOptions) {}

  /** Resolves when the fact is kept. @throws when this daemon ends first */
  async tell(fact: FactBody): Promise<void> {
    const { report, clock, signal, log } = this.options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await report(fact);
        return;
      } catch (error) {
        signal.throwIfAborted();
        log(error, 'a fact could not be kept; it is tried again');
      }
      await delay(backoffMs(attempt, tellAgain), clock, signal);
    }
  }
}

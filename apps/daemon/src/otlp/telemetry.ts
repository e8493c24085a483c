// The daemon's telemetry: receiver, tokens and usage states of all sessions put together.
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError, type OtlpStatus, type Usage } from '@roundhouse/protocol';
import { Forwarder, type ForwardStats, type ForwardTarget } from './forward.js';
import { loopback, type PortChoice } from './listen.js';
import type { Meaning } from './meaning.js';
import type { LogRecord, OtlpBatch } from './model.js';
import type { Observation } from './observation.js';
import type { Prices } from './pricing/price.js';
import type { PluginEvent } from './read-batch.js';
import { OtlpReceiver, type ReceiverStats } from './receiver.js';
import type { Statement } from './statements.js';
import { TokenRegistry, type Source } from './token-registry.js';
import type { UsageReport } from './usage-account.js';
import type { UsageJournal } from './usage-journal.js';
import { UsageLedger, type LedgerStats } from './usage-ledger.js';
import type { UsageStore } from './usage-store.js';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly port: PortChoice;
  readonly store: UsageStore;
  /** It is closed with the telemetry. */
  readonly journal: UsageJournal;
  readonly prices: Prices;
  /** Keeps what sessions used for the hub: once a second what has changed; a greater `rev` replaces a smaller one. */
  readonly onUsage: (source: Source, report: UsageReport) => Promise<void> | void;
  /** Whether a hub hears it now; while none does, it is told less often. */
  readonly isHeard?: () => boolean;
  /** Called when a metric or span of the profile's map shows that the agent is at work. */
  readonly onActivity?: (source: Source, name: string) => void;
  /** Called with the log records of a batch after it was stored. */
  readonly onRecords?: (source: Source, records: readonly LogRecord[]) => void;
  /** Called when telemetry tells that the main conversation is this one from now on. */
  readonly onConversation?: (source: Source, id: string) => void;
  /**
   * Whether sessions of an earlier run will be registered: until `allRegistered` unknown tokens are
   * answered 503, which exporters send again, instead of 401, which they drop.
   */
  readonly expectsSessions?: boolean;
  /** Where every body that was taken goes, too. */
  readonly forward?: ForwardTarget | null;
  /** Requests a second per token; for tests that send faster than agents do. */
  readonly perSecond?: number;
}

export interface Registration extends Source {
  /** From `newTelemetryToken`, or kept by the caller since an earlier run of the daemon. */
  readonly tokenHash: string;
  /** Null for agents without telemetry of a known meaning; their requests are taken and dropped. */
  readonly telemetry: Meaning | null;
}

export interface Telemetry {
  readonly status: OtlpStatus;
  /** Why it is off; null when it listens. */
  readonly error: AppError | null;
  /**
   * Takes requests with this token from now on.
   * @returns the totals so far, null when there are none
   */
  register(registration: Registration): Promise<UsageReport | null>;
  /** An event that the agent's own plugin handed over. @throws as a batch that is not kept */
  takeEvent(source: Source, event: PluginEvent): Promise<void>;
  /** What the agent's status line or transcript says. @throws AppError UNAUTHENTICATED when it is not registered */
  takeStatement(source: Source, statement: Statement): Promise<void>;
  /** What was learnt of the agent elsewhere, such as time spent. @throws as a batch that is not kept */
  observe(source: Source, observations: readonly Observation[]): Promise<void>;
  /** Refuses the token from now on and waits for what is being stored. */
  unregister(source: Source): Promise<void>;
  /** Whether an earlier daemon died with something of this epoch in its journal: registering it brings it back. */
  hasUnsettled(source: Source): boolean;
  /** Ends the time in which unknown tokens are told to try again. */
  allRegistered(): void;
  /** The value for OTEL_EXPORTER_OTLP_ENDPOINT; null while telemetry is off. */
  endpointFor(token: string): string | null;
  usageOf(source: Source): Usage | null;
  stats(): {
    readonly receiver: ReceiverStats;
    readonly ledger: LedgerStats;
    readonly forward: ForwardStats | null;
  };
  close(): Promise<void>;
}

/** Never throws for want of a port: sessions start without telemetry then, and `error` says why. */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const { clock, logger, perSecond } = options;
  const registry = new TokenRegistry(clock, perSecond);
  registry.complete = options.expectsSessions !== true;
  const ledger = new UsageLedger(options);
  const forwarder = options.forward ? new Forwarder({ target: options.forward, clock, logger }) : null;
  const receiver = new OtlpReceiver({
    registry,
    clock,
    logger,
    deliver: (source: Source, batch: OtlpBatch) => ledger.take(source, batch),
    ...(forwarder && {
      onTaken: (body) => {
        forwarder.offer(body);
      },
    }),
  });
  const { port, error } = await listenOrExplain(receiver, options);
  return {
    status: { state: error ? 'off' : 'listening', port, reason: error?.message ?? null },
    error,
    async register({ tokenHash, telemetry, ...source }) {
      const usage = await ledger.open(source, telemetry);
      registry.add(source, tokenHash);
      return usage;
    },
    async unregister(source) {
      registry.remove(source);
      await ledger.release(source);
    },
    takeEvent: (source, event) => ledger.takeEvent(source, event),
    takeStatement: (source, statement) => ledger.takeStatement(source, statement),
    observe: (source, observations) => ledger.observe(source, observations),
    hasUnsettled: (source) => ledger.hasRecovered(source),
    allRegistered() {
      ledger.allOpened();
      registry.complete = true;
    },
    endpointFor: (token) => (port === null ? null : `http://${loopback}:${String(port)}/s/${token}`),
    usageOf: (source) => ledger.usageOf(source),
    stats: () => ({ receiver: receiver.stats, ledger: ledger.stats, forward: forwarder?.stats ?? null }),
    async close() {
      await receiver.close();
      await ledger.close();
      await forwarder?.close();
    },
  };
}

interface Listening {
  readonly port: number | null;
  readonly error: AppError | null;
}

async function listenOrExplain(receiver: OtlpReceiver, options: TelemetryOptions): Promise<Listening> {
  const { port: choice, logger } = options;
  try {
    const port = await receiver.listen(choice);
    if (choice.port !== 0 && port !== choice.port) {
      logger.warn({ wanted: choice.port, port }, 'the telemetry port is taken; another one is used');
    }
    return { port, error: null };
  } catch (cause) {
    const error = cause instanceof AppError ? cause : new AppError('LISTENER_UNAVAILABLE', { cause });
    logger.error({ err: error }, 'telemetry is off');
    return { port: null, error };
  }
}

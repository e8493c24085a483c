// Keeps this daemon connected to its hub: connect, hello, deliver facts, say that it lives; again when the link breaks.
import { delay, type Clock, type Logger } from '@roundhouse/kit';
import {
  AppError,
  factsPerPush,
  productVersion,
  statusIntervalMs,
  type ErrorCode,
  type InstanceId,
  type Inventory,
  type ReportedSession,
  type SessionId,
  type SystemInfo,
} from '@roundhouse/protocol';
import { Connection } from './connection.js';
import type { HostIdentity } from './host-identity.js';
import type { DaemonEvent, HubHandlers, SentPayload } from './handlers.js';
import type { Outbox } from './outbox.js';
import { afterFailure } from './reconnect-policy.js';

const helloTimeoutMs = 30_000;
const pushRetryMs = 1_000;

export interface HubLinkOptions {
  readonly hubUrl: string;
  readonly identity: HostIdentity;
  readonly instanceId: InstanceId;
  readonly handlers: HubHandlers;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly system: () => Promise<SystemInfo>;
  /** Null until the first scan is done. */
  readonly inventory: () => Inventory | null;
  readonly sessions: () => Promise<ReportedSession[]>;
  readonly forget: (sessionId: SessionId) => Promise<void>;
  readonly onDisconnected: () => Promise<void>;
  /** Uniform in [0, 1); for tests. */
  readonly random?: () => number;
}

export class HubLink {
  readonly #options: HubLinkOptions;
  #connection: Connection | null = null;
  #pushing = false;

  constructor(options: HubLinkOptions) {
    this.#options = options;
    options.outbox.onAdded(() => {
      this.#push();
    });
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  emit<K extends DaemonEvent>(name: K, payload: SentPayload<K>): void {
    this.#connection?.emit(name, payload);
  }

  /**
   * Runs until the signal, or until another attempt is useless.
   * @throws AppError HOST_REVOKED, HOST_CONFLICT (after four minutes), HUB_KEY_INVALID, PROTOCOL_MISMATCH
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger, random = Math.random } = this.#options;
    let attempt = 0;
    let conflictSince: number | null = null;
    while (!signal.aborted) {
      const ended = await this.#once(signal, () => {
        attempt = 0;
        conflictSince = null;
      });
      if (signal.aborted) return;
      attempt += 1;
      const code: ErrorCode | null = ended?.code ?? null;
      if (code === 'HOST_CONFLICT') conflictSince ??= clock.monotonic();
      else conflictSince = null;
      const conflictForMs = conflictSince === null ? 0 : clock.monotonic() - conflictSince;
      const next = afterFailure({ code, attempt, conflictForMs, random: random() });
      if (next.kind === 'stop') throw ended ?? new AppError('HUB_UNREACHABLE');
      logger.info({ code, attempt, afterMs: next.afterMs, why: ended?.message }, 'connecting again');
      await delay(next.afterMs, clock, signal).catch(() => undefined);
    }
  }

  /** One connection, until it ends. @returns why it ended */
  async #once(signal: AbortSignal, onConnected: () => void): Promise<AppError | null> {
    const connection = new Connection(this.#options);
    try {
      const { generation, hostName } = await connection.open(signal);
      this.#connection = connection;
      await this.#hello(connection, generation);
      onConnected();
      this.#options.logger.info({ generation, host: hostName }, 'connected to the hub');
      return await this.#stay(connection, signal);
    } catch (error) {
      return error instanceof AppError
        ? error
        : new AppError('INTERNAL', { cause: error, message: String(error) });
    } finally {
      this.#connection = null;
      connection.close();
      await this.#options.onDisconnected();
    }
  }

  async #hello(connection: Connection, generation: number): Promise<void> {
    const { outbox, system, inventory, sessions, forget } = this.#options;
    const answer = await connection.request(
      'hello',
      {
        daemonVersion: productVersion,
        generation,
        system: await system(),
        inventory: inventory(),
        sessions: await sessions(),
        outbox: { stream: outbox.stream, lastSeq: outbox.lastSeq },
      },
      helloTimeoutMs,
    );
    await outbox.acked(answer.outboxAcked);
    for (const sessionId of answer.forget) await forget(sessionId).catch(() => undefined);
    this.#push();
  }

  async #stay(connection: Connection, signal: AbortSignal): Promise<AppError | null> {
    const { clock, logger } = this.#options;
    const stopStatus = clock.every(statusIntervalMs, () => {
      void this.#status(connection).catch((error: unknown) => {
        logger.warn({ err: error }, 'status was not sent');
      });
    });
    try {
      return await new Promise<AppError | null>((resolve) => {
        connection.onClosed(resolve);
        signal.addEventListener('abort', () => {
          resolve(null);
        });
      });
    } finally {
      stopStatus();
    }
  }

  async #status(connection: Connection): Promise<void> {
    const { system, sessions } = this.#options;
    connection.emit('status', { system: await system(), sessions: await sessions() });
  }

  /** Delivers what the outbox holds, one push at a time. */
  #push(): void {
    if (this.#pushing) return;
    this.#pushing = true;
    void this.#pushAll()
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'facts were not delivered; they are kept');
        this.#options.clock.after(pushRetryMs, () => {
          this.#push();
        });
      })
      .finally(() => {
        this.#pushing = false;
        // A fact that came while the last answer was being handled.
        if (this.#options.outbox.hasUnsent && this.isConnected) this.#push();
      });
  }

  async #pushAll(): Promise<void> {
    const { outbox } = this.#options;
    for (let connection = this.#connection; connection?.isOpen; connection = this.#connection) {
      const facts = outbox.take(factsPerPush);
      if (facts.length === 0) return;
      const { acked } = await connection.request('outbox.push', { stream: outbox.stream, facts: [...facts] });
      await outbox.acked(acked);
      const first = facts[0]?.seq ?? 0;
      if (acked < first)
        throw new AppError('TIMEOUT', { message: `The hub did not take fact ${String(first)}` });
    }
  }
}

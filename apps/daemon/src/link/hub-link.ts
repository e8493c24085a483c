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
  type ShownSettings,
  type SystemInfo,
} from '@roundhouse/protocol';
import { Connection } from './connection.js';
import type { HostIdentity } from './host-identity.js';
import { KeyRotation } from './key-rotation.js';
import type { DaemonEvent, HubHandlers, SentPayload } from './handlers.js';
import type { Outbox } from './outbox.js';
import { afterFailure } from './reconnect-policy.js';

const helloTimeoutMs = 30_000;
/** A push that failed on a link that holds is tried again after this. */
const pushRetryMs = 1_000;
/** A link that held for so long was a success: attempts count from one again. */
const stableMs = 10_000;

export interface HubLinkOptions {
  readonly hubUrl: string;
  readonly identity: HostIdentity;
  readonly instanceId: InstanceId;
  readonly handlers: HubHandlers;
  readonly onInvalid: (error: AppError) => void;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly system: () => Promise<SystemInfo>;
  /** Null until the first scan is done. */
  readonly inventory: () => Inventory | null;
  /** For people, told after each hello. */
  readonly settings: () => ShownSettings;
  readonly sessions: () => Promise<ReportedSession[]>;
  readonly forget: (sessionId: SessionId) => Promise<void>;
  readonly onDisconnected: () => Promise<void>;
  /** Uniform in [0, 1); for tests. */
  readonly random?: () => number;
}

export class HubLink {
  readonly #options: HubLinkOptions;
  /** From the moment hello is on its way: the hub cuts off who speaks before. */
  #connection: Connection | null = null;
  /** Once hello is answered, and with it the numbers of the outbox. */
  #ready: Connection | null = null;
  /** Of `#ready`. */
  #generation = 0;
  readonly #rotation: KeyRotation;
  #pushing = false;
  /** The last push failed, and that was told. */
  #undelivered = false;
  #telling = false;

  constructor(options: HubLinkOptions) {
    this.#options = options;
    this.#rotation = new KeyRotation(options);
    options.outbox.onAdded(() => {
      this.#push();
    });
  }

  get isConnected(): boolean {
    return this.#connection?.isOpen ?? false;
  }

  /** Bytes that were sent and have not left this process. */
  get backlog(): number {
    return this.#connection?.backlog ?? 0;
  }

  emit<K extends DaemonEvent>(name: K, payload: SentPayload<K>): void {
    this.#connection?.emit(name, payload);
  }

  /** Sooner than the next heartbeat; does nothing while there is no hub. */
  tellStatus(): void {
    if (this.#ready) this.#heartbeat(this.#ready);
  }

  /** Replaces the key of this host now. @throws AppError HUB_UNREACHABLE, TIMEOUT, and what the hub answers */
  async rotateKey(): Promise<void> {
    if (!this.#ready) throw new AppError('HUB_UNREACHABLE');
    await this.#rotation.rotate(this.#ready, this.#generation);
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
      const { ended, heldMs } = await this.#once(signal);
      if (signal.aborted) return;
      attempt = heldMs >= stableMs ? 1 : attempt + 1;
      const code: ErrorCode | null = ended?.code ?? null;
      if (code === 'HOST_KEY_INVALID' && this.#options.identity.useAnother()) continue;
      if (code === 'HOST_CONFLICT') conflictSince ??= clock.monotonic();
      else conflictSince = null;
      const conflictForMs = conflictSince === null ? 0 : clock.monotonic() - conflictSince;
      const next = afterFailure({ code, attempt, conflictForMs, random: random() });
      if (next.kind === 'stop') throw ended ?? new AppError('HUB_UNREACHABLE');
      logger.info({ code, attempt, afterMs: next.afterMs, why: ended?.message }, 'connecting again');
      await delay(next.afterMs, clock, signal).catch(() => undefined);
    }
  }

  /** One connection, until it ends: why, and for how long it was good. */
  async #once(signal: AbortSignal): Promise<{ ended: AppError | null; heldMs: number }> {
    const { clock, logger } = this.#options;
    const connection = new Connection(this.#options);
    let since: number | null = null;
    const held = (ended: AppError | null) => ({
      ended,
      heldMs: since === null ? 0 : clock.monotonic() - since,
    });
    try {
      const { generation, hostName } = await connection.open(signal);
      await this.#rotation.proven();
      await this.#hello(connection, generation);
      since = clock.monotonic();
      logger.info({ generation, host: hostName }, 'connected to the hub');
      return held(await this.#stay(connection, signal));
    } catch (error) {
      return held(
        error instanceof AppError
          ? error
          : new AppError('INTERNAL', { cause: error, message: String(error) }),
      );
    } finally {
      this.#connection = null;
      this.#ready = null;
      connection.close();
      await this.#options.onDisconnected();
    }
  }

  async #hello(connection: Connection, generation: number): Promise<void> {
    const { outbox, system, inventory, sessions, forget } = this.#options;
    const [load, reported] = [await system(), await sessions()];
    // Nothing is awaited from here until hello is sent: what changes later is told by an event of its own.
    this.#connection = connection;
    const asked = connection.request(
      'hello',
      {
        daemonVersion: productVersion,
        generation,
        system: load,
        inventory: inventory(),
        sessions: reported,
        outbox: { stream: outbox.stream, lastSeq: outbox.lastSeq },
      },
      helloTimeoutMs,
    );
    const answer = await asked;
    await outbox.agree(answer.outboxAcked);
    for (const sessionId of answer.forget) await forget(sessionId).catch(() => undefined);
    this.#ready = connection;
    this.#generation = generation;
    this.#rotateIfDue(connection);
    connection.emit('settings', this.#options.settings());
    this.#push();
  }

  async #stay(connection: Connection, signal: AbortSignal): Promise<AppError | null> {
    const stopStatus = this.#options.clock.every(statusIntervalMs, () => {
      this.#heartbeat(connection);
      this.#rotateIfDue(connection);
    });
    let onAbort = (): void => undefined;
    try {
      return await new Promise<AppError | null>((resolve) => {
        onAbort = () => {
          resolve(null);
        };
        connection.onClosed(resolve);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
      });
    } finally {
      stopStatus();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #rotateIfDue(connection: Connection): void {
    if (this.#rotation.isDue) void this.#rotation.attempt(connection, this.#generation);
  }

  #heartbeat(connection: Connection): void {
    this.#status(connection).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'status was not sent');
    });
  }

  async #status(connection: Connection): Promise<void> {
    // A slow disk must not pile them up.
    if (this.#telling) return;
    this.#telling = true;
    try {
      const { system, sessions } = this.#options;
      connection.emit('status', { system: await system(), sessions: await sessions() });
    } finally {
      this.#telling = false;
    }
  }

  /** Delivers what the outbox holds, one push at a time, from the answer to hello on. */
  #push(): void {
    if (this.#pushing || !this.#ready?.isOpen) return;
    this.#pushing = true;
    const { outbox, logger, clock } = this.#options;
    this.#pushAll(this.#ready).then(
      () => {
        this.#pushing = false;
        if (this.#undelivered) logger.info('facts are delivered again');
        this.#undelivered = false;
        // A fact that came while the last answer was being handled, or a link that came meanwhile.
        if (outbox.hasUnsent) this.#push();
      },
      (error: unknown) => {
        this.#pushing = false;
        // Once for a hub whose database is away for an hour.
        if (!this.#undelivered)
          logger.warn({ err: error }, 'facts were not delivered; they are kept, and tried again each second');
        this.#undelivered = true;
        clock.after(pushRetryMs, () => {
          this.#push();
        });
      },
    );
  }

  /** @throws AppError of the hub's answer, or TIMEOUT when it did not take what it was given */
  async #pushAll(connection: Connection): Promise<void> {
    const { outbox } = this.#options;
    while (connection.isOpen) {
      const facts = outbox.take(factsPerPush);
      const first = facts[0]?.seq;
      if (first === undefined) return;
      const { acked } = await connection.request('outbox.push', { stream: outbox.stream, facts: [...facts] });
      await outbox.acked(acked);
      if (acked < first) {
        throw new AppError('TIMEOUT', { message: `The hub did not take fact ${String(first)}` });
      }
    }
  }
}

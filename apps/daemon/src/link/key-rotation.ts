// When this host replaces its key, and how: made and written down here, then registered over the link that stands.
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError, isRetryable } from '@roundhouse/protocol';
import type { Connection } from './connection.js';
import type { HostIdentity } from './host-identity.js';

const dayMs = 24 * 60 * 60_000;
/** Three quarters of 90 days, so that a machine that is off for weeks still comes back with a key of its time. */
export const rotateAfterMs = 67.5 * dayMs;
/** A hub that did not want it, an earlier version for one, is asked again after this. */
const retryMs = dayMs;

export interface KeyRotationOptions {
  readonly identity: HostIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class KeyRotation {
  readonly #options: KeyRotationOptions;
  #running: Promise<void> | null = null;
  /** Monotonic. */
  #notBefore = 0;

  constructor(options: KeyRotationOptions) {
    this.#options = options;
  }

  /** Also when an answer was lost: then the hub is told the same key again. */
  get isDue(): boolean {
    const { identity, clock } = this.#options;
    if (this.#running !== null || clock.monotonic() < this.#notBefore) return false;
    const since = identity.keySince;
    return identity.hasNext || (since !== null && clock.now() - since.getTime() >= rotateAfterMs);
  }

  /** The hub took the key of this connection. */
  async proven(): Promise<void> {
    const { identity, clock, logger } = this.#options;
    await identity.settle(new Date(clock.now())).catch((error: unknown) => {
      logger.warn({ err: error }, 'the key that counts could not be written down');
    });
  }

  /** As `rotate`, by itself: a failure is logged and tried again after a day. */
  async attempt(connection: Pick<Connection, 'request'>, generation: number): Promise<void> {
    try {
      await this.rotate(connection, generation);
    } catch (error) {
      this.#notBefore = this.#options.clock.monotonic() + retryMs;
      this.#options.logger.warn({ err: error }, 'the key of this host was not replaced');
    }
  }

  /** One at a time. @throws AppError of the hub's answer, HUB_UNREACHABLE, TIMEOUT, NO_SPACE */
  rotate(connection: Pick<Connection, 'request'>, generation: number): Promise<void> {
    this.#running ??= this.#rotate(connection, generation).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #rotate(connection: Pick<Connection, 'request'>, generation: number): Promise<void> {
    const { identity, clock, logger } = this.#options;
    try {
      await connection.request('key.rotate', await identity.propose(generation));
    } catch (error) {
      if (isRefusal(error)) await identity.dropNext();
      throw error;
    }
    await identity.promote(new Date(clock.now()));
    logger.info('the key of this host was replaced');
  }
}

/**
 * Whether the hub will not have the key. Without an answer, or when it failed on the way, the key may count already: it is
 * kept then, since a host without the key that counts is locked out, and proposed again.
 */
const isRefusal = (error: unknown): boolean =>
  !(error instanceof AppError) || error.code === 'CONFLICT' || !isRetryable(error.code);

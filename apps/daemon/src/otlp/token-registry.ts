// Which secret belongs to which epoch of which session. Only hashes are held.
import { hashSecret, newSecret, type Clock } from '@roundhouse/kit';
import type { SessionId } from '@roundhouse/protocol';
import { RateLimit } from './rate-limit.js';

/** Requests a second of one agent: three signals, exported every second, leave room for flushes. */
export const maxRequestsPerSecond = 10;

export interface Source {
  readonly sessionId: SessionId;
  readonly epoch: number;
}

export interface Registered extends Source {
  readonly limit: RateLimit;
}

/** A new secret for the endpoint of one agent, and what to keep of it. */
export function newTelemetryToken(): { readonly token: string; readonly tokenHash: string } {
  const token = newSecret();
  return { token, tokenHash: hashSecret(token) };
}

export const sourceKey = ({ sessionId, epoch }: Source): string => `${sessionId}.${String(epoch)}`;

export class TokenRegistry {
  readonly #byHash = new Map<string, Registered>();
  /** False while sessions of an earlier run may still be found: unknown tokens are told to try again. */
  complete = true;

  constructor(
    readonly clock: Clock,
    readonly perSecond = maxRequestsPerSecond,
  ) {}

  /** Replaces an earlier token of the same epoch. */
  add(source: Source, tokenHash: string): void {
    this.remove(source);
    const limit = new RateLimit(this.perSecond, this.clock);
    this.#byHash.set(tokenHash, { sessionId: source.sessionId, epoch: source.epoch, limit });
  }

  remove(source: Source): void {
    for (const [hash, known] of this.#byHash) {
      if (sourceKey(known) === sourceKey(source)) this.#byHash.delete(hash);
    }
  }

  /** The lookup is by hash, so its timing tells nothing about the token. */
  resolve(token: string): Registered | undefined {
    return this.#byHash.get(hashSecret(token));
  }
}

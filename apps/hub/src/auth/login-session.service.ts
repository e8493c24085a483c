// Browser logins: made at sign-in, found by cookie, ended by sign-out, by 12 idle hours, or after 7 days.
import { Inject, Injectable } from '@nestjs/common';
import { hashSecret, newSecret, type Clock, type NewId } from '@roundhouse/kit';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { toActor, type Credential } from './actor.js';
import { LoginSessionRepository, type LoginSessionRow, type Tx } from './login-session.repository.js';

const hourMs = 3_600_000;
const idleTtlMs = 12 * hourMs;
export const absoluteTtlMs = 7 * 24 * hourMs;
/** How stale `lastSeenAt` may be: a write for each request would be waste. */
const touchEveryMs = 60_000;
/** How long ended sessions stay on record. */
const keepEndedMs = 30 * 24 * hourMs;
/** Longest user agent that is kept. */
const userAgentMax = 300;

/** Writes the record of it, in the same transaction. */
type Record = (transaction: Tx, id: string) => Promise<void>;

export interface LoginOrigin {
  readonly ip: string;
  readonly userAgent: string | undefined;
}

@Injectable()
export class LoginSessionService {
  constructor(
    @Inject(LoginSessionRepository) private readonly sessions: LoginSessionRepository,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  /** @returns the value of the cookie, which is stored nowhere, and the id of the row */
  async open(userId: string, origin: LoginOrigin, record: Record): Promise<{ secret: string; id: string }> {
    const secret = newSecret();
    const id = this.newId();
    const now = this.clock.now();
    const row = {
      id,
      idHash: hashSecret(secret),
      userId,
      createdAt: new Date(now),
      lastSeenAt: new Date(now),
      expiresAt: new Date(now + absoluteTtlMs),
      idleExpiresAt: new Date(now + idleTtlMs),
      ip: origin.ip,
      userAgent: origin.userAgent?.slice(0, userAgentMax) ?? null,
    };
    await this.sessions.transaction(async (tx) => {
      await this.sessions.insert(row, tx);
      await record(tx, id);
    });
    await this.sessions.prune(new Date(now - keepEndedMs));
    return { secret, id };
  }

  async bySecret(secret: string): Promise<Credential | null> {
    return this.#use(await this.sessions.find({ idHash: hashSecret(secret) }), true);
  }

  /** The state of a session now. @param used whether this counts as use of it */
  async byId(id: string, used: boolean): Promise<Credential | null> {
    return this.#use(await this.sessions.find({ id }), used);
  }

  /** Ends the session; its sockets end with it. */
  async revoke(id: string, record: Record): Promise<void> {
    await this.sessions.transaction(async (tx) => {
      await this.sessions.revoke(id, new Date(this.clock.now()), tx);
      await record(tx, id);
    });
    this.bus.emit('credential.revoked', { kind: 'session', id });
  }

  async #use(row: LoginSessionRow | null, used: boolean): Promise<Credential | null> {
    const now = this.clock.now();
    if (!row || row.revokedAt || row.user.disabledAt) return null;
    if (now >= row.expiresAt.getTime() || now >= row.idleExpiresAt.getTime()) return null;
    let idleEnd = row.idleExpiresAt.getTime();
    if (used && now - row.lastSeenAt.getTime() >= touchEveryMs) {
      idleEnd = now + idleTtlMs;
      await this.sessions.touch(row.id, new Date(now), new Date(idleEnd));
    }
    const actor = toActor(row.user, { kind: 'session', id: row.id }, null);
    return { actor, validUntil: Math.min(row.expiresAt.getTime(), idleEnd) };
  }
}

// Counters of failed sign-ins, in the database so that a restart forgets nothing.
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { attempt, type ThrottleRule, type ThrottleState } from './login-throttle.js';

export type AttemptResult = { readonly allowed: true } | { readonly allowed: false; readonly waitMs: number };

@Injectable()
export class LoginThrottleRepository {
  /** One at a time in this process: a flood of sign-ins must not take every connection of the pool. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(@Inject(Database) private readonly database: Database) {}

  /** Counts one attempt of the key; attempts at the same time are counted one after the other. */
  count(key: string, now: number, rule: ThrottleRule): Promise<AttemptResult> {
    const result = this.#last.then(() => this.#count(key, now, rule));
    this.#last = result.catch(() => undefined);
    return result;
  }

  #count(key: string, now: number, rule: ThrottleRule): Promise<AttemptResult> {
    return this.database.client.$transaction(async (tx) => {
      // Held to the end of the transaction; a row that is not there yet could not be locked.
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 4400))`;
      const row = await tx.loginThrottle.findUnique({ where: { key } });
      const state: ThrottleState | null = row && {
        points: row.points,
        expiresAt: row.expire?.getTime() ?? 0,
      };
      const next = attempt(state, now, rule);
      if (!next) return { allowed: false, waitMs: (state?.expiresAt ?? now) - now };
      const data = { points: next.points, expire: new Date(next.expiresAt) };
      await tx.loginThrottle.upsert({ where: { key }, create: { key, ...data }, update: data });
      return { allowed: true };
    });
  }

  async clear(key: string): Promise<void> {
    await this.database.client.loginThrottle.deleteMany({ where: { key } });
  }

  /** Takes back one attempt that turned out to be right. */
  async refund(key: string): Promise<void> {
    await this.database.client.loginThrottle.updateMany({
      where: { key, points: { gt: 0 } },
      data: { points: { decrement: 1 } },
    });
  }
}

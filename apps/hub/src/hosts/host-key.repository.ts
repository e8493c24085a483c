// The key of a host as a row: replaced, with the one before taken for a while longer, and revoked.
import { Inject, Injectable } from '@nestjs/common';
import type { Host, HostId } from '@roundhouse/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { hostInclude, toHost } from './host.entity.js';

/** Ten minutes: a daemon that lost the answer to its rotation comes again with the key before. */
const previousKeyMs = 10 * 60_000;

/** A key that counts from now on, and no other any more. */
export const newKey = (publicKey: string, now: Date) => ({
  publicKey,
  keySince: now,
  previousKey: null,
  previousKeyUntil: null,
});

type Tx = Prisma.TransactionClient;

@Injectable()
export class HostKeyRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Runs `work` in one transaction; nothing of it stays when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  async publicKeyOf(id: HostId): Promise<string | null> {
    const row = await this.database.client.host.findUnique({ where: { id }, select: { publicKey: true } });
    return row?.publicKey ?? null;
  }

  /** @returns null when `from` is not the key any more; 'taken' when another host has the new one */
  async rotate(
    id: HostId,
    { from, to, now }: { from: string; to: string; now: Date },
    tx: Tx,
  ): Promise<Host | 'taken' | null> {
    const until = new Date(now.getTime() + previousKeyMs);
    try {
      const [row] = await tx.host.updateManyAndReturn({
        where: { id, publicKey: from },
        data: {
          ...newKey(to, now),
          ...{ previousKey: from, previousKeyUntil: until, version: { increment: 1 } },
        },
      });
      return row ? await this.#whole(id, tx) : null;
    } catch (error) {
      if (isUniqueViolation(error)) return 'taken';
      throw error;
    }
  }

  /** From now on no key of this host counts. @returns null when there is no such host */
  async revoke(id: HostId, tx: Tx): Promise<Host | null> {
    const { count } = await tx.host.updateMany({
      where: { id },
      data: {
        ...{ publicKey: null, keySince: null, previousKey: null, previousKeyUntil: null },
        version: { increment: 1 },
      },
    });
    return count === 1 ? this.#whole(id, tx) : null;
  }

  async #whole(id: HostId, tx: Tx): Promise<Host> {
    return toHost(await tx.host.findUniqueOrThrow({ where: { id }, include: hostInclude }));
  }
}

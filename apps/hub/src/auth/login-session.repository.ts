// Rows of browser logins.
import { Inject, Injectable } from '@nestjs/common';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { whileWritable } from '../platform/database/while-writable.js';

const withUser = { user: { select: { id: true, username: true, role: true, disabledAt: true } } } as const;
export type LoginSessionRow = Prisma.UserSessionGetPayload<{ include: typeof withUser }>;
export type NewLoginSession = Prisma.UserSessionUncheckedCreateInput;

export type Tx = Prisma.TransactionClient;

@Injectable()
export class LoginSessionRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  find(where: { idHash: string } | { id: string }): Promise<LoginSessionRow | null> {
    return this.database.client.userSession.findUnique({ where, include: withUser });
  }

  /** Runs `work` in one transaction; nothing of it stays when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  async insert(row: NewLoginSession, tx: Tx): Promise<void> {
    await tx.userSession.create({ data: row });
  }

  /** Left out while the database takes no changes: whoever is signed in may look. */
  touch(id: string, lastSeenAt: Date, idleExpiresAt: Date): Promise<void> {
    return whileWritable(this.database, () =>
      this.database.client.userSession.updateMany({
        where: { id, revokedAt: null },
        data: { lastSeenAt, idleExpiresAt },
      }),
    );
  }

  async revoke(id: string, now: Date, tx: Tx): Promise<void> {
    await tx.userSession.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
  }

  /** Removes what ended long ago. */
  async prune(endedBefore: Date): Promise<void> {
    await this.database.client.userSession.deleteMany({ where: { expiresAt: { lt: endedBefore } } });
  }
}

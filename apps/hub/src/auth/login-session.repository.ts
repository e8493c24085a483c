// Rows of browser logins.
import { Inject, Injectable } from '@nestjs/common';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';

const withUser = { user: { select: { id: true, username: true, role: true, disabledAt: true } } } as const;
export type LoginSessionRow = Prisma.UserSessionGetPayload<{ include: typeof withUser }>;
export type NewLoginSession = Prisma.UserSessionUncheckedCreateInput;

@Injectable()
export class LoginSessionRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  find(where: { idHash: string } | { id: string }): Promise<LoginSessionRow | null> {
    return this.database.client.userSession.findUnique({ where, include: withUser });
  }

  async insert(row: NewLoginSession): Promise<void> {
    await this.database.client.userSession.create({ data: row });
  }

  async touch(id: string, lastSeenAt: Date, idleExpiresAt: Date): Promise<void> {
    await this.database.client.userSession.updateMany({
      where: { id, revokedAt: null },
      data: { lastSeenAt, idleExpiresAt },
    });
  }

  async revoke(id: string, now: Date): Promise<void> {
    await this.database.client.userSession.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
  }

  /** Removes what ended long ago. */
  async prune(endedBefore: Date): Promise<void> {
    await this.database.client.userSession.deleteMany({ where: { expiresAt: { lt: endedBefore } } });
  }
}

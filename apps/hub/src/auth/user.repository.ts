// Rows of users, and the first one.
import { Inject, Injectable } from '@nestjs/common';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly passwordHash: string;
  readonly role: string;
  readonly disabledAt: Date | null;
}

export interface FirstAdmin {
  readonly id: string;
  /** Lower case. */
  readonly username: string;
  readonly passwordHash: string;
  readonly tokenHash: string;
  readonly now: Date;
}

const setupKey = 'setup-completed';

@Injectable()
export class UserRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  findByName(username: string): Promise<UserRow | null> {
    return this.database.client.user.findUnique({ where: { username: username.toLowerCase() } });
  }

  async anyExists(): Promise<boolean> {
    return (await this.database.client.user.findFirst({ select: { id: true } })) !== null;
  }

  async setPasswordHash(id: string, passwordHash: string): Promise<void> {
    await this.database.client.user.update({ where: { id }, data: { passwordHash } });
  }

  /** True when the token is known, unused and has not lapsed. */
  async isSetupTokenValid(tokenHash: string, now: Date): Promise<boolean> {
    const row = await this.database.client.setupToken.findUnique({ where: { tokenHash } });
    return row !== null && row.usedAt === null && row.expiresAt > now;
  }

  /** The new token is the only one that counts. */
  async replaceSetupToken(tokenHash: string, now: Date, expiresAt: Date): Promise<void> {
    const { client } = this.database;
    await client.$transaction([
      client.setupToken.deleteMany({ where: { usedAt: null } }),
      client.setupToken.create({ data: { tokenHash, createdAt: now, expiresAt } }),
    ]);
  }

  /**
   * Uses up the token and makes the administrator, with its record, or none of it. However many try at once, with whatever tokens, the
   * row that says "set up" has one key and so can be made once.
   */
  async createFirstAdmin(
    { id, username, passwordHash, tokenHash, now }: FirstAdmin,
    record: (tx: Prisma.TransactionClient) => Promise<void>,
  ): Promise<'made' | 'token' | 'done'> {
    try {
      return await this.database.client.$transaction(async (tx) => {
        await tx.hubState.create({ data: { key: setupKey, value: { userId: id, at: now.toISOString() } } });
        const used = await tx.setupToken.updateMany({
          where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
          data: { usedAt: now },
        });
        if (used.count !== 1) throw new TokenGone();
        await tx.user.create({ data: { id, username, passwordHash, role: 'admin', createdAt: now } });
        await record(tx);
        return 'made' as const;
      });
    } catch (error) {
      if (error instanceof TokenGone) return 'token';
      if (isUniqueViolation(error)) return 'done';
      throw error;
    }
  }
}

/** Rolls the transaction back. */
class TokenGone extends Error {}

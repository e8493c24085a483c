// Rows of API tokens.
import { Inject, Injectable } from '@nestjs/common';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { whileWritable } from '../platform/database/while-writable.js';

const withUser = { user: { select: { id: true, username: true, role: true, disabledAt: true } } } as const;
export type ApiTokenRow = Prisma.ApiTokenGetPayload<{ include: typeof withUser }>;

export interface NewApiToken {
  readonly id: string;
  readonly name: string;
  readonly secretHash: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

type Tx = Prisma.TransactionClient;

@Injectable()
export class ApiTokenRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  find(id: string): Promise<ApiTokenRow | null> {
    return this.database.client.apiToken.findUnique({ where: { id }, include: withUser });
  }

  /** Runs `work` in one transaction; nothing of it stays when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  async insert(row: NewApiToken, tx: Tx): Promise<void> {
    await tx.apiToken.create({ data: { ...row, scopes: [...row.scopes] } });
  }

  /** Those that still work, newest first. */
  listOf(userId: string, now: Date): Promise<ApiTokenRow[]> {
    return this.database.client.apiToken.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: now } },
      include: withUser,
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    });
  }

  /** Left out while the database takes no changes: who has a token may look. */
  touch(id: string, now: Date): Promise<void> {
    return whileWritable(this.database, () =>
      this.database.client.apiToken.updateMany({ where: { id }, data: { lastUsedAt: now } }),
    );
  }

  /** False when the user has no such token that still counts. */
  async revoke({ id, userId, now }: { id: string; userId: string; now: Date }, tx: Tx): Promise<boolean> {
    const where = { id, userId, revokedAt: null };
    return (await tx.apiToken.updateMany({ where, data: { revokedAt: now } })).count === 1;
  }
}

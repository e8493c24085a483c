// Answers kept by Idempotency-Key, so that a repeated request makes nothing twice.
import { Inject, Injectable } from '@nestjs/common';
import { sessionSchema, type Session, type UserId } from '@roundhouse/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import type { Tx } from './session.repository.js';

export interface IdempotentCall {
  readonly userId: UserId;
  readonly key: string;
  /** SHA-256 of the canonical body. */
  readonly bodyHash: string;
}

@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async find({ userId, key }: IdempotentCall): Promise<{ bodyHash: string; answer: Session } | null> {
    const row = await this.database.client.idempotencyKey.findUnique({
      where: { userId_key: { userId, key } },
    });
    return row && { bodyHash: row.bodyHash, answer: sessionSchema.parse(row.response) };
  }

  /** Fails on the unique key when another request with this key was first. */
  async keep(call: IdempotentCall, answer: Session, tx: Tx): Promise<void> {
    const response: Prisma.InputJsonValue = answer;
    await tx.idempotencyKey.create({
      data: { ...call, route: 'POST /api/v1/sessions', sessionId: answer.id, response },
    });
  }
}

// The totals of each life of a session, as its daemon last told them.
import { Injectable } from '@nestjs/common';
import { usageSchema, type SessionUsage, type Usage } from '@roundhouse/protocol';
import type { Prisma } from '../generated/prisma/client.js';

/** A transaction of the caller. */
export type UsageTransaction = Prisma.TransactionClient;

/** Columns of a session that hold its sums. */
export type UsageColumns = Pick<
  Prisma.SessionUncheckedUpdateInput,
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheCreationTokens'
  | 'reasoningTokens'
  | 'costNanos'
  | 'costSource'
  | 'model'
  | 'contextUsed'
  | 'contextWindow'
>;

@Injectable()
export class UsageRepository {
  /** @returns false when what is kept is as new or newer */
  async keep({ sessionId, epoch, usage }: SessionUsage, tx: UsageTransaction): Promise<boolean> {
    const where = { sessionId_epoch: { sessionId, epoch } };
    const kept = await tx.sessionUsage.findUnique({ where, select: { rev: true } });
    if (kept && kept.rev >= usage.rev) return false;
    const data = { rev: usage.rev, payload: usage };
    await tx.sessionUsage.upsert({ where, create: { sessionId, epoch, ...data }, update: data });
    return true;
  }

  /** Oldest epoch first. */
  async lives(sessionId: string, tx: UsageTransaction): Promise<Usage[]> {
    const rows = await tx.sessionUsage.findMany({ where: { sessionId }, orderBy: { epoch: 'asc' } });
    return rows.map(({ payload }) => usageSchema.parse(payload));
  }
}

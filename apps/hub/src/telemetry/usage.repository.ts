// The totals of each life of a session, as its daemon last told them, and their sums in the session's row.
import { Injectable } from '@nestjs/common';
import { usageSchema, type SessionUsage } from '@roundhouse/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { UsageSums } from './sum-usage.js';

/** A transaction of the caller. */
export type UsageTransaction = Prisma.TransactionClient;

@Injectable()
export class UsageRepository {
  /** All lives of the sessions, the oldest first. */
  async lives(sessionIds: readonly string[], tx: UsageTransaction): Promise<SessionUsage[]> {
    const rows = await tx.sessionUsage.findMany({
      where: { sessionId: { in: [...sessionIds] } },
      orderBy: [{ sessionId: 'asc' }, { epoch: 'asc' }],
    });
    return rows.map(({ sessionId, epoch, payload }) => ({
      sessionId: sessionId as SessionUsage['sessionId'],
      epoch,
      usage: usageSchema.parse(payload),
    }));
  }

  async keep(lives: readonly SessionUsage[], now: Date, tx: UsageTransaction): Promise<void> {
    if (lives.length === 0) return;
    const rows = lives.map(({ sessionId, epoch, usage }) => ({
      ...{ session_id: sessionId, epoch, rev: usage.rev, payload: usage },
    }));
    await tx.$executeRaw`
      INSERT INTO session_usage (session_id, epoch, rev, payload, updated_at)
      SELECT r.session_id, r.epoch, r.rev, r.payload, ${now}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS r(session_id uuid, epoch int, rev int, payload jsonb)
      ORDER BY 1, 2
      ON CONFLICT (session_id, epoch) DO UPDATE
        SET rev = EXCLUDED.rev, payload = EXCLUDED.payload, updated_at = EXCLUDED.updated_at`;
  }

  /** Writes the sums of sessions; each is a change of its row. */
  async writeSums(sums: ReadonlyMap<string, UsageSums>, tx: UsageTransaction): Promise<void> {
    const rows = [...sums].map(([id, sum]) => ({
      ...{ ...sum.tokens, id, cost: sum.costNanos, source: sum.costSource, unpriced: sum.unpricedTokens },
      ...{ model: sum.model, used: bounded(sum.context?.used), win: bounded(sum.context?.window) },
      via: sum.context?.source ?? null,
    }));
    await tx.$executeRaw`
      UPDATE sessions s SET input_tokens = r.input, output_tokens = r.output, cache_read_tokens = r."cacheRead",
        cache_creation_tokens = r."cacheCreation", reasoning_tokens = r.reasoning, cost_nanos = r.cost,
        cost_source = r.source, unpriced_tokens = r.unpriced, model = r.model, context_used = r.used,
        context_window = r.win, context_source = r.via, version = s.version + 1
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, input bigint, output bigint,
        "cacheRead" bigint, "cacheCreation" bigint, reasoning bigint, cost bigint, source text, unpriced bigint,
        model text, used int, win int, via text)
      WHERE s.id = r.id`;
  }
}

/** What an agent tells may be any number; a context is kept in 32 bits. */
const bounded = (count: number | null | undefined): number | null =>
  count === null || count === undefined ? null : Math.min(count, 2_147_483_647);

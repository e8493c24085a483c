// What one session used by life and by model.
import { Inject, Injectable } from '@nestjs/common';
import type { SessionId, SessionUsageReply, SessionUsage } from '@roundhouse/protocol';
import { Database } from '../../platform/database/database.js';
import { grains } from '../bucket-tables.js';
import { UsageRepository } from '../usage.repository.js';
import { floorTo } from './segments.js';
import { countOf, tokensOf, type SummedColumns } from './usage-sum.js';

type ModelRow = SummedColumns & {
  readonly model: string;
  readonly agent: string;
  readonly role: SessionUsageReply['models'][number]['role'];
  /** First and last row of each grain. */
  readonly firsts: (Date | null)[];
  readonly last: Date;
};

@Injectable()
export class SessionUsageRepository {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(UsageRepository) private readonly totals: UsageRepository,
  ) {}

  /** When it was made and ended. */
  async span(id: SessionId): Promise<{ createdAt: Date; endedAt: Date | null } | null> {
    const select = { createdAt: true, endedAt: true };
    return this.database.client.session.findUnique({ where: { id }, select });
  }

  lives(id: SessionId): Promise<SessionUsage[]> {
    return this.totals.lives([id], this.database.client);
  }

  /** Idle time of each life. */
  async idle(id: SessionId): Promise<Map<number, number>> {
    const rows = await this.database.client.$queryRaw<{ epoch: number; ms: bigint }[]>`
      SELECT epoch, sum(idle_ms)::bigint AS ms FROM activity_buckets
      WHERE session_id = ${id}::uuid AND grain = ${grains.day} GROUP BY epoch`;
    return new Map(rows.map(({ epoch, ms }) => [epoch, Number(ms)]));
  }

  async models(id: SessionId): Promise<SessionUsageReply['models']> {
    const rows = await this.database.client.$queryRaw<ModelRow[]>`
      SELECT model, agent, role, ARRAY[min(at) FILTER (WHERE grain = 0), min(at) FILTER (WHERE grain = 1),
          min(at) FILTER (WHERE grain = 2)] AS firsts, max(at) AS last,
        sum(input_tokens) FILTER (WHERE grain = 2)::bigint AS input_tokens,
        sum(output_tokens) FILTER (WHERE grain = 2)::bigint AS output_tokens,
        sum(cache_read_tokens) FILTER (WHERE grain = 2)::bigint AS cache_read_tokens,
        sum(cache_creation_tokens) FILTER (WHERE grain = 2)::bigint AS cache_creation_tokens,
        sum(reasoning_tokens) FILTER (WHERE grain = 2)::bigint AS reasoning_tokens,
        sum(cost_nanos) FILTER (WHERE grain = 2)::bigint AS cost_nanos,
        sum(requests) FILTER (WHERE grain = 2)::bigint AS requests
      FROM usage_buckets WHERE session_id = ${id}::uuid GROUP BY model, agent, role
      ORDER BY sum(cost_nanos) DESC, sum(input_tokens + output_tokens) DESC, model, agent, role`;
    return rows.map((row) => ({
      ...{ model: row.model || null, agent: row.agent || null, role: row.role, tokens: tokensOf(row) },
      ...{ costNanos: countOf(row, 'cost_nanos'), requests: countOf(row, 'requests') },
      ...{ firstAt: firstOf(row.firsts).toISOString(), lastAt: row.last.toISOString() },
    }));
  }
}

/** Minutes and hours are not kept for ever: the finest grain whose first row is the first of all. */
function firstOf([minute, hour, day]: readonly (Date | null | undefined)[]): Date {
  if (minute && hour && floorTo('hour', minute.getTime()) === hour.getTime()) return minute;
  if (hour && day && floorTo('day', hour.getTime()) === day.getTime()) return hour;
  return day ?? hour ?? minute ?? new Date(0);
}

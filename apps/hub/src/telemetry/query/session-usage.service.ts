// Everything that one session used, over all its lives.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import {
  AppError,
  usageSpanMaxDays,
  type SessionId,
  type SessionUsageReply,
  type Usage,
  type UsageSum,
} from '@roundhouse/protocol';
import { Database } from '../../platform/database/database.js';
import { CLOCK } from '../../platform/tokens.js';
import { grainMs, grains } from '../bucket-tables.js';
import { sumUsage } from '../sum-usage.js';
import { UsageRepository } from '../usage.repository.js';
import { floorTo } from './segments.js';
import { cacheHitOf, costSourceOf, countOf, tokensOf, type SummedColumns } from './usage-sum.js';
import { UsageQueryService } from './usage-query.service.js';

type ModelRow = SummedColumns & {
  readonly model: string;
  readonly agent: string;
  readonly role: SessionUsageReply['models'][number]['role'];
  /** First and last row of each grain. */
  readonly firsts: (Date | null)[];
  readonly last: Date;
};

const promptsMax = 20;

@Injectable()
export class SessionUsageService {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(UsageRepository) private readonly totals: UsageRepository,
    @Inject(UsageQueryService) private readonly queries: UsageQueryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError NOT_FOUND */
  async read(id: SessionId): Promise<SessionUsageReply> {
    const { client } = this.database;
    const session = await client.session.findUnique({ where: { id } });
    if (!session) throw new AppError('NOT_FOUND', { message: 'There is no such session' });
    const lives = await this.totals.lives([id], client);
    const idle = await this.#idle(id);
    const epochs = lives.map(({ epoch, usage }) => ({ epoch, sum: sumOf([usage], idle.get(epoch) ?? 0) }));
    const usages = lives.map(({ usage }) => usage);
    const { context } = sumUsage(usages);
    const now = this.clock.now();
    const [from, to] = [session.createdAt.getTime(), session.endedAt?.getTime() ?? now];
    const span = spanOf(id, from, to + grainMs.minute);
    // The clock of its host may be another one: what it counted is all of this session.
    const whole = spanOf(id, from - grainMs.day, to + grainMs.day);
    return {
      total: sumOf(
        usages,
        [...idle.values()].reduce((sum, ms) => sum + ms, 0),
      ),
      context,
      limits: lives.at(-1)?.usage.limits ?? [],
      priceTable: usages.findLast(({ priceTable }) => priceTable)?.priceTable ?? null,
      epochs,
      series: await this.queries.series({ ...span, by: 'kind' }),
      models: await this.#models(id),
      tools: (await this.queries.tools(whole)).items,
      prompts: (await this.queries.prompts({ ...whole, limit: promptsMax })).items,
    };
  }

  /** Idle time of each life. */
  async #idle(id: SessionId): Promise<Map<number, number>> {
    const rows = await this.database.client.$queryRaw<{ epoch: number; ms: bigint }[]>`
      SELECT epoch, sum(idle_ms)::bigint AS ms FROM activity_buckets
      WHERE session_id = ${id}::uuid AND grain = ${grains.day} GROUP BY epoch`;
    return new Map(rows.map(({ epoch, ms }) => [epoch, Number(ms)]));
  }

  async #models(id: SessionId): Promise<SessionUsageReply['models']> {
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

const spanOf = (session: SessionId, from: number, to: number) => ({
  session,
  from: new Date(Math.max(from, to - usageSpanMaxDays * grainMs.day)).toISOString(),
  to: new Date(to).toISOString(),
});

/** Minutes and hours are not kept for ever: the finest grain whose first row is the first of all. */
function firstOf([minute, hour, day]: readonly (Date | null | undefined)[]): Date {
  if (minute && hour && floorTo('hour', minute.getTime()) === hour.getTime()) return minute;
  if (hour && day && floorTo('day', hour.getTime()) === day.getTime()) return hour;
  return day ?? hour ?? minute ?? new Date(0);
}

function sumOf(usages: readonly Usage[], idleMs: number): UsageSum {
  const { tokens, costNanos, unpricedTokens } = sumUsage(usages);
  const add = (of: (usage: Usage) => number | undefined): number =>
    usages.reduce((sum, usage) => sum + (of(usage) ?? 0), 0);
  const estimatedNanos = add(
    (usage) => usage.estimatedNanos ?? (usage.costSource === 'estimated' ? usage.costNanos : 0),
  );
  return {
    ...{
      tokens,
      costNanos,
      estimatedNanos,
      costSource: costSourceOf(costNanos, estimatedNanos),
      unpricedTokens,
    },
    requests: add(({ requests }) => requests),
    errors: add(({ errors }) => errors),
    retries: add(({ retries }) => retries),
    toolCalls: add(({ toolCalls }) => toolCalls),
    toolFailures: add(({ toolFailures }) => toolFailures),
    sessions: 1,
    workingMs: add(({ workingMs }) => workingMs),
    waitingMs: add(({ blockedMs }) => blockedMs),
    idleMs,
    linesAdded: add(({ linesAdded }) => linesAdded),
    linesRemoved: add(({ linesRemoved }) => linesRemoved),
    commits: add(({ commits }) => commits),
    pullRequests: add(({ pullRequests }) => pullRequests),
    prompts: add(({ prompts }) => prompts),
    cacheHit: cacheHitOf(tokens),
  };
}

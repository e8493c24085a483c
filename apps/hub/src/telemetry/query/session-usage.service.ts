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
import { CLOCK } from '../../platform/tokens.js';
import { grainMs } from '../bucket-tables.js';
import { sumUsage } from '../sum-usage.js';
import { SessionUsageRepository } from './session-usage.repository.js';
import { cacheHitOf, costSourceOf } from './usage-sum.js';
import { UsageQueryService } from './usage-query.service.js';

const promptsMax = 20;

@Injectable()
export class SessionUsageService {
  constructor(
    @Inject(SessionUsageRepository) private readonly rows: SessionUsageRepository,
    @Inject(UsageQueryService) private readonly queries: UsageQueryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError NOT_FOUND */
  async read(id: SessionId): Promise<SessionUsageReply> {
    const session = await this.rows.span(id);
    if (!session) throw new AppError('NOT_FOUND', { message: 'There is no such session' });
    const lives = await this.rows.lives(id);
    const idle = await this.rows.idle(id);
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
      models: await this.rows.models(id),
      tools: (await this.queries.tools(whole)).items,
      prompts: (await this.queries.prompts({ ...whole, limit: promptsMax })).items,
    };
  }
}

const spanOf = (session: SessionId, from: number, to: number) => ({
  session,
  from: new Date(Math.max(from, to - usageSpanMaxDays * grainMs.day)).toISOString(),
  to: new Date(to).toISOString(),
});

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

// Takes in what daemons report of usage: totals are absolute and minutes carry revisions, so that a repeat or an
// older report changes nothing.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import type { FactBody, SessionUsage, Usage } from '@roundhouse/protocol';
import { CLOCK } from '../platform/tokens.js';
import { BucketRepository } from './bucket.repository.js';
import { IngestCounters } from './ingest-counters.js';
import { storable } from './report-text.js';
import { additionOf, minuteOf, rollUp, usagePart, type Minute } from './roll-up.js';
import { sumUsage, type UsageSums } from './sum-usage.js';
import { UsageRepository, type UsageTransaction } from './usage.repository.js';

export type UsageReport = Extract<FactBody, { kind: 'session.usage' }>;

/** What a batch of reports does to totals. */
interface Totals {
  /** All lives of the sessions, with the new totals in place. */
  readonly lives: ReadonlyMap<string, SessionUsage>;
  readonly changed: readonly SessionUsage[];
  /** What daemons without minutes have counted since their last report. */
  readonly additions: readonly Minute[];
}

@Injectable()
export class UsageService {
  constructor(
    @Inject(UsageRepository) private readonly totals: UsageRepository,
    @Inject(BucketRepository) private readonly buckets: BucketRepository,
    @Inject(IngestCounters) private readonly counters: IngestCounters,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeps reports of sessions that the caller has locked. @returns the sessions whose sums changed */
  async keep(told: readonly UsageReport[], tx: UsageTransaction): Promise<string[]> {
    if (told.length === 0) return [];
    const reports = told.map(storable);
    const now = this.clock.now();
    const ids = [...new Set(reports.map(({ sessionId }) => sessionId))];
    const { lives, changed, additions } = apply(await this.totals.lives(ids, tx), reports, now);
    await this.totals.keep(changed, new Date(now), tx);
    const sums = sumsOf(lives.values(), new Set(changed.map(({ sessionId }) => sessionId)));
    if (sums.size > 0) await this.totals.writeSums(sums, tx);
    const minutes = reports.flatMap((report) => (report.minutes ?? []).map((one) => minuteOf(report, one)));
    const changes = rollUp(minutes, await this.buckets.minutes(minutes, tx), additions);
    const rows = await this.buckets.add(changes, new Date(now), tx);
    const prompts = reports.flatMap(({ sessionId, epoch, prompts: list = [] }) =>
      list.map((prompt) => ({ ...prompt, sessionId, epoch })),
    );
    await this.buckets.keepPrompts(prompts, tx);
    this.counters.rows(rows);
    return [...sums.keys()];
  }
}

const lifeKey = ({ sessionId, epoch }: Pick<SessionUsage, 'sessionId' | 'epoch'>): string =>
  `${sessionId} ${String(epoch)}`;

function apply(stored: readonly SessionUsage[], reports: readonly UsageReport[], now: number): Totals {
  const lives = new Map(stored.map((life) => [lifeKey(life), life]));
  const changed = new Map<string, SessionUsage>();
  const additions: Minute[] = [];
  for (const report of reports) {
    const { sessionId, epoch, usage } = report;
    const before = lives.get(lifeKey(report))?.usage;
    if (before && before.rev >= usage.rev) continue;
    if (report.minutes === undefined) additions.push(additionOf(report, now, grown(usage, before)));
    const life = { sessionId, epoch, usage };
    lives.set(lifeKey(report), life);
    changed.set(lifeKey(report), life);
  }
  return { lives, changed: [...changed.values()], additions };
}

/** What came between two totals, as of one model. */
function grown(usage: Usage, before: Usage | undefined) {
  const more = (now: number | undefined, then: number | undefined): number =>
    Math.max((now ?? 0) - (then ?? 0), 0);
  const costNanos = more(usage.costNanos, before?.costNanos);
  const { tokens } = usage;
  return usagePart({
    ...{ model: usage.model, agent: null, role: 'main' },
    tokens: {
      input: more(tokens.input, before?.tokens.input),
      output: more(tokens.output, before?.tokens.output),
      cacheRead: more(tokens.cacheRead, before?.tokens.cacheRead),
      cacheCreation: more(tokens.cacheCreation, before?.tokens.cacheCreation),
      reasoning: more(tokens.reasoning, before?.tokens.reasoning),
    },
    ...{ costNanos, estimatedNanos: usage.costSource === 'estimated' ? costNanos : 0 },
    unpricedTokens: more(usage.unpricedTokens, before?.unpricedTokens),
    requests: more(usage.requests, before?.requests),
    errors: more(usage.errors, before?.errors),
    retries: more(usage.retries, before?.retries),
  });
}

/** Sums of those of the sessions that changed; lives come oldest first. */
function sumsOf(lives: Iterable<SessionUsage>, changed: ReadonlySet<string>): Map<string, UsageSums> {
  const bySession = new Map<string, SessionUsage[]>();
  for (const life of lives) {
    if (!changed.has(life.sessionId)) continue;
    bySession.set(life.sessionId, [...(bySession.get(life.sessionId) ?? []), life]);
  }
  const oldestFirst = (list: SessionUsage[]): Usage[] =>
    list.sort((a, b) => a.epoch - b.epoch).map(({ usage }) => usage);
  return new Map([...bySession].map(([id, list]) => [id, sumUsage(oldestFirst(list))]));
}

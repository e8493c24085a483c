// Answers what was used over time.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import type {
  Burn,
  DearPrompt,
  RouteQuery,
  routes,
  ToolUsage,
  UsageGroup,
  UsageReply,
  UsageSeries,
} from '@roundhouse/protocol';
import { CLOCK, CONFIG } from '../../platform/tokens.js';
import { grainMs, type Grain } from '../bucket-tables.js';
import type { UsageKeep } from '../usage-keep.js';
import { itemsOf } from './items.js';
import { LabelsRepository } from './labels.repository.js';
import { linesOf } from './lines.js';
import { grainAt, keptAt, segmentsOf, widened, type Kept, type Span } from './segments.js';
import { SeriesRepository } from './series.repository.js';
import { autoBucket, spanRequest, type SpanRequest, type UsageFilters } from './span-request.js';
import { SumsRepository, type SumsRequest, type TimeGroup } from './sums.repository.js';
import { timeBuckets } from './time-buckets.js';
import { ToolsRepository } from './tools.repository.js';
import { countOf, tokensOf, totalTokens, usageSumOf } from './usage-sum.js';

type SumsQuery = Omit<RouteQuery<typeof routes.usage.sums>, 'format'>;
type SeriesQuery = RouteQuery<typeof routes.usage.series>;

export interface Told<T> {
  readonly from: string;
  readonly to: string;
  readonly items: T[];
}

const timeGroups: readonly TimeGroup[] = ['minute', 'hour', 'day'];
const promptsDefault = 20;

@Injectable()
export class UsageQueryService {
  constructor(
    @Inject(SumsRepository) private readonly sumRows: SumsRepository,
    @Inject(SeriesRepository) private readonly seriesRows: SeriesRepository,
    @Inject(ToolsRepository) private readonly toolRows: ToolsRepository,
    @Inject(LabelsRepository) private readonly labels: LabelsRepository,
    @Inject(CONFIG) private readonly config: { readonly usageKeep: UsageKeep },
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async sums(query: SumsQuery): Promise<UsageReply> {
    const kept = this.#kept();
    const request = spanRequest(query, this.clock.now());
    const groups = [...new Set(query.groupBy ?? [])];
    const span = widened(request, kept, query.bucket ?? 'minute');
    const asked = this.#sumsRequest(query, { ...request, ...span }, { groups, kept });
    const { groups: rows, total } = await this.sumRows.read(asked);
    const before = { from: Math.max(span.from - (span.to - span.from), 0), to: span.from };
    const previous = await this.#total(query, before, kept);
    const names = await this.#names(
      groups,
      rows.map(({ keys }) => keys),
    );
    const words = { zone: request.zone, buckets: asked.buckets, names };
    const sum = usageSumOf(total);
    return {
      ...{ from: iso(span.from), to: iso(span.to), bucket: span.grain },
      priceTable: sum.estimatedNanos > 0 ? await this.labels.priceTable() : null,
      items: groups.length === 0 ? [{ key: {}, label: 'all', ...sum }] : itemsOf(rows, groups, words),
      ...{ total: sum, previous: usageSumOf(previous) },
      burn: await this.#burn(query, request, kept),
    };
  }

  async series(query: SeriesQuery): Promise<UsageSeries> {
    const kept = this.#kept();
    const request = spanRequest(query, this.clock.now());
    const { by = 'kind' } = query;
    const bucket = query.bucket ?? autoBucket(request, grainAt(request.from, kept));
    const buckets = timeBuckets(request, bucket, request.zone);
    const span = { from: buckets.starts[0] ?? request.from, to: buckets.end };
    const coarsest = coarsestFor([bucket], request.zone);
    const segments = segmentsOf(span, kept, { coarsest, finest: 'minute' });
    const rows = await this.seriesRows.read({
      ...{ segments, filters: query, by, buckets, zone: request.zone },
    });
    const hosts = by === 'host' ? rows.map(({ key }) => key ?? '') : [];
    const names = await this.labels.hosts([...new Set(hosts)]);
    return {
      ...{ from: iso(span.from), to: iso(span.to), bucket },
      at: buckets.starts.map((start) => start / 1_000),
      lines: linesOf(rows, by, { length: buckets.starts.length, names }),
    };
  }

  async tools(query: UsageFilters): Promise<Told<ToolUsage>> {
    const kept = this.#kept();
    const span = widened(spanRequest(query, this.clock.now()), kept, 'minute');
    const segments = segmentsOf(span, kept, { coarsest: 'day', finest: 'minute' });
    return { from: iso(span.from), to: iso(span.to), items: await this.toolRows.tools(segments, query) };
  }

  async prompts(query: UsageFilters & { limit?: number | undefined }): Promise<{ items: DearPrompt[] }> {
    const span = spanRequest(query, this.clock.now());
    return { items: await this.toolRows.prompts(span, query, query.limit ?? promptsDefault) };
  }

  #kept(): Kept {
    return keptAt(this.clock.now(), this.config.usageKeep);
  }

  #sumsRequest(
    filters: SumsQuery,
    { from, to, zone }: Pick<SpanRequest, 'from' | 'to' | 'zone'>,
    { groups, kept }: { groups: readonly UsageGroup[]; kept: Kept },
  ): SumsRequest {
    const times = timeGroups.filter((group) => groups.includes(group));
    const segments = segmentsOf({ from, to }, kept, {
      ...{ coarsest: coarsestFor(times, zone), finest: 'minute' },
    });
    const buckets = new Map(times.map((group) => [group, timeBuckets({ from, to }, group, zone)]));
    return { segments, filters, groups, zone, buckets };
  }

  async #total(filters: SumsQuery, span: Span, kept: Kept) {
    const asked = this.#sumsRequest(filters, { ...span, zone: 'UTC' }, { groups: [], kept });
    return (await this.sumRows.read(asked)).total;
  }

  /** How fast money and tokens went at the end of the span; null where minutes are not kept any more. */
  async #burn(filters: SumsQuery, { to, burnMs }: SpanRequest, kept: Kept): Promise<Burn | null> {
    const from = Math.max(to - burnMs, 0);
    if (to < kept.minutesFrom) return null;
    const total = await this.#total(filters, { from, to }, kept);
    return {
      windowS: Math.round(burnMs / 1_000),
      costNanosPerHour: Math.round((countOf(total, 'cost_nanos') * grainMs.hour) / burnMs),
      tokensPerMinute: (totalTokens(tokensOf(total)) * grainMs.minute) / burnMs,
    };
  }

  async #names(
    groups: readonly UsageGroup[],
    keys: readonly (readonly (string | null)[])[],
  ): Promise<ReadonlyMap<string, string>> {
    const idsOf = (group: UsageGroup): string[] => {
      const place = groups.indexOf(group);
      if (place === -1) return [];
      return [...new Set(keys.map((key) => key[place] ?? null))].filter((id) => id !== null);
    };
    const names = [
      ...(await this.labels.hosts(idsOf('host'))),
      ...(await this.labels.sessions(idsOf('session'))),
      ...(await this.labels.users(idsOf('user'))),
    ];
    return new Map(names);
  }
}

const iso = (at: number): string => new Date(at).toISOString();

/** The coarsest rows that still tell the buckets apart. Days are of UTC: another zone needs hours. */
function coarsestFor(buckets: readonly Grain[], zone: string): Grain {
  if (buckets.includes('minute')) return 'minute';
  if (buckets.includes('hour')) return 'hour';
  return buckets.includes('day') && zone !== 'UTC' ? 'hour' : 'day';
}

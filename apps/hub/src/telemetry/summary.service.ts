// What the widget of a home page shows: counts of what is there now, and the last day.
import { Inject, Injectable } from '@nestjs/common';
import { productVersion, type Summary } from '@roundhouse/protocol';
import { MetricsService } from './prometheus/metrics.service.js';
import type { MetricRows } from './prometheus/metrics.repository.js';
import { UsageQueryService } from './query/usage-query.service.js';
import { totalTokens } from './query/usage-sum.js';

const nanosPerCent = 1e7;
type Rows = MetricRows['hosts'];

@Injectable()
export class SummaryService {
  constructor(
    @Inject(MetricsService) private readonly metrics: MetricsService,
    @Inject(UsageQueryService) private readonly usage: UsageQueryService,
  ) {}

  async read(): Promise<Summary> {
    const [{ hosts, sessions }, { total }] = await Promise.all([
      this.metrics.rows(),
      this.usage.sums({ window: '24h' }),
    ]);
    return {
      version: productVersion,
      hosts: { total: sumOf(hosts), online: sumOf(hosts, ({ state }) => state === 'online') },
      sessions: {
        live: sumOf(sessions),
        working: sumOf(sessions, ({ activity }) => activity === 'working'),
        waiting: sumOf(sessions, ({ activity }) => activity === 'waiting'),
      },
      lastDay: {
        tokens: totalTokens(total.tokens),
        costNanos: total.costNanos,
        costDollars: Math.round(total.costNanos / nanosPerCent) / 100,
      },
    };
  }
}

const sumOf = (rows: Rows, which: (row: Rows[number]) => boolean = () => true): number =>
  rows.filter(which).reduce((sum, { count }) => sum + Number(count), 0);

// What is there now, and the text of /metrics; the database is read every ten seconds at most, however many ask.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import { productVersion } from '@roundhouse/protocol';
import { DailyBackups } from '../../backup/daily-backups.service.js';
import { CLOCK } from '../../platform/tokens.js';
import { IngestCounters } from '../ingest-counters.js';
import { MetricsRepository, type MetricRows } from './metrics.repository.js';
import { metricSeries } from './series.js';
import { metricsText } from './text.js';

const freshMs = 10_000;

@Injectable()
export class MetricsService {
  #rows: { readonly at: number; readonly reading: Promise<MetricRows> } | null = null;

  constructor(
    @Inject(MetricsRepository) private readonly repository: MetricsRepository,
    @Inject(IngestCounters) private readonly counters: IngestCounters,
    @Inject(DailyBackups) private readonly backups: Pick<DailyBackups, 'newestAt'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async text(): Promise<string> {
    const rows = await this.rows();
    const { user, system } = process.cpuUsage();
    return metricsText(
      metricSeries(rows, {
        version: productVersion,
        factsApplied: this.counters.factsApplied,
        rowsWritten: this.counters.rowsWritten,
        startedMs: Date.now() - process.uptime() * 1_000,
        cpuMicros: user + system,
        residentBytes: process.memoryUsage.rss(),
        lastBackupMs: await this.backups.newestAt(),
      }),
    );
  }

  /** As old as ten seconds at most. */
  rows(): Promise<MetricRows> {
    const now = this.clock.monotonic();
    if (this.#rows && now - this.#rows.at < freshMs) return this.#rows.reading;
    const reading = this.repository.read();
    this.#rows = { at: now, reading };
    reading.catch(() => {
      this.#rows = null;
    });
    return reading;
  }
}

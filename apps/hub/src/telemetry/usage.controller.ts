// REST of usage over time: sums, series, tools, prompts, prices.
import { Readable } from 'node:stream';
import { Controller, Inject, StreamableFile } from '@nestjs/common';
import { metricsMediaType, routes } from '@roundhouse/protocol';
import type { Request, Response } from 'express';
import { Handle, Parsed, signedIn, type Call } from '../platform/http/route.js';
import { PricesService } from './prices.service.js';
import { MetricsService } from './prometheus/metrics.service.js';
import { FleetActivityService } from './query/fleet-activity.service.js';
import { SessionUsageService } from './query/session-usage.service.js';
import { toolsCsv, usageCsv } from './query/usage-csv.js';
import { UsageQueryService } from './query/usage-query.service.js';
import { SummaryService } from './summary.service.js';

const { usage } = routes;
const fleetHoursDefault = 24;
/** A client that takes nothing for so long is gone. */
const idleMs = 60_000;

@Controller()
export class UsageController {
  constructor(
    @Inject(UsageQueryService) private readonly queries: UsageQueryService,
    @Inject(SessionUsageService) private readonly sessions: SessionUsageService,
    @Inject(FleetActivityService) private readonly fleet: FleetActivityService,
    @Inject(PricesService) private readonly prices: PricesService,
    @Inject(MetricsService) private readonly exposed: MetricsService,
    @Inject(SummaryService) private readonly summary: SummaryService,
  ) {}

  @Handle(usage.sums)
  async sums(@Parsed() { query, request, response }: Call<typeof usage.sums>) {
    const reply = await this.queries.sums(query);
    if (!wantsCsv(query.format, request)) return reply;
    return csvFile(usageCsv(query.groupBy ?? [], reply.items), nameOf('usage', reply), response);
  }

  @Handle(usage.series)
  series(@Parsed() { query }: Call<typeof usage.series>) {
    return this.queries.series(query);
  }

  @Handle(usage.tools)
  async tools(@Parsed() { query, request, response }: Call<typeof usage.tools>) {
    const reply = await this.queries.tools(query);
    if (!wantsCsv(query.format, request)) return reply;
    return csvFile(toolsCsv(reply.items), nameOf('tools', reply), response);
  }

  @Handle(usage.prompts)
  prompts(@Parsed() { query }: Call<typeof usage.prompts>) {
    return this.queries.prompts(query);
  }

  @Handle(usage.session)
  session(@Parsed() { params }: Call<typeof usage.session>) {
    return this.sessions.read(params.id);
  }

  @Handle(usage.fleetActivity)
  fleetActivity(@Parsed() { query }: Call<typeof usage.fleetActivity>) {
    return this.fleet.read(query.hours ?? fleetHoursDefault);
  }

  @Handle(routes.summary.read)
  readSummary() {
    return this.summary.read();
  }

  @Handle(usage.metrics)
  async metrics(@Parsed() { response }: Call<typeof usage.metrics>): Promise<StreamableFile> {
    response.setHeader('Cache-Control', 'no-store');
    return new StreamableFile(Buffer.from(await this.exposed.text(), 'utf8'), { type: metricsMediaType });
  }

  @Handle(usage.getPrices)
  getPrices() {
    return this.prices.read();
  }

  @Handle(usage.setPrices)
  setPrices(@Parsed() call: Call<typeof usage.setPrices>) {
    return this.prices.write(call.body.models, signedIn(call), call.context.ip);
  }
}

const wantsCsv = (format: 'json' | 'csv' | undefined, request: Request): boolean =>
  format === undefined ? request.accepts(['json', 'text/csv']) === 'text/csv' : format === 'csv';

/** `usage 2026-01-01 to 2026-01-31.csv` */
const nameOf = (what: string, { from, to }: { from: string; to: string }): string =>
  `${what} ${from.slice(0, 10)} to ${to.slice(0, 10)}.csv`;

function csvFile(lines: Iterable<string>, name: string, response: Response): StreamableFile {
  response.setTimeout(idleMs, () => {
    response.destroy();
  });
  response.setHeader('Cache-Control', 'no-store');
  const disposition = `attachment; filename="${name}"`;
  return new StreamableFile(Readable.from(lines), {
    type: 'text/csv; charset=utf-8; header=present',
    disposition,
  });
}

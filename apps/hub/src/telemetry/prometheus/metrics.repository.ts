// What /metrics counts: sums of days, which are never deleted, and what is there now.
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { bucketTables, grains } from '../bucket-tables.js';
import { Prisma } from '../../generated/prisma/client.js';
import { summed } from '../query/rows.repository.js';

type Row = Readonly<Record<string, unknown>>;

export interface MetricRows {
  readonly usage: readonly Row[];
  readonly tools: readonly Row[];
  readonly activity: readonly Row[];
  readonly hosts: readonly Row[];
  /** The load of each connected host; shares and averages in thousandths. */
  readonly loads: readonly Row[];
  readonly sessions: readonly Row[];
}

@Injectable()
export class MetricsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async read(): Promise<MetricRows> {
    const days = (table: keyof typeof bucketTables, keys: string): Promise<Row[]> =>
      this.database.client.$queryRaw<Row[]>`
        SELECT ${Prisma.raw(keys)}, ${summed(bucketTables[table].counters)}
        FROM ${Prisma.raw(bucketTables[table].name)} b WHERE b.grain = ${grains.day}
        GROUP BY ${Prisma.raw(keys)} ORDER BY ${Prisma.raw(keys)}`;
    return {
      usage: await days('usage', 'b.profile, b.model'),
      tools: await days('tools', 'b.profile, b.tool'),
      activity: await days('activity', 'b.profile'),
      hosts: await this.database.client.$queryRaw<Row[]>`
        SELECT state, count(*) AS count FROM hosts GROUP BY state ORDER BY state`,
      loads: await this.database.client.$queryRaw<Row[]>`
        SELECT id::text AS host_id, round((system->>'cpuPercent')::numeric * 10)::bigint AS cpu_thousandths,
          round((system->>'load1')::numeric * 1000)::bigint AS load_thousandths,
          (system->>'memUsedBytes')::bigint AS mem_used, (system->>'memTotalBytes')::bigint AS mem_total,
          (system->>'diskFreeBytes')::bigint AS disk_free, (system->>'diskTotalBytes')::bigint AS disk_total
        FROM hosts WHERE state = 'online' AND system IS NOT NULL ORDER BY id`,
      sessions: await this.database.client.$queryRaw<Row[]>`
        SELECT profile, state, coalesce(activity->>'kind', 'unknown') AS activity, count(*) AS count FROM sessions
        WHERE state NOT IN ('exited', 'failed', 'lost', 'interrupted') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    };
  }
}

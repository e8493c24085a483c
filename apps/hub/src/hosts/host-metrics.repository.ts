// Rows of host_minutes: written once a minute for all hosts together, and kept for a day.
import { Inject, Injectable } from '@nestjs/common';
import type { HostId } from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';
import type { MinuteSums } from './host-minutes.js';

export interface HostSums extends MinuteSums {
  readonly hostId: HostId;
}

@Injectable()
export class HostMetricsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  get isReady(): boolean {
    return this.database.state === 'ready';
  }

  /** Adds to what is there of the same minute. Each pair of host and minute at most once; hosts that are gone are left out. */
  async add(sums: readonly HostSums[]): Promise<void> {
    const rows = sums.map((each) => ({
      host_id: each.hostId,
      at: new Date(each.at).toISOString(),
      ...{ samples: each.samples, cpu_samples: each.cpuSamples, cpu_sum: each.cpuSum, cpu_max: each.cpuMax },
      ...{ load_samples: each.loadSamples, load_sum: each.loadSum, mem_used_sum: each.memUsedSum },
      ...{ mem_total: each.memTotal, disk_free: each.diskFree, disk_total: each.diskTotal },
    }));
    await this.database.client.$executeRaw`
      INSERT INTO host_minutes AS m (host_id, at, samples, cpu_samples, cpu_sum, cpu_max, load_samples, load_sum,
        mem_used_sum, mem_total, disk_free, disk_total)
      SELECT r.host_id, r.at, r.samples, r.cpu_samples, r.cpu_sum, r.cpu_max, r.load_samples, r.load_sum,
        r.mem_used_sum, r.mem_total, r.disk_free, r.disk_total
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(host_id uuid, at timestamptz, samples int,
        cpu_samples int, cpu_sum float8, cpu_max float8, load_samples int, load_sum float8, mem_used_sum bigint,
        mem_total bigint, disk_free bigint, disk_total bigint)
      JOIN (SELECT id FROM hosts FOR KEY SHARE) h ON h.id = r.host_id
      ON CONFLICT (host_id, at) DO UPDATE SET
        samples = m.samples + excluded.samples, cpu_samples = m.cpu_samples + excluded.cpu_samples,
        cpu_sum = m.cpu_sum + excluded.cpu_sum, cpu_max = greatest(m.cpu_max, excluded.cpu_max),
        load_samples = m.load_samples + excluded.load_samples, load_sum = m.load_sum + excluded.load_sum,
        mem_used_sum = m.mem_used_sum + excluded.mem_used_sum, mem_total = excluded.mem_total,
        disk_free = excluded.disk_free, disk_total = excluded.disk_total`;
  }

  async read(hostId: HostId, from: Date): Promise<MinuteSums[]> {
    const rows = await this.database.client.hostMinute.findMany({
      where: { hostId, at: { gte: from } },
      orderBy: { at: 'asc' },
      omit: { hostId: true },
    });
    return rows.map((row) => ({
      ...row,
      at: row.at.getTime(),
      memUsedSum: Number(row.memUsedSum),
      memTotal: Number(row.memTotal),
      diskFree: Number(row.diskFree),
      diskTotal: Number(row.diskTotal),
    }));
  }

  async forget(before: Date): Promise<number> {
    const { count } = await this.database.client.hostMinute.deleteMany({ where: { at: { lt: before } } });
    return count;
  }
}

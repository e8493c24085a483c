// Sums of usage by what one asks for.
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type UsageGroup } from '@roundhouse/protocol';
import { Prisma } from '../../generated/prisma/client.js';
import { Database } from '../../platform/database/database.js';
import { bucketTables, tableNames, type TableName } from '../bucket-tables.js';
import { bucketIndex, plain, rowsOf, summed, type RowFilters } from './rows.repository.js';
import type { Segment } from './segments.js';
import type { TimeBuckets } from './time-buckets.js';
import type { SummedColumns } from './usage-sum.js';

/** More than a person reads or a sheet likes: one should ask for less. */
const groupsMax = 50_000;

export type TimeGroup = Extract<UsageGroup, 'day' | 'hour' | 'minute'>;

export interface SumsRequest {
  readonly segments: readonly Segment[];
  readonly filters: RowFilters;
  readonly groups: readonly UsageGroup[];
  readonly zone: string;
  /** Of the groups that are times. */
  readonly buckets: ReadonlyMap<UsageGroup, TimeBuckets>;
}

export interface SummedGroup {
  /** In the order of the groups; numbers of buckets for times. */
  readonly keys: readonly (string | null)[];
  readonly row: SummedColumns;
}

export interface Sums {
  readonly groups: readonly SummedGroup[];
  readonly total: SummedColumns;
}

const groupColumns = {
  model: 'b.model',
  host: 'b.host_id::text',
  project: 'b.project',
  profile: 'b.profile',
  session: 'b.session_id::text',
  user: 'b.user_id::text',
} as const satisfies Partial<Record<UsageGroup, string>>;

@Injectable()
export class SumsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @throws AppError VALIDATION_FAILED when there are too many groups */
  async read(request: SumsRequest): Promise<Sums> {
    const onlyModel = request.filters.model !== undefined;
    const byModel = request.groups.includes('model') || onlyModel;
    const groups = new Map<string, SummedGroup>();
    let total: SummedColumns = {};
    for (const table of tableNames) {
      // Agents do not tell which model called a tool, nor which one was at work: that is in the total alone.
      const told = table === 'usage' || !byModel;
      if (!told && onlyModel) continue;
      const rows = await this.database.client.$queryRaw<SummedColumns[]>(
        sumsSql(table, told ? request : { ...request, groups: [] }, byModel ? 'usage' : 'activity'),
      );
      if (rows.length > groupsMax) throw tooMany();
      for (const row of rows) {
        if (row.is_total === 1) {
          total = { ...total, ...row };
          continue;
        }
        const keys = request.groups.map((_, index) => keyOf(row[`k${String(index)}`]));
        const name = JSON.stringify(keys);
        groups.set(name, { keys, row: { ...groups.get(name)?.row, ...row } });
      }
    }
    return { groups: [...groups.values()], total };
  }
}

const keyOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'string' ? value : JSON.stringify(value);

/** Rows of each group, and one with `is_total`. Sessions are counted in one of the tables. */
function sumsSql(table: TableName, request: SumsRequest, countIn: TableName): Prisma.Sql {
  const { segments, filters, groups, zone, buckets } = request;
  const keys = groups.map((group, index) => {
    const times = buckets.get(group);
    const value = times ? bucketIndex(times, zone) : Prisma.raw(columnOf(group));
    return Prisma.sql`${value} AS ${Prisma.raw(`k${String(index)}`)}`;
  });
  const names = Prisma.raw(groups.map((_, index) => `k${String(index)}`).join(', '));
  const columns = bucketTables[table].counters;
  const sessions = table === countIn ? Prisma.sql`, count(DISTINCT b.session_id) AS sessions` : Prisma.empty;
  if (groups.length === 0) {
    return Prisma.sql`SELECT 1 AS is_total, ${summed(columns)}${sessions} ${rowsOf(table, segments, filters)}`;
  }
  return Prisma.sql`
    SELECT ${names}, grouping(k0) AS is_total, ${summed(columns)}${sessions}
    FROM (SELECT ${Prisma.join(keys)}, b.session_id, ${plain(columns)} ${rowsOf(table, segments, filters)}) b
    GROUP BY GROUPING SETS ((${names}), ()) LIMIT ${groupsMax + 2}`;
}

const columnOf = (group: UsageGroup): string =>
  group === 'day' || group === 'hour' || group === 'minute' ? 'NULL' : groupColumns[group];

const tooMany = (): AppError =>
  new AppError('VALIDATION_FAILED', {
    message: `These are more than ${String(groupsMax)} rows`,
    hint: 'Ask for a shorter span, or group by less.',
  });

// SQL that the repositories of usage share: the rows that a query asks for, by their span and whose they are.
import { Prisma } from '../../generated/prisma/client.js';
import { bucketTables, grains, type TableName } from '../bucket-tables.js';
import type { Segment } from './segments.js';
import type { UsageFilters } from './span-request.js';
import type { TimeBuckets } from './time-buckets.js';

export type RowFilters = Pick<UsageFilters, 'agent' | 'project' | 'host' | 'session' | 'model'>;

/** `FROM … WHERE …` of a bucket table, with the alias `b`. */
export function rowsOf(table: TableName, segments: readonly Segment[], filters: RowFilters): Prisma.Sql {
  const spans = segments.map(
    ({ grain, from, to }) =>
      Prisma.sql`(b.grain = ${grains[grain]} AND b.at >= ${new Date(from)} AND b.at < ${new Date(to)})`,
  );
  const within = spans.length === 0 ? Prisma.sql`false` : Prisma.join(spans, ' OR ');
  const name = Prisma.raw(bucketTables[table].name);
  const { model, ...whose } = filters;
  const ofModel =
    model !== undefined && table === 'usage' ? Prisma.sql`AND b.model = ${model}` : Prisma.empty;
  return Prisma.sql`FROM ${name} b WHERE (${within}) ${whoseSql(whose)} ${ofModel}`;
}

/** `AND …` for a table with the alias `b`. */
export function whoseSql({ agent, project, host, session }: Omit<RowFilters, 'model'>): Prisma.Sql {
  const parts = [
    agent === undefined ? null : Prisma.sql`b.profile = ${agent}`,
    project === undefined ? null : Prisma.sql`(b.project = ${project} OR b.project_name = ${project})`,
    host === undefined ? null : Prisma.sql`b.host_id = ${host}::uuid`,
    session === undefined ? null : Prisma.sql`b.session_id = ${session}::uuid`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? Prisma.empty : Prisma.sql`AND ${Prisma.join(parts, ' AND ')}`;
}

/** The number of the bucket that a row lies in, from 0. */
export function bucketIndex({ starts }: TimeBuckets, zone: string): Prisma.Sql {
  // A day of UTC belongs to the day of the same date elsewhere: its noon lies in it.
  const at =
    zone === 'UTC'
      ? Prisma.sql`b.at`
      : Prisma.sql`CASE WHEN b.grain = ${grains.day} THEN b.at + interval '12 hours' ELSE b.at END`;
  const list = starts.map((start) => new Date(start).toISOString());
  return Prisma.sql`GREATEST(width_bucket(${at}, ${list}::timestamptz[]) - 1, 0)`;
}

/** `b.a, …`: a sort of whole rows is dear. */
export const plain = (columns: readonly string[]): Prisma.Sql =>
  Prisma.raw(columns.map((column) => `b.${column}`).join(', '));

/** `sum(a)::bigint AS a, …` */
export const summed = (columns: readonly string[]): Prisma.Sql =>
  Prisma.raw(columns.map((column) => `coalesce(sum(b.${column}), 0)::bigint AS ${column}`).join(', '));

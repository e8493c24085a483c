// Deletes usage that is not kept any longer, some thousand rows at a time.
import { Inject, Injectable } from '@nestjs/common';
import { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { bucketTables, grainMs, grains, type TableName } from './bucket-tables.js';

/** Rows in one statement: a table is never locked for long. */
export const deletedAtOnce = 5_000;
/**
 * A daemon that has been heard from for so long since a minute was last written has no newer revision of it: the minute
 * may go. Else a revision that comes later would count as if nothing had been counted.
 */
const settledMs = grainMs.hour;

/** Each deletes at most `deletedAtOnce` rows (of minutes: minutes) and says how many. */
@Injectable()
export class RetentionRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  get isReady(): boolean {
    return this.database.state === 'ready';
  }

  /** A minute goes as a whole: what is left of one would be counted again with its next revision. */
  minutes(before: Date): Promise<number> {
    const same = (name: string): Prisma.Sql =>
      Prisma.raw(`DELETE FROM ${name} b USING gone g
        WHERE b.grain = 0 AND b.at = g.at AND b.session_id = g.session_id AND b.epoch = g.epoch`);
    return this.#count(Prisma.sql`
      WITH old AS (
        SELECT a.at, a.session_id, a.epoch FROM activity_buckets a LEFT JOIN hosts h ON h.id = a.host_id
        WHERE a.grain = 0 AND a.at < ${before} AND (h.id IS NULL
          OR h.last_seen_at >= a.updated_at + make_interval(secs => ${settledMs / 1_000}::int))
        LIMIT ${deletedAtOnce}),
      gone AS (
        DELETE FROM activity_buckets a USING old o
        WHERE a.grain = 0 AND a.at = o.at AND a.session_id = o.session_id AND a.epoch = o.epoch
        RETURNING a.at, a.session_id, a.epoch),
      of_models AS (${same('usage_buckets')}), of_tools AS (${same('tool_buckets')})
      SELECT count(*)::int AS count FROM gone`);
  }

  hours(of: TableName, before: Date): Promise<number> {
    const table = Prisma.raw(bucketTables[of].name);
    return this.#count(Prisma.sql`
      WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM ${table} WHERE grain = ${grains.hour} AND at < ${before} LIMIT ${deletedAtOnce})) RETURNING 1)
      SELECT count(*)::int AS count FROM gone`);
  }

  prompts(before: Date): Promise<number> {
    return this.#count(Prisma.sql`
      WITH gone AS (DELETE FROM prompt_usage WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM prompt_usage WHERE at < ${before} LIMIT ${deletedAtOnce})) RETURNING 1)
      SELECT count(*)::int AS count FROM gone`);
  }

  async presence(before: Date): Promise<void> {
    await this.database.client.hostPresence.deleteMany({ where: { at: { lt: before } } });
  }

  async #count(statement: Prisma.Sql): Promise<number> {
    const rows = await this.database.client.$queryRaw<{ count: number }[]>(statement);
    return rows[0]?.count ?? 0;
  }
}

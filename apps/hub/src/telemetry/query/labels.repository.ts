// What hosts, sessions and people are called now; of hosts also what they were called when they are gone.
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';

type Names = ReadonlyMap<string, string>;

@Injectable()
export class LabelsRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async hosts(ids: readonly string[]): Promise<Names> {
    if (ids.length === 0) return new Map();
    // The name of a host that is gone stands in its newest day.
    const rows = await this.database.client.$queryRaw<{ id: string; name: string | null }[]>`
      SELECT w.id::text AS id, coalesce(h.name, (
        SELECT b.host_name FROM activity_buckets b WHERE b.host_id = w.id AND b.grain = 2 ORDER BY b.at DESC LIMIT 1
      )) AS name
      FROM unnest(${[...ids]}::uuid[]) AS w(id) LEFT JOIN hosts h ON h.id = w.id`;
    return new Map(rows.map(({ id, name }) => [id, name ?? id]));
  }

  async sessions(ids: readonly string[]): Promise<Names> {
    if (ids.length === 0) return new Map();
    const where = { id: { in: [...ids] } };
    const rows = await this.database.client.session.findMany({ where, select: { id: true, name: true } });
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async users(ids: readonly string[]): Promise<Names> {
    if (ids.length === 0) return new Map();
    const where = { id: { in: [...ids] } };
    const rows = await this.database.client.user.findMany({ where, select: { id: true, username: true } });
    return new Map(rows.map(({ id, username }) => [id, username]));
  }

  /** The price list behind the newest estimate. */
  async priceTable(): Promise<string | null> {
    const rows = await this.database.client.$queryRaw<{ name: string }[]>`
      SELECT payload->>'priceTable' AS name FROM session_usage WHERE payload->>'priceTable' IS NOT NULL
      ORDER BY updated_at DESC LIMIT 1`;
    return rows[0]?.name ?? null;
  }
}

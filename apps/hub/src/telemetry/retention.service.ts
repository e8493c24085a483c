// Forgets minutes, hours and old prompts; days are kept for good.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { CLOCK, CONFIG, LOGGER } from '../platform/tokens.js';
import { bucketTables, grainMs, grains, tableNames } from './bucket-tables.js';
import type { UsageKeep } from './usage-keep.js';

const sweepMs = grainMs.hour;
/** Rows in one statement: a table is never locked for long. */
const atOnce = 5_000;
/** Statements in one sweep of one kind: what is left waits for the next. */
const roundsMax = 200;
const promptsMs = 365 * grainMs.day;
/**
 * A daemon that has been heard from for so long since a minute was last written has no newer revision of it: the minute
 * may go. Else a revision that comes later would count as if nothing had been counted.
 */
const settledMs = grainMs.hour;

@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  #cancel: Cancel | null = null;
  #sweeping = false;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: { readonly usageKeep: UsageKeep },
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cancel = this.clock.every(sweepMs, () => {
      this.sweep().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'old usage was not deleted');
      });
    });
  }

  onModuleDestroy(): void {
    this.#cancel?.();
  }

  async sweep(): Promise<void> {
    if (this.#sweeping || this.database.state !== 'ready') return;
    this.#sweeping = true;
    try {
      const now = this.clock.now();
      const { minutesMs, hoursMs } = this.config.usageKeep;
      await this.#repeat(() => this.#minutes(new Date(now - minutesMs)));
      for (const table of tableNames) {
        await this.#repeat(() => this.#hours(bucketTables[table].name, new Date(now - hoursMs)));
      }
      await this.#repeat(() => this.#prompts(new Date(now - promptsMs)));
      await this.database.client.hostPresence.deleteMany({ where: { at: { lt: new Date(now - hoursMs) } } });
    } finally {
      this.#sweeping = false;
    }
  }

  async #repeat(statement: () => Promise<number>): Promise<void> {
    for (let round = 0; round < roundsMax; round += 1) {
      if ((await statement()) < atOnce) return;
    }
  }

  /** A minute goes as a whole: what is left of one would be counted again with its next revision. */
  #minutes(before: Date): Promise<number> {
    const same = (name: string): Prisma.Sql =>
      Prisma.raw(`DELETE FROM ${name} b USING gone g
        WHERE b.grain = 0 AND b.at = g.at AND b.session_id = g.session_id AND b.epoch = g.epoch`);
    return this.#count(Prisma.sql`
      WITH old AS (
        SELECT a.at, a.session_id, a.epoch FROM activity_buckets a LEFT JOIN hosts h ON h.id = a.host_id
        WHERE a.grain = 0 AND a.at < ${before} AND (h.id IS NULL
          OR h.last_seen_at >= a.updated_at + make_interval(secs => ${settledMs / 1_000}::int))
        LIMIT ${atOnce}),
      gone AS (
        DELETE FROM activity_buckets a USING old o
        WHERE a.grain = 0 AND a.at = o.at AND a.session_id = o.session_id AND a.epoch = o.epoch
        RETURNING a.at, a.session_id, a.epoch),
      of_models AS (${same('usage_buckets')}), of_tools AS (${same('tool_buckets')})
      SELECT count(*)::int AS count FROM gone`);
  }

  #hours(name: string, before: Date): Promise<number> {
    const table = Prisma.raw(name);
    return this.#count(Prisma.sql`
      WITH gone AS (DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM ${table} WHERE grain = ${grains.hour} AND at < ${before} LIMIT ${atOnce})) RETURNING 1)
      SELECT count(*)::int AS count FROM gone`);
  }

  #prompts(before: Date): Promise<number> {
    return this.#count(Prisma.sql`
      WITH gone AS (DELETE FROM prompt_usage WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM prompt_usage WHERE at < ${before} LIMIT ${atOnce})) RETURNING 1)
      SELECT count(*)::int AS count FROM gone`);
  }

  async #count(statement: Prisma.Sql): Promise<number> {
    const rows = await this.database.client.$queryRaw<{ count: number }[]>(statement);
    return rows[0]?.count ?? 0;
  }
}

// Rows of usage over time: what stands in a minute, and additions to minutes, hours and days.
import { Injectable } from '@nestjs/common';
import type { PromptUsage } from '@roundhouse/protocol';
import { Prisma } from '../generated/prisma/client.js';
import { bucketTables, grains, tableNames, type TableName } from './bucket-tables.js';
import { minuteKey, type BucketChange, type Minute, type MinuteKey, type Part } from './roll-up.js';
import type { UsageTransaction } from './usage.repository.js';

/** A prompt of one life of a session. */
export interface PromptReport extends PromptUsage {
  readonly sessionId: string;
  readonly epoch: number;
}

interface StoredRow {
  readonly session_id: string;
  readonly epoch: number;
  readonly at: Date;
  readonly rev: number;
  readonly keys: string[];
  readonly counts: bigint[];
}

const dimensions = Prisma.raw('host_id, host_name, project, project_name, profile, user_id');
/** Rows carry what they are of, as it was then: history outlives hosts and sessions. */
const dimensionsOfSession = Prisma.raw(
  's.host_id, h.name, s.project, s.project_name, s.profile, s.created_by',
);
const ofSession = Prisma.sql`JOIN sessions s ON s.id = r.session_id JOIN hosts h ON h.id = s.host_id`;

@Injectable()
export class BucketRepository {
  /** Those of the minutes that are stored, by `minuteKey`. */
  async minutes(keys: readonly MinuteKey[], tx: UsageTransaction): Promise<Map<string, Minute>> {
    if (keys.length === 0) return new Map();
    const distinct = new Map(keys.map((key) => [minuteKey(key), key]));
    const wanted = JSON.stringify(
      [...distinct.values()].map(({ sessionId, epoch, at }) => ({ sessionId, epoch, at: instant(at) })),
    );
    const parts = new Map<string, Part[]>();
    const minutes = new Map<string, Minute>();
    for (const table of tableNames) {
      for (const row of await tx.$queryRaw<StoredRow[]>(storedRows(table, wanted))) {
        const key = { sessionId: row.session_id, epoch: row.epoch, at: row.at.getTime() };
        const name = minuteKey(key);
        const list = parts.get(name) ?? [];
        parts.set(name, [...list, { table, keys: row.keys, counts: row.counts.map(Number) }]);
        if (table === 'activity') minutes.set(name, { ...key, rev: row.rev, parts: [] });
      }
    }
    return new Map([...minutes].map(([name, minute]) => [name, { ...minute, parts: parts.get(name) ?? [] }]));
  }

  /** @returns how many rows were written */
  async add(changes: readonly BucketChange[], now: Date, tx: UsageTransaction): Promise<number> {
    let written = 0;
    for (const table of tableNames) {
      const rows = changes.filter((change) => change.table === table);
      if (rows.length > 0) written += await tx.$executeRaw(additions(table, rows, now));
    }
    return written;
  }

  /** Keeps the newest revision of each prompt. */
  async keepPrompts(prompts: readonly PromptReport[], tx: UsageTransaction): Promise<void> {
    const newest = new Map<string, PromptReport>();
    for (const prompt of prompts) {
      const key = `${prompt.sessionId} ${String(prompt.epoch)} ${prompt.promptId}`;
      if ((newest.get(key)?.rev ?? 0) < prompt.rev) newest.set(key, prompt);
    }
    if (newest.size === 0) return;
    await tx.$executeRaw`
      INSERT INTO prompt_usage AS t (session_id, epoch, prompt_id, rev, at, ${dimensions}, model, cost_source,
        characters, input_tokens, output_tokens, cache_read_tokens, cache_creation_tokens, reasoning_tokens,
        cost_nanos, requests, tool_calls)
      SELECT r.session_id, r.epoch, r."promptId", r.rev, r.at, ${dimensionsOfSession}, r.model, r."costSource",
        r.characters, (r.tokens->>'input')::bigint, (r.tokens->>'output')::bigint, (r.tokens->>'cacheRead')::bigint,
        (r.tokens->>'cacheCreation')::bigint, (r.tokens->>'reasoning')::bigint, r."costNanos", r.requests,
        r."toolCalls"
      FROM jsonb_to_recordset(${promptRows([...newest.values()])}::jsonb) AS r(session_id uuid, epoch int,
        "promptId" text, rev int, at timestamptz, model text, "costSource" text, characters bigint, tokens jsonb,
        "costNanos" bigint, requests bigint, "toolCalls" bigint) ${ofSession}
      ORDER BY 1, 2, 3
      ON CONFLICT (session_id, epoch, prompt_id) DO UPDATE SET rev = EXCLUDED.rev, at = EXCLUDED.at,
        model = EXCLUDED.model, cost_source = EXCLUDED.cost_source, characters = EXCLUDED.characters,
        input_tokens = EXCLUDED.input_tokens, output_tokens = EXCLUDED.output_tokens,
        cache_read_tokens = EXCLUDED.cache_read_tokens, cache_creation_tokens = EXCLUDED.cache_creation_tokens,
        reasoning_tokens = EXCLUDED.reasoning_tokens, cost_nanos = EXCLUDED.cost_nanos,
        requests = EXCLUDED.requests, tool_calls = EXCLUDED.tool_calls
      WHERE t.rev < EXCLUDED.rev`;
  }
}

const instant = (at: number): string => new Date(at).toISOString();
const promptRows = (prompts: readonly PromptReport[]): string =>
  JSON.stringify(
    prompts.map(({ sessionId, at, ...prompt }) => ({
      ...{ ...prompt, session_id: sessionId },
      at: new Date(at).toISOString(),
    })),
  );

/** Names of columns come from `bucketTables` alone. */
const columns = (names: readonly string[], prefix = ''): Prisma.Sql =>
  Prisma.raw(names.map((name) => prefix + name).join(', '));

function storedRows(table: TableName, wanted: string): Prisma.Sql {
  const { name, keys, counters, histogram } = bucketTables[table];
  const counts = Prisma.raw(
    `ARRAY[${counters.map((column) => `b.${column}`).join(', ')}]${histogram > 0 ? ' || b.histogram' : ''}`,
  );
  const rev = Prisma.raw(table === 'activity' ? 'b.rev' : '0');
  return Prisma.sql`
    SELECT b.session_id, b.epoch, b.at, ${rev} AS rev, ARRAY[${columns(keys, 'b.')}]::text[] AS keys, ${counts} AS counts
    FROM jsonb_to_recordset(${wanted}::jsonb) AS r("sessionId" uuid, epoch int, at timestamptz)
    JOIN ${Prisma.raw(name)} b
      ON b.grain = ${grains.minute} AND b.at = r.at AND b.session_id = r."sessionId" AND b.epoch = r.epoch`;
}

function additions(table: TableName, changes: readonly BucketChange[], now: Date): Prisma.Sql {
  const { name, keys, counters, histogram } = bucketTables[table];
  const rows = changes.map((change) => ({
    ...{
      grain: grains[change.grain],
      at: instant(change.at),
      session_id: change.sessionId,
      epoch: change.epoch,
    },
    ...Object.fromEntries(keys.map((key, index) => [key, change.keys[index]])),
    ...Object.fromEntries(counters.map((column, index) => [column, change.counts[index]])),
    ...(histogram > 0 ? { histogram: change.counts.slice(counters.length) } : {}),
    ...(table === 'activity' ? { rev: change.rev } : {}),
  }));
  const heads = table === 'activity';
  const own = [...keys, ...counters, ...(histogram > 0 ? ['histogram'] : []), ...(heads ? ['rev'] : [])];
  const types = Prisma.raw(
    [
      ...keys.map((key) => `${key} text`),
      ...counters.map((column) => `${column} bigint`),
      ...(histogram > 0 ? ['histogram bigint[]'] : []),
      ...(heads ? ['rev int'] : []),
    ].join(', '),
  );
  const sums = counters.map((column) => `${column} = t.${column} + EXCLUDED.${column}`);
  if (histogram > 0) sums.push(`histogram = ARRAY[${places(histogram)}]`);
  if (heads) sums.push('rev = GREATEST(t.rev, EXCLUDED.rev)', 'updated_at = EXCLUDED.updated_at');
  const written = heads ? Prisma.sql`, ${now}::timestamptz` : Prisma.empty;
  return Prisma.sql`
    INSERT INTO ${Prisma.raw(name)} AS t (grain, at, session_id, epoch, ${dimensions}, ${columns(own)}${Prisma.raw(heads ? ', updated_at' : '')})
    SELECT r.grain, r.at, r.session_id, r.epoch, ${dimensionsOfSession}, ${columns(own, 'r.')}${written}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS r(grain smallint, at timestamptz, session_id uuid, epoch int, ${types}) ${ofSession}
    ORDER BY r.grain, r.at, r.session_id, r.epoch
    ON CONFLICT (grain, at, session_id, epoch${Prisma.raw(keys.map((key) => `, ${key}`).join(''))})
      DO UPDATE SET ${Prisma.raw(sums.join(', '))}`;
}

const places = (length: number): string =>
  Array.from({ length }, (_, index) => {
    const place = `histogram[${String(index + 1)}]`;
    return `t.${place} + EXCLUDED.${place}`;
  }).join(', ');

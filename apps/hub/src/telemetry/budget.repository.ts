// Rows of budgets, and the sums that they are held against: days that are written already, columns of sessions.
import { Inject, Injectable } from '@nestjs/common';
import { budgetSchema, endStates, type Budget, type SessionId } from '@roundhouse/protocol';
import { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import { grains } from './bucket-tables.js';
import { periodStart, type BudgetTarget, type Used } from './budget-policy.js';

/** A session that a budget may act on. */
export interface BudgetSession extends BudgetTarget {
  readonly sessionId: SessionId;
  readonly warned: boolean;
  /** It is to run: a stop that was asked for is not asked for again. */
  readonly wanted: boolean;
}

interface SumRow {
  readonly id: string;
  readonly nanos: bigint | null;
  readonly tokens: bigint | null;
}

const tokensOfSession = Prisma.raw(
  's.input_tokens + s.output_tokens + s.cache_read_tokens + s.cache_creation_tokens',
);
const tokensOfDay = Prisma.raw(
  'u.input_tokens + u.output_tokens + u.cache_read_tokens + u.cache_creation_tokens',
);

@Injectable()
export class BudgetRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async list(): Promise<Budget[]> {
    const rows = await this.database.client.budget.findMany({
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    });
    return rows.map((row) =>
      budgetSchema.parse({
        ...row,
        limitNanos: row.limitNanos === null ? null : Number(row.limitNanos),
        limitTokens: row.limitTokens === null ? null : Number(row.limitTokens),
        createdAt: row.createdAt.toISOString(),
      }),
    );
  }

  async create(budget: Budget, tx: Prisma.TransactionClient): Promise<void> {
    await tx.budget.create({ data: budget });
  }

  /** @returns whether there was one */
  async remove(id: string, tx: Prisma.TransactionClient): Promise<boolean> {
    return (await tx.budget.deleteMany({ where: { id } })).count === 1;
  }

  transaction<T>(work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  /** What was used in the present period, of budgets of days and months. */
  async periodSums(budgets: readonly Budget[], now: number): Promise<Map<string, Used>> {
    const wanted = budgets.flatMap(({ id, scope, scopeKey, period }) => {
      const from = periodStart(period, now);
      return from ? [{ id, scope, key: scopeKey, from: from.toISOString() }] : [];
    });
    if (wanted.length === 0) return new Map();
    const rows = await this.database.client.$queryRaw<SumRow[]>`
      SELECT b.id, used.nanos, used.tokens
      FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS b(id text, scope text, key text, "from" timestamptz)
      CROSS JOIN LATERAL (
        SELECT sum(u.cost_nanos)::bigint AS nanos, sum(${tokensOfDay})::bigint AS tokens FROM usage_buckets u
        WHERE u.grain = ${grains.day} AND u.at >= b."from" AND (b.scope = 'all'
          OR (b.scope = 'profile' AND u.profile = b.key)
          OR (b.scope = 'project' AND (u.project = b.key OR u.project_name = b.key))
          OR (b.scope = 'session' AND u.session_id::text = b.key))
      ) used`;
    return sumsOf(rows);
  }

  /** The most that one session used, of budgets that each session has by itself; sessions that are over do not count. */
  async greatestOfSessions(budgets: readonly Budget[]): Promise<Map<string, Used>> {
    const wanted = budgets.flatMap(({ id, scope, scopeKey, period }) =>
      period === 'session' ? [{ id, scope, key: scopeKey }] : [],
    );
    if (wanted.length === 0) return new Map();
    const rows = await this.database.client.$queryRaw<SumRow[]>`
      SELECT b.id, used.nanos, used.tokens
      FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS b(id text, scope text, key text)
      CROSS JOIN LATERAL (
        SELECT max(s.cost_nanos) AS nanos, max(${tokensOfSession}) AS tokens FROM sessions s
        WHERE (b.scope = 'session' AND s.id::text = b.key) OR (s.state <> ALL(${[...endStates]}::text[]) AND (
          b.scope = 'all' OR (b.scope = 'profile' AND s.profile = b.key)
          OR (b.scope = 'project' AND (s.project = b.key OR s.project_name = b.key))))
      ) used`;
    return sumsOf(rows);
  }

  /** Sessions that have not ended, and those that still carry the warning. */
  async sessions(): Promise<BudgetSession[]> {
    const rows = await this.database.client.session.findMany({
      where: { OR: [{ state: { notIn: [...endStates] } }, { warnings: { has: 'budget' } }] },
      select: sessionColumns,
    });
    return rows.map(sessionOf);
  }

  async session(id: SessionId): Promise<BudgetSession | null> {
    const row = await this.database.client.session.findUnique({ where: { id }, select: sessionColumns });
    return row && sessionOf(row);
  }

  /** Sets or takes away the warning. @returns the sessions that changed */
  async warn(ids: readonly SessionId[], warned: boolean): Promise<SessionId[]> {
    if (ids.length === 0) return [];
    const change = warned ? 'array_append' : 'array_remove';
    const rows = await this.database.client.$queryRaw<{ id: SessionId }[]>`
      UPDATE sessions SET version = version + 1,
        warnings = ${Prisma.raw(change)}(coalesce(warnings, ARRAY[]::text[]), 'budget')
      WHERE id = ANY(${[...ids]}::uuid[])
        AND ('budget' = ANY(coalesce(warnings, ARRAY[]::text[]))) <> ${warned}
      RETURNING id`;
    return rows.map(({ id }) => id);
  }
}

const sessionColumns = {
  ...{
    id: true,
    profile: true,
    project: true,
    projectName: true,
    warnings: true,
    state: true,
    desired: true,
  },
  ...{ inputTokens: true, outputTokens: true, cacheReadTokens: true, cacheCreationTokens: true },
  costNanos: true,
} as const satisfies Prisma.SessionSelect;
type SessionRow = Prisma.SessionGetPayload<{ select: typeof sessionColumns }>;

const ended: readonly string[] = endStates;

const sessionOf = (row: SessionRow): BudgetSession => ({
  sessionId: row.id as SessionId,
  profile: row.profile,
  project: row.project,
  projectName: row.projectName,
  warned: row.warnings.includes('budget'),
  wanted: row.desired === 'running' && !ended.includes(row.state),
  used: {
    costNanos: Number(row.costNanos),
    tokens: Number(row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheCreationTokens),
  },
});

const sumsOf = (rows: readonly SumRow[]): Map<string, Used> =>
  new Map(
    rows.map(({ id, nanos, tokens }) => [id, { costNanos: Number(nanos ?? 0), tokens: Number(tokens ?? 0) }]),
  );

// What budgets demand, as a pure rule: which of them cover a session, which are spent, what follows.
import type { Budget, BudgetPeriod } from '@roundhouse/protocol';

export interface Used {
  readonly costNanos: number;
  /** Of all kinds, with and without a price. */
  readonly tokens: number;
}

export const nothingUsed: Used = { costNanos: 0, tokens: 0 };

/** What a budget may be about. */
export interface BudgetTarget {
  /** Null for a session that is about to be. */
  readonly sessionId: string | null;
  readonly profile: string;
  readonly project: string;
  readonly projectName: string;
  /** Over all lives of the session. */
  readonly used: Used;
}

/** What the days and months of budgets add up to, by id. */
export type PeriodSums = ReadonlyMap<string, Used>;

/** Start of the present day or month in UTC; null for budgets that each session has by itself. */
export function periodStart(period: BudgetPeriod, now: number): Date | null {
  const at = new Date(now);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  if (period === 'session') return null;
  return new Date(Date.UTC(year, month, period === 'day' ? at.getUTCDate() : 1));
}

export function covers({ scope, scopeKey }: Budget, target: BudgetTarget): boolean {
  switch (scope) {
    case 'all':
      return true;
    case 'profile':
      return scopeKey === target.profile;
    case 'project':
      return scopeKey === target.project || scopeKey === target.projectName;
    case 'session':
      return target.sessionId !== null && scopeKey === target.sessionId;
  }
}

/** One that is used up to its limit is spent: the next request would go beyond. */
export const isSpent = ({ limitNanos, limitTokens }: Budget, used: Used): boolean =>
  (limitNanos !== null && used.costNanos >= limitNanos) ||
  (limitTokens !== null && used.tokens >= limitTokens);

const spentFor = (budgets: readonly Budget[], sums: PeriodSums, target: BudgetTarget): readonly Budget[] =>
  budgets.filter((budget) => {
    const used = budget.period === 'session' ? target.used : (sums.get(budget.id) ?? nothingUsed);
    return covers(budget, target) && isSpent(budget, used);
  });

/** The budget for which nothing may be started there; null when it may. One that stops would stop it at once. */
export const refusing = (budgets: readonly Budget[], sums: PeriodSums, target: BudgetTarget): Budget | null =>
  spentFor(budgets, sums, target).find(({ action }) => action !== 'warn') ?? null;

export interface Verdict {
  readonly warned: boolean;
  /** The budget that stops the session. */
  readonly stop: Budget | null;
}

/** What has used nothing, such as a shell, is warned and never stopped. */
export function verdictOn(budgets: readonly Budget[], sums: PeriodSums, session: BudgetTarget): Verdict {
  const spent = spentFor(budgets, sums, session);
  const idle = session.used.tokens === 0 && session.used.costNanos === 0;
  const stop = idle ? null : (spent.find(({ action }) => action === 'stop') ?? null);
  return { warned: spent.length > 0, stop };
}

const periodWords = { session: 'for each session', day: 'a day', month: 'a month' } as const;

/** `$5.00 a day for project shop` */
export function budgetWords({ scope, scopeKey, period, limitNanos, limitTokens }: Budget): string {
  const limits = [
    ...(limitNanos === null ? [] : [`$${(limitNanos / 1e9).toFixed(2)}`]),
    ...(limitTokens === null ? [] : [`${limitTokens.toLocaleString('en-US')} tokens`]),
  ].join(' or ');
  if (scope === 'session')
    return `${limits} ${period === 'session' ? '' : `${periodWords[period]} `}for this session`;
  const of =
    scopeKey === null ? '' : period === 'session' ? ` of ${scope} ${scopeKey}` : ` for ${scope} ${scopeKey}`;
  return `${limits} ${periodWords[period]}${of}`;
}

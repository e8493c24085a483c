// A budget: how much may be used, of what, in which time, and what happens when it is spent.
import { z } from 'zod';
import { budgetIdSchema, userIdSchema } from '../ids.js';
import { instantSchema } from './common.js';
import { countSchema } from './telemetry.js';

export const budgetScopes = ['all', 'profile', 'project', 'session'] as const;
export type BudgetScope = (typeof budgetScopes)[number];

/** `session`: each session in the scope by itself, over all its lives. Days and months are those of UTC. */
export const budgetPeriods = ['session', 'day', 'month'] as const;
export type BudgetPeriod = (typeof budgetPeriods)[number];

/** `refuse` starts nothing in the scope; `stop` also stops what runs there. Each warns. */
export const budgetActions = ['warn', 'refuse', 'stop'] as const;
export type BudgetAction = (typeof budgetActions)[number];

/** Most budgets that a hub holds: each is added up after every report. */
export const budgetsMax = 100;

/** A million dollars, or a million million tokens. */
const limitSchema = z.int().positive().max(1_000_000_000_000_000);

const budgetTermsSchema = z.strictObject({
  scope: z.enum(budgetScopes),
  /** Name of the profile, path or name of the project, id of the session; null for `all`. */
  scopeKey: z.string().min(1).max(4096).nullable(),
  period: z.enum(budgetPeriods),
  /** Nano-dollars; an estimate counts like a reported cost, tokens without a price do not count. */
  limitNanos: limitSchema.nullable(),
  /** Tokens of all kinds, with and without a price. */
  limitTokens: limitSchema.nullable(),
  action: z.enum(budgetActions),
});
export type BudgetTerms = z.infer<typeof budgetTermsSchema>;

/** A new budget: one limit or both, whichever is reached first. */
export const newBudgetSchema = budgetTermsSchema.superRefine((budget, check) => {
  const bad = (field: keyof BudgetTerms, message: string): void => {
    check.addIssue({ code: 'custom', path: [field], message });
  };
  if (budget.limitNanos === null && budget.limitTokens === null)
    bad('limitNanos', 'needs this or limitTokens');
  if ((budget.scope === 'all') !== (budget.scopeKey === null))
    bad('scopeKey', 'must name what the scope is, and be null for all');
  if (budget.scope === 'session' && !z.uuid().safeParse(budget.scopeKey).success)
    bad('scopeKey', 'must be the id of a session');
  if (budget.scopeKey?.includes('\0') === true) bad('scopeKey', 'must not hold NUL');
});

export const budgetSchema = budgetTermsSchema.extend({
  id: budgetIdSchema,
  createdBy: userIdSchema.nullable(),
  createdAt: instantSchema,
});
export type Budget = z.infer<typeof budgetSchema>;

/** A budget, and what of it is used in the present period; of one per session, the most that one session used. */
export const budgetStateSchema = budgetSchema.extend({
  usedNanos: countSchema,
  usedTokens: countSchema,
  spent: z.boolean(),
});
export type BudgetState = z.infer<typeof budgetStateSchema>;

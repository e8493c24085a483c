// Budgets: what may be used, and what happens when it is.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { budgetIdSchema } from '../ids.js';
import { budgetsMax, budgetStateSchema, newBudgetSchema } from '../model/budget.js';
import { doneSchema, emptySchema } from '../model/common.js';

const none = emptySchema;

export const budgetRoutes = {
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/budgets',
    permission: 'usage.view',
    doc: 'All budgets, and how far each is used.',
    params: none,
    query: none,
    body: none,
    reply: z.object({ items: z.array(budgetStateSchema).max(budgetsMax) }),
    status: 200,
  }),
  create: defineRoute({
    method: 'POST',
    path: '/api/v1/budgets',
    permission: 'budget.edit',
    doc: 'A new budget. What was used in the present period counts; to change one, add another and remove it.',
    params: none,
    query: none,
    body: newBudgetSchema,
    reply: budgetStateSchema,
    status: 201,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/api/v1/budgets/:id',
    permission: 'budget.edit',
    doc: 'Remove a budget. What it stopped stays stopped, and can be resumed.',
    params: z.object({ id: budgetIdSchema }),
    query: none,
    body: none,
    reply: doneSchema,
    status: 200,
  }),
} as const;

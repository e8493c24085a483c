// A few numbers for the widget of a home page.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { emptySchema } from '../model/common.js';
import { countSchema } from '../model/telemetry.js';

const none = emptySchema;

export const summarySchema = z.object({
  version: z.string(),
  hosts: z.object({ total: countSchema, online: countSchema }),
  /** Those that have not ended, and of them who works and who waits for a person. */
  sessions: z.object({ live: countSchema, working: countSchema, waiting: countSchema }),
  /** The 24 hours up to now. `costDollars` is rounded to cents, for people; `costNanos` is exact. */
  lastDay: z.object({ tokens: countSchema, costNanos: countSchema, costDollars: z.number().nonnegative() }),
});
export type Summary = z.infer<typeof summarySchema>;

export const summaryRoutes = {
  read: defineRoute({
    method: 'GET',
    path: '/api/v1/summary',
    permission: 'metrics.view',
    doc: 'Hosts, sessions and the last day in a few numbers, for the widget of a home page. A token may have the scope `metrics.view` alone.',
    params: none,
    query: none,
    body: none,
    reply: summarySchema,
    status: 200,
  }),
} as const;

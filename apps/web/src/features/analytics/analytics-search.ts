// What the address of the usage page carries: the span, what bars are split by, and the filters.
import { seriesByValues } from '@roundhouse/protocol';
import { z } from 'zod';

export const ranges = ['1h', '24h', '7d', '30d', 'custom'] as const;
export type Range = (typeof ranges)[number];
export type SplitBy = (typeof seriesByValues)[number];

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .optional()
  .catch(undefined);
const text = z.string().max(4096).optional().catch(undefined);

/** Anything else in the address is dropped without a complaint. */
export const analyticsSearchSchema = z.object({
  range: z.enum(ranges).exclude(['24h']).optional().catch(undefined),
  by: z.enum(seriesByValues).exclude(['kind']).optional().catch(undefined),
  what: z.literal('cost').optional().catch(undefined),
  host: z.uuid().optional().catch(undefined),
  project: text,
  agent: text,
  /** Local days, first and last, of a custom range. */
  from: day,
  to: day,
});
export type AnalyticsSearch = z.infer<typeof analyticsSearchSchema>;

/** What bars are split by. Money is not told apart by kind of token: then it is by model. */
export const splitOf = ({ by, what }: AnalyticsSearch): SplitBy => by ?? (what === 'cost' ? 'model' : 'kind');

// What a session used: tokens by kind, money in integer nano-dollars, context window.
import { z } from 'zod';
import { sessionIdSchema } from '../ids.js';
import { epochSchema } from './common.js';

const countSchema = z.int().nonnegative();

export const tokensSchema = z.object({
  /** Input without cached tokens. */
  input: countSchema,
  output: countSchema,
  cacheRead: countSchema,
  cacheCreation: countSchema,
});
export type Tokens = z.infer<typeof tokensSchema>;

/** Whether money was told by the agent, computed from a price list, or is not known. */
export const costSourceSchema = z.enum(['reported', 'estimated', 'none']);
export type CostSource = z.infer<typeof costSourceSchema>;

/** Tokens of the last main request, and the window of its model (null when unknown). */
export const contextSchema = z.object({ used: countSchema, window: countSchema.nullable() });
export type Context = z.infer<typeof contextSchema>;

/** Absolute totals of one epoch of a session. A greater `rev` replaces a smaller one. */
export const usageSchema = z.object({
  rev: z.int().positive(),
  tokens: tokensSchema,
  costNanos: countSchema,
  costSource: costSourceSchema,
  model: z.string().max(200).nullable(),
  context: contextSchema.nullable(),
  requests: countSchema,
  activeSeconds: z.number().nonnegative().nullable(),
});
export type Usage = z.infer<typeof usageSchema>;

export const sessionUsageSchema = z.object({
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  usage: usageSchema,
});
export type SessionUsage = z.infer<typeof sessionUsageSchema>;

export const noTokens: Tokens = { input: 0, output: 0, cacheRead: 0, cacheCreation: 0 };

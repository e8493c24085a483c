// What a session used: tokens by kind, money in integer nano-dollars, context window.
import { z } from 'zod';
import { sessionIdSchema } from '../ids.js';
import { epochSchema, instantSchema } from './common.js';

export const countSchema = z.int().nonnegative();

export const tokensSchema = z.object({
  /** Tokens sent, without cached ones. */
  input: countSchema,
  /** Everything the model produced, as it is billed; reasoning is in it. */
  output: countSchema,
  /** Tokens read from the provider's cache. */
  cacheRead: countSchema,
  /** Tokens written to the provider's cache. */
  cacheCreation: countSchema,
  /** The part of `output` that was thinking. Total = input + output + cacheRead + cacheCreation. */
  reasoning: countSchema.default(0),
});
export type Tokens = z.infer<typeof tokensSchema>;

/** Whether money was told by the agent, computed from a price list (any part of it), or is not known. */
export const costSourceSchema = z.enum(['reported', 'estimated', 'none']);
export type CostSource = z.infer<typeof costSourceSchema>;

/** Where the fill of the context window came from, the most exact first. */
export const contextSources = ['status-line', 'transcript', 'request', 'compaction'] as const;
export const contextSourceSchema = z.enum(contextSources);
export type ContextSource = z.infer<typeof contextSourceSchema>;

/** Tokens of the last main request (cached ones too), and the window of its model (null when unknown). */
export const contextSchema = z.object({
  used: countSchema,
  window: countSchema.nullable(),
  source: contextSourceSchema.optional(),
});
export type Context = z.infer<typeof contextSchema>;

/** A window of a rate limit, as "5 hours" or "week", where the agent tells it. */
export const rateWindowSchema = z.object({
  name: z.string().max(60),
  usedPercent: z.number().min(0).max(1000),
  resetsAt: instantSchema.nullable(),
});
export type RateWindow = z.infer<typeof rateWindowSchema>;
export const rateWindowsMax = 5;

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
  // Left out by daemons that do not count them.
  /** The part of `costNanos` that is an estimate. */
  estimatedNanos: countSchema.optional(),
  /** Tokens of requests that no price is known for. */
  unpricedTokens: countSchema.optional(),
  /** Version of the price list, as in "genai-prices 0.1.8 + own prices"; null when nothing was estimated. */
  priceTable: z.string().max(200).nullable().optional(),
  errors: countSchema.optional(),
  retries: countSchema.optional(),
  toolCalls: countSchema.optional(),
  toolFailures: countSchema.optional(),
  linesAdded: countSchema.optional(),
  linesRemoved: countSchema.optional(),
  commits: countSchema.optional(),
  pullRequests: countSchema.optional(),
  prompts: countSchema.optional(),
  modelChanges: countSchema.optional(),
  subagents: countSchema.optional(),
  /** Time in which the agent worked, and in which it waited for a person, in milliseconds. */
  workingMs: countSchema.optional(),
  blockedMs: countSchema.optional(),
  limits: z.array(rateWindowSchema).max(rateWindowsMax).optional(),
});
export type Usage = z.infer<typeof usageSchema>;

export const sessionUsageSchema = z.object({
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  usage: usageSchema,
});
export type SessionUsage = z.infer<typeof sessionUsageSchema>;

export const noTokens: Tokens = { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 };

// What a session used in one minute, and for one prompt: the rows that history is made of.
import { z } from 'zod';
import { instantSchema } from './common.js';
import { costSourceSchema, countSchema, tokensSchema } from './telemetry.js';

/** main: the conversation itself; subagent: one that it started; auxiliary: titles, routing, summaries. */
export const requestRoles = ['main', 'subagent', 'auxiliary'] as const;
export const requestRoleSchema = z.enum(requestRoles);
export type RequestRole = z.infer<typeof requestRoleSchema>;

/** Buckets of durations: bucket n counts those below 2^n milliseconds, the last one all others. */
export const durationBuckets = 16;

export const modelMinuteSchema = z.object({
  model: z.string().max(200).nullable(),
  /** The subagent's name, where the agent tells it. */
  agent: z.string().max(100).nullable(),
  role: requestRoleSchema,
  tokens: tokensSchema,
  costNanos: countSchema,
  estimatedNanos: countSchema,
  unpricedTokens: countSchema,
  requests: countSchema,
  errors: countSchema,
  retries: countSchema,
});
export type ModelMinute = z.infer<typeof modelMinuteSchema>;

export const toolMinuteSchema = z.object({
  tool: z.string().max(100),
  calls: countSchema,
  failed: countSchema,
  /** Refused by a person or a rule. */
  rejected: countSchema,
  durationMs: countSchema,
  histogram: z.array(countSchema).length(durationBuckets),
});
export type ToolMinute = z.infer<typeof toolMinuteSchema>;

/** Absolute numbers of one minute (UTC). A greater `rev` of the same minute replaces a smaller one. */
export const usageMinuteSchema = z.object({
  /** Its first millisecond. */
  minute: instantSchema,
  rev: z.int().positive(),
  models: z.array(modelMinuteSchema).max(32),
  tools: z.array(toolMinuteSchema).max(64),
  workingMs: countSchema,
  /** Time in which it waited for a person. */
  waitingMs: countSchema,
  idleMs: countSchema,
  linesAdded: countSchema,
  linesRemoved: countSchema,
  commits: countSchema,
  pullRequests: countSchema,
  prompts: countSchema,
});
export type UsageMinute = z.infer<typeof usageMinuteSchema>;
/** Minutes in one fact. */
export const minutesPerFact = 10;

/** What one prompt led to. A greater `rev` replaces a smaller one. The text itself is never sent. */
export const promptUsageSchema = z.object({
  promptId: z.string().max(200),
  rev: z.int().positive(),
  at: instantSchema,
  model: z.string().max(200).nullable(),
  tokens: tokensSchema,
  costNanos: countSchema,
  costSource: costSourceSchema,
  requests: countSchema,
  toolCalls: countSchema,
  /** Length of the prompt, where the agent tells it. */
  characters: countSchema.nullable(),
});
export type PromptUsage = z.infer<typeof promptUsageSchema>;
/** Prompts in one fact. */
export const promptsPerFact = 20;

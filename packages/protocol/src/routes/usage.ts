// Usage over time: sums by what one asks for, series for charts, tools, prompts, prices.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { hostIdSchema, sessionIdSchema } from '../ids.js';
import { emptySchema, epochSchema, instantSchema } from '../model/common.js';
import { priceListSchema } from '../model/prices.js';
import {
  contextSchema,
  costSourceSchema,
  countSchema,
  rateWindowSchema,
  rateWindowsMax,
  tokensSchema,
} from '../model/telemetry.js';
import { promptUsageSchema, requestRoleSchema } from '../model/usage-minute.js';

const none = emptySchema;

export const usageGroups = [
  'model',
  'host',
  'project',
  'profile',
  'session',
  'user',
  'day',
  'hour',
  'minute',
] as const;
export const usageGroupSchema = z.enum(usageGroups);
export type UsageGroup = z.infer<typeof usageGroupSchema>;

/** Longest span that one query may ask for, in days. */
export const usageSpanMaxDays = 400;

const groupListSchema = z
  .string()
  .max(100)
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .pipe(z.array(usageGroupSchema).max(3));

const windowSchema = z.string().regex(/^[1-9][0-9]{0,4}[mhd]$/, 'must be a span such as 15m, 24h or 7d');
const bucketSchema = z.enum(['minute', 'hour', 'day']);

/** Which sessions count. */
const filters = {
  /** Default: 24 hours before `to`. */
  from: instantSchema.optional(),
  /** Default: now. */
  to: instantSchema.optional(),
  /** The span up to now, instead of `from` and `to`. */
  window: windowSchema.optional(),
  /** Name of a profile. */
  agent: z.string().max(60).optional(),
  /** Path or name of a project. */
  project: z.string().max(4096).optional(),
  host: hostIdSchema.optional(),
  session: sessionIdSchema.optional(),
  model: z.string().max(200).optional(),
  /** Time zone of `day`, as in Europe/Berlin; default UTC. */
  tz: z.string().max(60).optional(),
};

export const usageSumSchema = z.object({
  tokens: tokensSchema,
  costNanos: countSchema,
  costSource: costSourceSchema,
  estimatedNanos: countSchema,
  unpricedTokens: countSchema,
  requests: countSchema,
  errors: countSchema,
  retries: countSchema,
  /** Tools, time, lines and what follows are 0 in sums by model or of one: agents do not tell which model it was. */
  toolCalls: countSchema,
  toolFailures: countSchema,
  /** How many sessions did anything. */
  sessions: countSchema,
  workingMs: countSchema,
  waitingMs: countSchema,
  idleMs: countSchema,
  linesAdded: countSchema,
  linesRemoved: countSchema,
  commits: countSchema,
  pullRequests: countSchema,
  prompts: countSchema,
  /** Part of what was sent that came from the provider's cache, 0 to 1; null when nothing was sent. */
  cacheHit: z.number().min(0).max(1).nullable(),
});
export type UsageSum = z.infer<typeof usageSumSchema>;

const keySchema = z.partialRecord(usageGroupSchema, z.string().nullable());
export const usageItemSchema = usageSumSchema.extend({
  key: keySchema,
  /** The key in words: a host's name, a project's name. */
  label: z.string(),
});
/** Without groups there is one item, of everything. Times come in order, everything else the dearest first. */
export type UsageItem = z.infer<typeof usageItemSchema>;

export const burnSchema = z.object({
  windowS: z.int().positive(),
  costNanosPerHour: countSchema,
  tokensPerMinute: z.number().nonnegative(),
});
export type Burn = z.infer<typeof burnSchema>;

export const usageReplySchema = z.object({
  /** The span that was summed: its ends are widened to rows that are still kept, or to `bucket` where it is given. */
  from: instantSchema,
  to: instantSchema,
  /** What the ends stand on. */
  bucket: bucketSchema,
  /** Version of the price list behind estimates; null when nothing was estimated. */
  priceTable: z.string().nullable(),
  items: z.array(usageItemSchema),
  total: usageSumSchema,
  /** Of the last `window` (15 minutes by default) up to `to`. */
  burn: burnSchema.nullable(),
  /** The span of the same length before. */
  previous: usageSumSchema,
});
export type UsageReply = z.infer<typeof usageReplySchema>;

/** `kind`: input, output, cacheRead, cacheCreation; money is not told apart by these, so their lines have none. */
export const seriesByValues = ['kind', 'model', 'host', 'project', 'profile'] as const;

export const usageSeriesSchema = z.object({
  from: instantSchema,
  to: instantSchema,
  bucket: bucketSchema,
  /** Start of each bucket, in seconds since 1970; every bucket of the span is there. */
  at: z.array(z.int()),
  /** At most 12, the greatest; the rest is one more, `other`. */
  lines: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      tokens: z.array(countSchema),
      costNanos: z.array(countSchema),
    }),
  ),
});
export type UsageSeries = z.infer<typeof usageSeriesSchema>;

export const toolUsageSchema = z.object({
  tool: z.string(),
  calls: countSchema,
  failed: countSchema,
  rejected: countSchema,
  /** From a histogram of powers of two; null without a duration. */
  medianMs: z.number().nonnegative().nullable(),
  totalMs: countSchema,
});
export type ToolUsage = z.infer<typeof toolUsageSchema>;

export const dearPromptSchema = promptUsageSchema.omit({ rev: true }).extend({
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  sessionName: z.string().nullable(),
  profile: z.string(),
  projectName: z.string(),
});
export type DearPrompt = z.infer<typeof dearPromptSchema>;

export const sessionUsageReplySchema = z.object({
  total: usageSumSchema,
  context: contextSchema.nullable(),
  limits: z.array(rateWindowSchema).max(rateWindowsMax),
  priceTable: z.string().nullable(),
  /** One per life of the agent. */
  epochs: z.array(z.object({ epoch: epochSchema, sum: usageSumSchema })),
  series: usageSeriesSchema,
  models: z.array(
    z.object({
      model: z.string().nullable(),
      agent: z.string().nullable(),
      role: requestRoleSchema,
      tokens: tokensSchema,
      costNanos: countSchema,
      requests: countSchema,
      firstAt: instantSchema,
      lastAt: instantSchema,
    }),
  ),
  tools: z.array(toolUsageSchema),
  prompts: z.array(dearPromptSchema),
});
export type SessionUsageReply = z.infer<typeof sessionUsageReplySchema>;

/** Length of one slot of an activity strip, in milliseconds. */
export const activitySlotMs = 15 * 60_000;
export const fleetActivitySchema = z.object({
  from: instantSchema,
  /** Per host 96 slots of 15 minutes for a day: time of all its sessions, and whether it was connected. */
  hosts: z.array(
    z.object({
      hostId: hostIdSchema,
      slots: z.array(z.object({ workingMs: countSchema, waitingMs: countSchema, offline: z.boolean() })),
    }),
  ),
  /** Per session that was active in the span: tokens in 24 equal parts. */
  sessions: z.array(z.object({ sessionId: sessionIdSchema, tokens: z.array(countSchema) })),
});
export type FleetActivity = z.infer<typeof fleetActivitySchema>;

const formatSchema = z.enum(['json', 'csv']).optional();

/** The text format of Prometheus. */
export const metricsMediaType = 'text/plain; version=0.0.4; charset=utf-8';

export const usageRoutes = {
  sums: defineRoute({
    method: 'GET',
    path: '/api/v1/usage',
    permission: 'usage.view',
    doc: 'Tokens, money and time, summed by up to three of model, host, project, profile, session, user, day. CSV with `format=csv`.',
    params: none,
    query: z.object({
      ...filters,
      groupBy: groupListSchema.optional(),
      bucket: bucketSchema.optional(),
      format: formatSchema,
    }),
    body: none,
    reply: usageReplySchema,
    media: ['application/json', 'text/csv'],
    status: 200,
  }),
  series: defineRoute({
    method: 'GET',
    path: '/api/v1/usage/series',
    permission: 'usage.view',
    doc: 'Tokens and money over time, for a chart.',
    params: none,
    query: z.object({ ...filters, by: z.enum(seriesByValues).optional(), bucket: bucketSchema.optional() }),
    body: none,
    reply: usageSeriesSchema,
    status: 200,
  }),
  tools: defineRoute({
    method: 'GET',
    path: '/api/v1/usage/tools',
    permission: 'usage.view',
    doc: 'Tools by how often they were called, with failures and durations.',
    params: none,
    query: z.object({ ...filters, format: formatSchema }),
    body: none,
    reply: z.object({ from: instantSchema, to: instantSchema, items: z.array(toolUsageSchema).max(200) }),
    media: ['application/json', 'text/csv'],
    status: 200,
  }),
  prompts: defineRoute({
    method: 'GET',
    path: '/api/v1/usage/prompts',
    permission: 'usage.view',
    doc: 'The dearest prompts. Their text is not known to Roundhouse.',
    params: none,
    query: z.object({ ...filters, limit: z.coerce.number().int().min(1).max(100).optional() }),
    body: none,
    reply: z.object({ items: z.array(dearPromptSchema).max(100) }),
    status: 200,
  }),
  session: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions/:id/usage',
    permission: 'usage.view',
    doc: 'Everything one session used, over all its epochs.',
    params: z.object({ id: sessionIdSchema }),
    query: none,
    body: none,
    reply: sessionUsageReplySchema,
    status: 200,
  }),
  fleetActivity: defineRoute({
    method: 'GET',
    path: '/api/v1/fleet/activity',
    permission: 'usage.view',
    doc: 'What hosts and sessions did in the last hours, for strips and spark lines.',
    params: none,
    query: z.object({ hours: z.coerce.number().int().min(1).max(24).optional() }),
    body: none,
    reply: fleetActivitySchema,
    status: 200,
  }),
  metrics: defineRoute({
    method: 'GET',
    path: '/metrics',
    permission: 'metrics.view',
    doc: 'Counters and gauges for Prometheus. Needs a token: one may have the scope `metrics.view` alone.',
    params: none,
    query: none,
    body: none,
    reply: z.string(),
    media: [metricsMediaType],
    status: 200,
  }),
  getPrices: defineRoute({
    method: 'GET',
    path: '/api/v1/prices',
    permission: 'usage.view',
    doc: 'Your own prices of models; they come before those of the price list.',
    params: none,
    query: none,
    body: none,
    reply: priceListSchema,
    status: 200,
  }),
  setPrices: defineRoute({
    method: 'PUT',
    path: '/api/v1/prices',
    permission: 'price.edit',
    doc: 'Replace your own prices. What was counted before keeps its price.',
    params: none,
    query: none,
    body: priceListSchema.pick({ models: true }),
    reply: priceListSchema,
    status: 200,
  }),
} as const;

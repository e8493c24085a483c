// Everything that is remembered of one epoch's telemetry, as plain data.
import {
  contextSourceSchema,
  countSchema,
  rateWindowSchema,
  rateWindowsMax,
  tokensSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { minutesSchema } from './minutes.js';
import { momentSchema } from './observation.js';
import { promptsSchema } from './prompts.js';
import { seriesStateSchema } from './series.js';
import { stampPattern } from './stamp.js';

const usageStateVersion = 2;

/** What events told, added up. */
const toldSchema = z.object({
  requests: countSchema,
  /** Requests with a cost of the agent's own, and with an estimate. */
  reported: countSchema,
  estimated: countSchema,
  tokens: tokensSchema,
  costNanos: countSchema,
  estimatedNanos: countSchema,
  unpricedTokens: countSchema,
});

/** What is counted whatever tells the tokens. */
const talliesSchema = z.object({
  errors: countSchema,
  retries: countSchema,
  toolCalls: countSchema,
  toolFailures: countSchema,
  prompts: countSchema,
  subagents: countSchema,
  modelChanges: countSchema,
  workingMs: countSchema,
  blockedMs: countSchema,
});

export const usageStateSchema = z.object({
  version: z.literal(usageStateVersion),
  /** Grows with each change; 0 before the first. */
  rev: countSchema,
  /** When the epoch was first heard of, in milliseconds since 1970; minutes before it are not believed. */
  since: z.number(),
  /** What counters told. */
  series: seriesStateSchema,
  told: toldSchema,
  /** Counters counted before the first event came: what they told is told again. */
  leftCounters: z.boolean(),
  /** Money for what only counters told: estimates, and costs that came in spans. */
  extra: z.object({
    reportedNanos: countSchema,
    estimatedNanos: countSchema,
    unpricedTokens: countSchema,
  }),
  tallies: talliesSchema,
  /** Identities of the latest events, oldest first. */
  seen: z.array(z.string()).transform((ids) => new Set(ids)),
  minutes: minutesSchema,
  prompts: promptsSchema,
  model: momentSchema.extend({ name: z.string(), fromEvent: z.boolean() }).nullable(),
  /** Marker of each model, as last said. */
  markers: z.record(
    z.string(),
    z.object({ marker: z.string().nullable(), at: z.string().regex(stampPattern) }),
  ),
  context: momentSchema
    .extend({
      source: contextSourceSchema,
      used: countSchema,
      model: z.string().nullable(),
      window: countSchema.nullable(),
    })
    .nullable(),
  limits: momentSchema.extend({ windows: z.array(rateWindowSchema).max(rateWindowsMax) }).nullable(),
  conversations: z.object({
    /** The main one where the lowest id is. */
    lowest: z.string().nullable(),
    children: z.array(z.string()),
    /** The latest that no other one started. */
    latest: z.string().nullable(),
  }),
});
export type UsageState = z.output<typeof usageStateSchema>;

/** @param since now, in milliseconds since 1970 */
export const emptyUsageState = (since = 0, rev = 0): UsageState => ({
  version: usageStateVersion,
  rev,
  since,
  series: {},
  told: {
    requests: 0,
    reported: 0,
    estimated: 0,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    estimatedNanos: 0,
    unpricedTokens: 0,
  },
  leftCounters: false,
  extra: { reportedNanos: 0, estimatedNanos: 0, unpricedTokens: 0 },
  tallies: {
    errors: 0,
    retries: 0,
    toolCalls: 0,
    toolFailures: 0,
    prompts: 0,
    subagents: 0,
    modelChanges: 0,
    workingMs: 0,
    blockedMs: 0,
  },
  seen: new Set(),
  minutes: { open: new Map(), closedUntil: -60_000 },
  prompts: { open: new Map(), closedUntil: 0, latest: new Map() },
  model: null,
  markers: {},
  context: null,
  limits: null,
  conversations: { lowest: null, children: [], latest: null },
});

/** As it is stored. */
export const usageStateText = (state: UsageState): string =>
  JSON.stringify(state, (_key, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...(value as Iterable<unknown>)] : value,
  );

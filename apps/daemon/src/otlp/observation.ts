// What an agent told, whoever it is and however it told it: plain data that can be journaled and applied again.
import {
  contextSourceSchema,
  countSchema,
  rateWindowSchema,
  rateWindowsMax,
  requestRoleSchema,
  tokensSchema,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { buckets } from './series.js';
import { stampPattern } from './stamp.js';

export const mainConversations = ['lowest', 'parentless'] as const;

/** When something was said: by time, then by the agent's own sequence. */
export const momentSchema = z.object({ at: z.string().regex(stampPattern), sequence: z.number() });
export type Moment = z.infer<typeof momentSchema>;

const said = {
  /** The same for an event that is sent again. */
  id: z.string(),
  moment: momentSchema,
  /** Milliseconds since 1970, by the agent's clock. */
  ms: z.number(),
};

const whoSchema = z.object({
  model: z.string().nullable(),
  /** The subagent's name. */
  agent: z.string().nullable(),
  role: requestRoleSchema,
  conversation: z.string().nullable(),
  /** How the main one of several conversations is found. */
  among: z.enum(mainConversations).nullable(),
});
export type Who = z.infer<typeof whoSchema>;

const request = z.object({
  ...said,
  is: z.literal('request'),
  /** Its id in states of earlier daemons. */
  earlierId: z.string().optional(),
  who: whoSchema,
  tokens: tokensSchema,
  /** Nano-dollars; null when there is no price. */
  cost: countSchema.nullable(),
  estimated: z.boolean(),
  prompt: z.string().nullable(),
});

const toolOutcomes = ['done', 'failed', 'rejected'] as const;
const tool = z.object({
  ...said,
  is: z.literal('tool'),
  who: whoSchema,
  tool: z.string(),
  outcome: z.enum(toolOutcomes),
  durationMs: z.number().nullable(),
  prompt: z.string().nullable(),
});

const prompt = z.object({
  ...said,
  is: z.literal('prompt'),
  who: whoSchema,
  prompt: z.string(),
  /** The agent names no prompt in its requests: those that follow belong to this one. */
  unnamed: z.boolean(),
  characters: countSchema.nullable(),
});

const point = z.object({
  is: z.literal('point'),
  key: z.string(),
  bucket: z.enum(buckets),
  temporality: z.enum(['delta', 'cumulative']),
  start: z.string().regex(/^\d+$/),
  time: z.string().regex(/^\d+$/),
  value: z.number(),
  who: whoSchema,
});

export const observationSchema = z.discriminatedUnion('is', [
  request,
  tool,
  prompt,
  point,
  z.object({ ...said, is: z.literal('error'), who: whoSchema, retries: countSchema }),
  z.object({ ...said, is: z.literal('retry'), who: whoSchema }),
  z.object({ ...said, is: z.literal('cost'), who: whoSchema, nanos: countSchema }),
  z.object({ ...said, is: z.literal('compaction'), who: whoSchema, used: countSchema }),
  z.object({ ...said, is: z.literal('subagent'), who: whoSchema }),
  z.object({ ...said, is: z.literal('conversation'), who: whoSchema, parent: z.string().nullable() }),
  z.object({
    is: z.literal('context'),
    moment: momentSchema,
    source: contextSourceSchema,
    model: z.string().nullable(),
    used: countSchema,
    window: countSchema.nullable(),
  }),
  z.object({
    is: z.literal('limits'),
    moment: momentSchema,
    limits: z.array(rateWindowSchema).max(rateWindowsMax),
  }),
  /** Time spent since the last one, in the minute of `ms`. */
  z.object({
    is: z.literal('spent'),
    ms: z.number(),
    workingMs: countSchema,
    waitingMs: countSchema,
    idleMs: countSchema,
    /** The part of `waitingMs` in which only a person could go on. */
    blockedMs: countSchema,
  }),
]);
export type Observation = z.infer<typeof observationSchema>;
export type ObservationOf<K extends Observation['is']> = Extract<Observation, { is: K }>;

// What an agent is doing: its state with the reason for it, and the signs that led there.
import { z } from 'zod';
import { instantSchema } from './common.js';

export const activityKinds = ['starting', 'working', 'waiting', 'idle', 'rate-limited', 'error'] as const;
export const activityKindSchema = z.enum(activityKinds);
export type ActivityKind = z.infer<typeof activityKindSchema>;

/** What a waiting agent waits for. */
export const waitsFor = ['permission', 'answer', 'plan', 'input'] as const;
export const waitsForSchema = z.enum(waitsFor);
export type WaitsFor = z.infer<typeof waitsForSchema>;

/** Where a sign of the state came from, strongest first; `osc` and `title` are of one rank. */
export const activitySources = ['hook', 'protocol', 'osc', 'title', 'otlp', 'screen', 'process'] as const;
export const activitySourceSchema = z.enum(activitySources);
export type ActivitySource = z.infer<typeof activitySourceSchema>;

/** Most characters of the parts of an ask; longer ones are cut by the daemon. */
export const askLimits = { tool: 100, command: 2_000, file: 1_000, text: 500 } as const;

/** What the agent asks for; only what it told. */
export const askSchema = z.object({
  tool: z.string().max(askLimits.tool).nullable(),
  command: z.string().max(askLimits.command).nullable(),
  file: z.string().max(askLimits.file).nullable(),
  text: z.string().max(askLimits.text).nullable(),
});
export type Ask = z.infer<typeof askSchema>;

export const activitySchema = z.object({
  kind: activityKindSchema,
  /** As in "PermissionRequest Bash" or "title ✋"; it never contains a time. */
  why: z.string().max(300),
  /** Host clock; for display only. */
  since: instantSchema,
  waitsFor: waitsForSchema.nullable().default(null),
  source: activitySourceSchema.nullable().default(null),
  ask: askSchema.nullable().default(null),
  /** When a rate limit ends, where the agent told. */
  until: instantSchema.nullable().default(null),
});
export type Activity = z.infer<typeof activitySchema>;

/** One source's newest sign, and why it did not win, if it did not. */
export const explainedSignSchema = z.object({
  source: activitySourceSchema,
  /** A reading may mean several states, as a title that is the same for idle and waiting. */
  kinds: z.array(activityKindSchema).max(activityKinds.length),
  why: z.string().max(300),
  since: instantSchema,
  ageMs: z.number().nonnegative(),
  /** Null for the winner and for those that agree with it. */
  overruled: z.string().max(300).nullable(),
});
export type ExplainedSign = z.infer<typeof explainedSignSchema>;

/** Changes that an explanation goes back. */
export const explainedChangesMax = 50;
export const activityExplanationSchema = z.object({
  signs: z.array(explainedSignSchema).max(20),
  /** Newest first. */
  changes: z
    .array(
      z.object({
        at: instantSchema,
        kind: activityKindSchema,
        waitsFor: waitsForSchema.nullable(),
        why: z.string().max(300),
        source: activitySourceSchema,
      }),
    )
    .max(explainedChangesMax),
});
export type ActivityExplanation = z.infer<typeof activityExplanationSchema>;

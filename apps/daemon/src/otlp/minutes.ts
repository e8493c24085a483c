// The same numbers once more, per minute: by model, subagent and role, and by tool.
import {
  countSchema,
  durationBuckets,
  requestRoleSchema,
  tokensSchema,
  type RequestRole,
  type Tokens,
} from '@roundhouse/protocol';
import { z } from 'zod';
import { bucketOf, emptyHistogram } from './histogram.js';
import { addTokens } from './tokens.js';

const minuteMs = 60_000;
/** Minutes that stay open for what comes late; what is later still counts in the oldest of them. */
const minutesKept = 61;
/** Rows of one minute, as on the wire; what is beyond counts in rows without a name. */
const maxRows = 32;
const maxTools = 64;

const rawTokensSchema = z.object({
  input: countSchema,
  output: countSchema,
  cacheRead: countSchema,
  cacheCreation: countSchema,
  reasoning: countSchema,
  toolInput: countSchema,
});
const moneySchema = { costNanos: countSchema, estimatedNanos: countSchema, unpricedTokens: countSchema };

const rowSchema = z.object({
  model: z.string().nullable(),
  agent: z.string().nullable(),
  role: requestRoleSchema,
  /** What events told. */
  told: z.object({ tokens: tokensSchema, requests: countSchema, ...moneySchema }),
  /** What counters told; it is used while there is no event. */
  counted: z.object({ tokens: rawTokensSchema, requests: countSchema, errors: countSchema, ...moneySchema }),
  errors: countSchema,
  retries: countSchema,
});
export type MinuteRow = z.infer<typeof rowSchema>;

const toolSchema = z.object({
  tool: z.string(),
  calls: countSchema,
  failed: countSchema,
  rejected: countSchema,
  durationMs: countSchema,
  histogram: z.array(countSchema).length(durationBuckets),
});
export type MinuteTool = z.infer<typeof toolSchema>;

const minuteSchema = z.object({
  /** Of the state, when the minute last changed. */
  rev: countSchema,
  rows: z.array(rowSchema),
  tools: z.array(toolSchema),
  workingMs: countSchema,
  waitingMs: countSchema,
  idleMs: countSchema,
  linesAdded: countSchema,
  linesRemoved: countSchema,
  commits: countSchema,
  pullRequests: countSchema,
  prompts: countSchema,
});
export type Minute = z.infer<typeof minuteSchema>;

export const minutesSchema = z.object({
  /** By the first millisecond. */
  open: z.array(z.tuple([z.number(), minuteSchema])).transform((entries) => new Map(entries)),
  /** The last minute that is not kept any more; opened again it would begin at nothing. */
  closedUntil: z.number(),
});
export type Minutes = z.output<typeof minutesSchema>;

/**
 * The minute that something said at `ms` counts in. Clocks jump, so it is neither before the epoch nor in the future;
 * and it is one of those that are kept.
 */
export function minuteAt(minutes: Minutes, ms: number, bounds: { since: number; now: number }): Minute {
  const within = Math.min(Math.max(ms, bounds.since - minuteMs), bounds.now + minuteMs);
  const start = Math.max(Math.floor(within / minuteMs) * minuteMs, minutes.closedUntil + minuteMs);
  const found = minutes.open.get(start);
  if (found !== undefined) return found;
  const made = emptyMinute();
  minutes.open.set(start, made);
  return made;
}

/** Forgets the oldest minutes that were told to the hub as they are now. */
export function closeMinutes(minutes: Minutes, toldRev: number): void {
  const starts = [...minutes.open.keys()].sort((a, b) => a - b);
  for (const start of starts.slice(0, Math.max(0, starts.length - minutesKept))) {
    if ((minutes.open.get(start)?.rev ?? 0) > toldRev) return;
    minutes.open.delete(start);
    minutes.closedUntil = Math.max(minutes.closedUntil, start);
  }
}

const emptyMinute = (): Minute => ({
  rev: 0,
  rows: [],
  tools: [],
  workingMs: 0,
  waitingMs: 0,
  idleMs: 0,
  linesAdded: 0,
  linesRemoved: 0,
  commits: 0,
  pullRequests: 0,
  prompts: 0,
});

interface RowName {
  readonly model: string | null;
  readonly agent: string | null;
  readonly role: RequestRole;
}

export function rowOf(minute: Minute, name: RowName): MinuteRow {
  const find = (wanted: RowName): MinuteRow | undefined =>
    minute.rows.find(
      ({ model, agent, role }) => model === wanted.model && agent === wanted.agent && role === wanted.role,
    );
  const found = find(name);
  if (found !== undefined) return found;
  // Three rows without a name are left for what does not fit.
  const full = minute.rows.length >= maxRows - 3;
  const wanted = full ? { model: null, agent: null, role: name.role } : name;
  const known = full ? find(wanted) : undefined;
  if (known !== undefined) return known;
  const made = emptyRow(wanted);
  minute.rows.push(made);
  return made;
}

const emptyRow = ({ model, agent, role }: RowName): MinuteRow => ({
  model,
  agent,
  role,
  told: {
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    requests: 0,
    costNanos: 0,
    estimatedNanos: 0,
    unpricedTokens: 0,
  },
  counted: {
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0, toolInput: 0 },
    requests: 0,
    errors: 0,
    costNanos: 0,
    estimatedNanos: 0,
    unpricedTokens: 0,
  },
  errors: 0,
  retries: 0,
});

export interface Money {
  readonly costNanos: number;
  readonly estimatedNanos: number;
  readonly unpricedTokens: number;
}

export function addRequestTo(row: MinuteRow, tokens: Tokens, money: Money): void {
  row.told.tokens = addTokens(row.told.tokens, tokens);
  row.told.requests += 1;
  addMoney(row.told, money);
}

export function addMoney(to: { -readonly [K in keyof Money]: number }, money: Money): void {
  to.costNanos += money.costNanos;
  to.estimatedNanos += money.estimatedNanos;
  to.unpricedTokens += money.unpricedTokens;
}

/** Name of the row of tools beyond the limit. */
const otherTools = 'other';

export function addToolTo(
  minute: Minute,
  call: { tool: string; outcome: 'done' | 'failed' | 'rejected'; durationMs: number | null },
): void {
  const tool = toolOf(minute, call.tool);
  if (call.outcome === 'rejected') {
    tool.rejected += 1;
    return;
  }
  tool.calls += 1;
  if (call.outcome === 'failed') tool.failed += 1;
  if (call.durationMs === null) return;
  tool.durationMs += call.durationMs;
  const bucket = bucketOf(call.durationMs);
  tool.histogram[bucket] = (tool.histogram[bucket] ?? 0) + 1;
}

function toolOf(minute: Minute, name: string): MinuteTool {
  const find = (wanted: string): MinuteTool | undefined => minute.tools.find(({ tool }) => tool === wanted);
  const wanted = find(name) === undefined && minute.tools.length >= maxTools - 1 ? otherTools : name;
  const found = find(wanted);
  if (found !== undefined) return found;
  const made = { tool: wanted, calls: 0, failed: 0, rejected: 0, durationMs: 0, histogram: emptyHistogram() };
  minute.tools.push(made);
  return made;
}

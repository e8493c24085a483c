// What each prompt led to: its requests, tools and money. Only a bounded number of prompts is still open.
import { countSchema, tokensSchema, type Tokens } from '@roundhouse/protocol';
import { z } from 'zod';
import { addTokens } from './tokens.js';

/** Prompts whose requests may still come. */
const maxOpen = 64;
/** Conversations whose latest prompt is remembered. */
const maxLatest = 16;

const promptSchema = z.object({
  rev: countSchema,
  /** Milliseconds since 1970. */
  at: z.number(),
  model: z.string().nullable(),
  tokens: tokensSchema,
  costNanos: countSchema,
  reported: z.boolean(),
  estimated: z.boolean(),
  requests: countSchema,
  toolCalls: countSchema,
  characters: countSchema.nullable(),
});
export type OpenPrompt = z.infer<typeof promptSchema>;

export const promptsSchema = z.object({
  open: z.array(z.tuple([z.string(), promptSchema])).transform((entries) => new Map(entries)),
  /** Prompts up to here (milliseconds since 1970) are not opened again: they would begin at nothing. */
  closedUntil: z.number(),
  /** The latest prompt of each conversation, where requests do not name theirs. */
  latest: z.array(z.tuple([z.string(), z.string()])).transform((entries) => new Map(entries)),
});
export type Prompts = z.output<typeof promptsSchema>;

/** The prompt, opened if it may be; null when it was closed or there is none. */
export function promptOf(prompts: Prompts, id: string | null, at: number): OpenPrompt | null {
  if (id === null) return null;
  const found = prompts.open.get(id);
  if (found !== undefined) return found;
  if (at <= prompts.closedUntil) return null;
  const made: OpenPrompt = {
    rev: 0,
    at,
    model: null,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    reported: false,
    estimated: false,
    requests: 0,
    toolCalls: 0,
    characters: null,
  };
  prompts.open.set(id, made);
  close(prompts);
  return prompts.open.has(id) ? made : null;
}

function close(prompts: Prompts): void {
  while (prompts.open.size > maxOpen) {
    const [id, oldest] = [...prompts.open].reduce((a, b) => (b[1].at < a[1].at ? b : a));
    prompts.open.delete(id);
    prompts.closedUntil = Math.max(prompts.closedUntil, oldest.at);
  }
}

export function setLatest(prompts: Prompts, conversation: string, id: string): void {
  prompts.latest.delete(conversation);
  prompts.latest.set(conversation, id);
  for (const oldest of prompts.latest.keys()) {
    if (prompts.latest.size <= maxLatest) break;
    prompts.latest.delete(oldest);
  }
}

export function addRequestToPrompt(
  prompt: OpenPrompt,
  request: { tokens: Tokens; cost: number | null; estimated: boolean; model: string | null; main: boolean },
): void {
  prompt.tokens = addTokens(prompt.tokens, request.tokens);
  prompt.requests += 1;
  if (request.main && request.model !== null) prompt.model = request.model;
  if (request.cost === null) return;
  prompt.costNanos += request.cost;
  if (request.estimated) prompt.estimated = true;
  else prompt.reported = true;
}

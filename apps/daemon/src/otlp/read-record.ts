// What one event means by the rules of its agent: an observation, or that it cannot be read.
import type { RequestRole } from '@roundhouse/protocol';
import type { Meaning, MeaningRule } from './meaning.js';
import { parseModel } from './models.js';
import type { Observation, Who } from './observation.js';
import { earlierIdentityOf, identityOf } from './request-id.js';
import { countIn, numberIn, textIn, type Said } from './said.js';
import { stampOf } from './stamp.js';
import { exclusive, type RawTokens } from './tokens.js';
import type { Pricer } from './pricing/price.js';

export interface Reading {
  readonly observations: readonly Observation[];
  /** Events that should count and could not be read. */
  readonly refused: number;
}

interface Context {
  readonly meaning: Meaning;
  readonly price: Pricer;
}

/** For each meaning the first rule that fits. */
export function readSaid(said: Said, rules: Meaning['events'], context: Context): Reading {
  const found = new Map<string, MeaningRule>();
  for (const name of [...said.names, anyName]) {
    for (const rule of rules.get(name) ?? []) {
      if (!found.has(rule.is) && rule.fits(said)) found.set(rule.is, rule);
    }
    if (found.size > 0) break;
  }
  const readings = [...found.values()].map((rule) => observe(said, rule, context));
  return {
    observations: readings.filter((reading) => reading !== null),
    refused: readings.filter((reading) => reading === null).length,
  };
}

/** A rule for events of every name. */
const anyName = '*';
const nanosPerMilli = 1_000_000n;
const longestModel = 200;
const longestName = 100;
const longestPrompt = 200;

function observe(said: Said, rule: MeaningRule, context: Context): Observation | null {
  const { fields } = rule;
  const base = {
    id: identityOf(rule, said),
    moment: { at: stampOf(said.time), sequence: numberIn(said, fields.sequence) ?? 0 },
    ms: Number(said.time / nanosPerMilli),
    who: whoOf(said, rule, context.meaning),
  };
  switch (rule.is) {
    case 'request':
      return request(said, rule, { ...context, base });
    case 'tool':
      return tool(said, rule, base);
    case 'prompt':
      return prompt(said, rule, base);
    case 'error':
      return { is: 'error', ...base, retries: Math.max(0, (countIn(said, fields.attempts, 1) ?? 1) - 1) };
    case 'cost': {
      const nanos = costIn(said, rule);
      return nanos === null ? null : { is: 'cost', ...base, nanos };
    }
    case 'compaction': {
      const used = countIn(said, fields.used, null);
      return used === null ? null : { is: 'compaction', ...base, used };
    }
    case 'conversation':
      return { is: 'conversation', ...base, parent: textIn(said, fields.parent) };
    case 'retry':
    case 'subagent':
      return { is: rule.is, ...base };
  }
}

interface Base {
  readonly id: string;
  readonly moment: { readonly at: string; readonly sequence: number };
  readonly ms: number;
  readonly who: Who;
}

function whoOf(said: Said, rule: MeaningRule, meaning: Meaning): Who {
  const { fields } = rule;
  const agent = textIn(said, fields.agent)?.slice(0, longestName) ?? null;
  const conversation = textIn(said, fields.conversation)?.slice(0, longestPrompt) ?? null;
  const ofChild = rule.is !== 'conversation' && textIn(said, fields.parent) !== null;
  return {
    model: textIn(said, fields.model)?.slice(0, longestModel) ?? null,
    agent,
    role: ofChild ? 'subagent' : roleOf(rule, textIn(said, fields.source), agent),
    conversation,
    among: conversation === null ? null : meaning.among,
  };
}

function roleOf(
  { main, subagent }: Pick<MeaningRule, 'main' | 'subagent'>,
  source: string | null,
  agent: string | null,
): RequestRole {
  if (main === null) return 'main';
  if (source === null) return agent === null ? 'main' : 'subagent';
  if (main.test(source)) return 'main';
  return agent !== null || subagent?.test(source) === true ? 'subagent' : 'auxiliary';
}

function request(said: Said, rule: MeaningRule, at: Context & { base: Base }): Observation | null {
  const { meaning, price, base } = at;
  const raw = rawTokens(said, rule.fields);
  if (raw === null) return null;
  const tokens = exclusive(raw, meaning.habits);
  const told = costIn(said, rule);
  const untold = told === null || (told === 0 && rule.zeroCostUnknown);
  const model = parseModel(base.who.model ?? undefined)?.name ?? null;
  return {
    is: 'request',
    ...base,
    earlierId: earlierIdentityOf(rule, said),
    tokens,
    cost: untold ? price(model, tokens, base.ms) : told,
    estimated: untold,
    prompt: promptIn(said, rule),
  };
}

const promptIn = (said: Said, { fields }: MeaningRule): string | null =>
  textIn(said, fields.prompt)?.slice(0, longestPrompt) ?? null;

/** Absent is 0; null when one of them is no count. */
function rawTokens(said: Said, fields: MeaningRule['fields']): RawTokens | null {
  const input = countIn(said, fields.input);
  const output = countIn(said, fields.output);
  const cacheRead = countIn(said, fields.cache_read);
  const cacheCreation = countIn(said, fields.cache_creation);
  const reasoning = countIn(said, fields.reasoning);
  const toolInput = countIn(said, fields.tool_input);
  if (input === null || output === null || cacheRead === null) return null;
  if (cacheCreation === null || reasoning === null || toolInput === null) return null;
  return { input, output, cacheRead, cacheCreation, reasoning, toolInput };
}

/** Nano-dollars; null when no usable cost is told. Dollars first: micros are rounded already. */
function costIn(said: Said, { fields }: MeaningRule): number | null {
  const dollars = numberIn(said, fields.cost_usd);
  const micros = numberIn(said, fields.cost_micros);
  const nanos = dollars === null ? Math.round((micros ?? NaN) * 1e3) : Math.round(dollars * 1e9);
  return Number.isSafeInteger(nanos) && nanos >= 0 ? nanos : null;
}

function tool(said: Said, rule: MeaningRule, base: Base): Observation {
  const { fields, ok, rejected } = rule;
  const decision = textIn(said, fields.decision);
  const success = textIn(said, fields.success);
  const refused = decision !== null && rejected?.test(decision) === true;
  return {
    is: 'tool',
    ...base,
    tool: textIn(said, fields.tool)?.slice(0, longestName) ?? 'unknown',
    outcome: refused ? 'rejected' : success !== null && !ok.test(success) ? 'failed' : 'done',
    durationMs: durationIn(said, fields),
    prompt: promptIn(said, rule),
  };
}

function durationIn(said: Said, fields: MeaningRule['fields']): number | null {
  const started = numberIn(said, fields.started);
  const ended = numberIn(said, fields.ended);
  const told = numberIn(said, fields.duration_ms);
  const duration = told ?? (started !== null && ended !== null ? ended - started : null);
  return duration !== null && duration >= 0 && duration < 1e12 ? Math.round(duration) : null;
}

function prompt(said: Said, rule: MeaningRule, base: Base): Observation {
  const named = promptIn(said, rule);
  return {
    is: 'prompt',
    ...base,
    prompt: named ?? base.id,
    unnamed: named === null,
    characters: countIn(said, rule.fields.characters, null),
  };
}

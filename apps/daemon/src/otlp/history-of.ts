// The minutes and prompts of an epoch, as the hub is told them: absolute numbers that carry their revision.
import type { ModelMinute, PromptUsage, UsageMinute } from '@roundhouse/protocol';
import type { Meaning } from './meaning.js';
import type { Minute, MinuteRow } from './minutes.js';
import type { OpenPrompt } from './prompts.js';
import { exclusive } from './tokens.js';
import { countsEvents } from './usage-of.js';
import type { UsageState } from './usage-state.js';

/** What changed after a revision, oldest first. */
export function minutesSince(
  state: UsageState,
  rev: number,
  meaning: Pick<Meaning, 'habits'>,
): UsageMinute[] {
  return [...state.minutes.open]
    .filter(([, minute]) => minute.rev > rev)
    .sort(([a], [b]) => a - b)
    .map(([start, minute]) => minuteOf(start, minute, { meaning, events: countsEvents(state), ...state }));
}

export function promptsSince(state: UsageState, rev: number): PromptUsage[] {
  return [...state.prompts.open]
    .filter(([, prompt]) => prompt.rev > rev)
    .sort(([, a], [, b]) => a.at - b.at)
    .map(([promptId, prompt]) => promptUsageOf(promptId, prompt));
}

interface How {
  readonly meaning: Pick<Meaning, 'habits'>;
  /** Whether events count, or counters. */
  readonly events: boolean;
  readonly leftCounters: boolean;
}

function minuteOf(start: number, minute: Minute, how: How): UsageMinute {
  const { rev, rows, tools, workingMs, waitingMs, idleMs } = minute;
  const { linesAdded, linesRemoved, commits, pullRequests, prompts } = minute;
  return {
    minute: new Date(start).toISOString(),
    rev,
    models: rows.filter((row) => isTold(row, how)).map((row) => modelMinuteOf(row, how)),
    tools: tools.map((tool) => ({ ...tool, histogram: [...tool.histogram] })),
    workingMs,
    waitingMs,
    idleMs,
    linesAdded,
    linesRemoved,
    commits,
    pullRequests,
    prompts,
  };
}

/** A row that only counters know says nothing, unless they were believed before: then it is told with nothing in it. */
const isTold = ({ told, errors, retries }: MinuteRow, { events, leftCounters }: How): boolean =>
  !events || leftCounters || told.requests + errors + retries > 0;

function modelMinuteOf(row: MinuteRow, { meaning, events }: How): ModelMinute {
  const { model, agent, role, told, counted, retries } = row;
  const { costNanos, estimatedNanos, unpricedTokens, requests } = events ? told : counted;
  return {
    model,
    agent,
    role,
    tokens: events ? told.tokens : exclusive(counted.tokens, meaning.habits),
    costNanos,
    estimatedNanos,
    unpricedTokens,
    requests,
    errors: row.errors + counted.errors,
    retries,
  };
}

const promptUsageOf = (promptId: string, prompt: OpenPrompt): PromptUsage => ({
  promptId,
  rev: prompt.rev,
  at: new Date(prompt.at).toISOString(),
  model: prompt.model,
  tokens: prompt.tokens,
  costNanos: prompt.costNanos,
  costSource: prompt.estimated ? 'estimated' : prompt.reported ? 'reported' : 'none',
  requests: prompt.requests,
  toolCalls: prompt.toolCalls,
  characters: prompt.characters,
});

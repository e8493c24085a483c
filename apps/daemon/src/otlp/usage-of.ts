// The absolute totals of an epoch, as the hub is told them.
import type { Tokens, Usage } from '@roundhouse/protocol';
import type { Meaning } from './meaning.js';
import { sumBuckets } from './series.js';
import { exclusive } from './tokens.js';
import type { UsageState } from './usage-state.js';

export interface UsageView {
  readonly meaning: Pick<Meaning, 'habits'>;
  /** Tokens that fit into a model's window; null when nobody knows. */
  readonly windowOf: (model: string, marker: string | null) => number | null;
  /** Name and version of the price list. */
  readonly priceTable: string | null;
}

type Sums = ReturnType<typeof sumBuckets>;
type Totals = Pick<
  Usage,
  'tokens' | 'costNanos' | 'costSource' | 'estimatedNanos' | 'unpricedTokens' | 'requests'
>;

/** One source for all totals, never a mixture: events and counters describe the same requests. */
export const countsEvents = ({ told }: UsageState): boolean => told.requests > 0;

/** Null while nothing has been counted. */
export function usageOf(state: UsageState, view: UsageView): Usage | null {
  if (state.rev === 0) return null;
  const { tallies, limits, model } = state;
  const sums = sumBuckets(state.series);
  const totals = countsEvents(state) ? eventTotals(state) : counterTotals(state, sums, view);
  return {
    rev: state.rev,
    ...totals,
    priceTable: (totals.estimatedNanos ?? 0) > 0 ? view.priceTable : null,
    model: model?.name ?? null,
    context: contextOf(state, view),
    activeSeconds: sums.active === null ? null : sums.active / 1000,
    errors: tallies.errors + (sums.errors ?? 0),
    retries: tallies.retries,
    toolCalls: tallies.toolCalls,
    toolFailures: tallies.toolFailures,
    linesAdded: sums.linesAdded ?? 0,
    linesRemoved: sums.linesRemoved ?? 0,
    commits: sums.commits ?? 0,
    pullRequests: sums.pullRequests ?? 0,
    prompts: tallies.prompts,
    modelChanges: tallies.modelChanges,
    subagents: tallies.subagents,
    workingMs: tallies.workingMs,
    blockedMs: tallies.blockedMs,
    limits: limits?.windows ?? [],
  };
}

const eventTotals = ({ told }: UsageState): Totals => ({
  tokens: told.tokens,
  costNanos: told.costNanos,
  costSource: told.estimated > 0 ? 'estimated' : told.reported > 0 ? 'reported' : 'none',
  estimatedNanos: told.estimatedNanos,
  unpricedTokens: told.unpricedTokens,
  requests: told.requests,
});

function counterTotals({ extra }: UsageState, sums: Sums, { meaning }: UsageView): Totals {
  const tokens: Tokens = exclusive(
    {
      input: sums.input ?? 0,
      output: sums.output ?? 0,
      cacheRead: sums.cacheRead ?? 0,
      cacheCreation: sums.cacheCreation ?? 0,
      reasoning: sums.reasoning ?? 0,
      toolInput: sums.toolInput ?? 0,
    },
    meaning.habits,
  );
  const reported = sums.cost !== null || extra.reportedNanos > 0;
  const estimated = extra.estimatedNanos > 0;
  return {
    tokens,
    costNanos: (sums.cost ?? 0) + extra.reportedNanos + extra.estimatedNanos,
    costSource: estimated ? 'estimated' : reported ? 'reported' : 'none',
    estimatedNanos: extra.estimatedNanos,
    unpricedTokens: extra.unpricedTokens,
    requests: sums.requests ?? 0,
  };
}

function contextOf({ context, model, markers }: UsageState, view: UsageView): Usage['context'] {
  if (context === null) return null;
  const name = context.model ?? model?.name ?? null;
  const marker = name !== null && Object.hasOwn(markers, name) ? (markers[name]?.marker ?? null) : null;
  const window = context.window ?? (name === null ? null : view.windowOf(name, marker));
  return { used: context.used, window, source: context.source };
}

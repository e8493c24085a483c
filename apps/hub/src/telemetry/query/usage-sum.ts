// Sums of rows as they are told. Pure.
import type { CostSource, Tokens, UsageSum } from '@roundhouse/protocol';

/** Columns of the three tables, summed; a column that was not asked for counts nothing. */
export type SummedColumns = Readonly<Record<string, unknown>>;

export const countOf = (row: SummedColumns, column: string): number => Number(row[column] ?? 0);

export const tokensOf = (row: SummedColumns): Tokens => ({
  input: countOf(row, 'input_tokens'),
  output: countOf(row, 'output_tokens'),
  cacheRead: countOf(row, 'cache_read_tokens'),
  cacheCreation: countOf(row, 'cache_creation_tokens'),
  reasoning: countOf(row, 'reasoning_tokens'),
});

export const costSourceOf = (costNanos: number, estimatedNanos: number): CostSource =>
  estimatedNanos > 0 ? 'estimated' : costNanos > 0 ? 'reported' : 'none';

/** Part of what was sent that came from the provider's cache. */
export function cacheHitOf({ input, cacheRead, cacheCreation }: Tokens): number | null {
  const sent = input + cacheRead + cacheCreation;
  return sent > 0 ? cacheRead / sent : null;
}

export function usageSumOf(row: SummedColumns): UsageSum {
  const tokens = tokensOf(row);
  const [costNanos, estimatedNanos] = [countOf(row, 'cost_nanos'), countOf(row, 'estimated_nanos')];
  return {
    tokens,
    ...{ costNanos, estimatedNanos, costSource: costSourceOf(costNanos, estimatedNanos) },
    unpricedTokens: countOf(row, 'unpriced_tokens'),
    requests: countOf(row, 'requests'),
    errors: countOf(row, 'errors'),
    retries: countOf(row, 'retries'),
    toolCalls: countOf(row, 'calls'),
    toolFailures: countOf(row, 'failed'),
    sessions: countOf(row, 'sessions'),
    workingMs: countOf(row, 'working_ms'),
    waitingMs: countOf(row, 'waiting_ms'),
    idleMs: countOf(row, 'idle_ms'),
    linesAdded: countOf(row, 'lines_added'),
    linesRemoved: countOf(row, 'lines_removed'),
    commits: countOf(row, 'commits'),
    pullRequests: countOf(row, 'pull_requests'),
    prompts: countOf(row, 'prompts'),
    cacheHit: cacheHitOf(tokens),
  };
}

export const totalTokens = ({ input, output, cacheRead, cacheCreation }: Tokens): number =>
  input + output + cacheRead + cacheCreation;

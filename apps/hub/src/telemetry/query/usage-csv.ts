// Tables of usage for a sheet. Pure.
import type { ToolUsage, UsageGroup, UsageItem } from '@roundhouse/protocol';
import { csvLines, dollars, type CsvValue } from './csv.js';

const columns = {
  input_tokens: ({ tokens }) => tokens.input,
  output_tokens: ({ tokens }) => tokens.output,
  cache_read_tokens: ({ tokens }) => tokens.cacheRead,
  cache_creation_tokens: ({ tokens }) => tokens.cacheCreation,
  reasoning_tokens: ({ tokens }) => tokens.reasoning,
  cost_usd: ({ costNanos }) => dollars(costNanos),
  estimated_usd: ({ estimatedNanos }) => dollars(estimatedNanos),
  cost_source: ({ costSource }) => costSource,
  unpriced_tokens: ({ unpricedTokens }) => unpricedTokens,
  requests: ({ requests }) => requests,
  errors: ({ errors }) => errors,
  retries: ({ retries }) => retries,
  tool_calls: ({ toolCalls }) => toolCalls,
  tool_failures: ({ toolFailures }) => toolFailures,
  sessions: ({ sessions }) => sessions,
  working_seconds: ({ workingMs }) => workingMs / 1_000,
  waiting_seconds: ({ waitingMs }) => waitingMs / 1_000,
  idle_seconds: ({ idleMs }) => idleMs / 1_000,
  lines_added: ({ linesAdded }) => linesAdded,
  lines_removed: ({ linesRemoved }) => linesRemoved,
  commits: ({ commits }) => commits,
  pull_requests: ({ pullRequests }) => pullRequests,
  prompts: ({ prompts }) => prompts,
} as const satisfies Record<string, (item: UsageItem) => CsvValue>;

export function* usageCsv(groups: readonly UsageGroup[], items: readonly UsageItem[]): Generator<string> {
  const read: ((item: UsageItem) => CsvValue)[] = Object.values(columns);
  function* rows(): Generator<CsvValue[]> {
    for (const item of items) {
      yield [...groups.map((group) => item.key[group] ?? null), item.label, ...read.map((of) => of(item))];
    }
  }
  yield* csvLines([...groups, 'label', ...Object.keys(columns)], rows());
}

export function* toolsCsv(items: readonly ToolUsage[]): Generator<string> {
  const header = ['tool', 'calls', 'failed', 'rejected', 'median_ms', 'total_ms'];
  const rows = items.map(({ tool, calls, failed, rejected, medianMs, totalMs }) => [
    ...[tool, calls, failed, rejected, medianMs, totalMs],
  ]);
  yield* csvLines(header, rows);
}

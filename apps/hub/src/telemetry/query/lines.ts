// Lines of a chart of rows by bucket: the greatest, and what is left as one more. Pure.
import type { UsageSeries } from '@roundhouse/protocol';
import type { SeriesBy, SeriesRow } from './series.repository.js';
import { countOf, tokensOf, totalTokens } from './usage-sum.js';

type Line = UsageSeries['lines'][number];

const linesMax = 12;
const kinds = ['input', 'output', 'cacheRead', 'cacheCreation'] as const;

export function linesOf(
  rows: readonly SeriesRow[],
  by: SeriesBy,
  { length, names }: { length: number; names: ReadonlyMap<string, string> },
): Line[] {
  return by === 'kind' ? byKind(rows, length) : byKey(rows, by, { length, names });
}

/** Money is not told apart by kind: these lines have none. */
function byKind(rows: readonly SeriesRow[], length: number): Line[] {
  return kinds.map((kind) => {
    const line = emptyLine(kind, kind, length);
    for (const row of rows) add(line.tokens, row.bucket, tokensOf(row)[kind]);
    return line;
  });
}

function byKey(
  rows: readonly SeriesRow[],
  by: SeriesBy,
  { length, names }: { length: number; names: ReadonlyMap<string, string> },
): Line[] {
  const lines = new Map<string, Line>();
  for (const row of rows) {
    const key = row.key ?? '';
    const line = lines.get(key) ?? emptyLine(key, labelOf(key, by, names), length);
    lines.set(key, line);
    add(line.tokens, row.bucket, totalTokens(tokensOf(row)));
    add(line.costNanos, row.bucket, countOf(row, 'cost_nanos'));
  }
  const sorted = [...lines.values()].sort(
    (a, b) => sum(b.costNanos) - sum(a.costNanos) || sum(b.tokens) - sum(a.tokens),
  );
  const rest = sorted.slice(linesMax);
  if (rest.length === 0) return sorted;
  const other = emptyLine('other', 'other', length);
  for (const line of rest) {
    line.tokens.forEach((count, index) => {
      add(other.tokens, index, count);
    });
    line.costNanos.forEach((count, index) => {
      add(other.costNanos, index, count);
    });
  }
  return [...sorted.slice(0, linesMax), other];
}

const emptyLine = (key: string, label: string, length: number): Line => ({
  ...{ key, label },
  tokens: Array.from({ length }, () => 0),
  costNanos: Array.from({ length }, () => 0),
});

function labelOf(key: string, by: SeriesBy, names: ReadonlyMap<string, string>): string {
  if (key === '') return by === 'model' ? 'unknown model' : 'unknown';
  return by === 'project' ? (key.split('/').at(-1) ?? key) : (names.get(key) ?? key);
}

/** Rows behind the last bucket (a day of UTC in a zone far east) count in the last. */
const add = (list: number[], index: number, count: number): void => {
  const place = Math.min(index, list.length - 1);
  list[place] = (list[place] ?? 0) + count;
};
const sum = (list: readonly number[]): number => list.reduce((total, count) => total + count, 0);

// From the hub's series to bars that can be told apart: neighbours are added up, small lines become one. Pure.
import type { UsageSeries } from '@roundhouse/protocol';
import type { ChartFill, ChartLine } from './chart-line.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const grain = { minute: MINUTE, hour: HOUR, day: DAY } as const;
const steps = [
  ...[MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY],
];

/** More bars than this cannot be told apart. */
export const barsMax = 62;

export interface Bars {
  readonly at: readonly number[];
  readonly stepMs: number;
  readonly lines: readonly ChartLine[];
}

/** Milliseconds of one bar: the smallest round step that gives few enough bars. */
export function stepOf(spanMs: number, bucket: UsageSeries['bucket']): number {
  return (
    steps.find((step) => step >= grain[bucket] && step % grain[bucket] === 0 && spanMs / step <= barsMax) ??
    14 * DAY
  );
}

/** Bars begin at round times of the reader's own zone. */
function startOf(at: number, stepMs: number): number {
  const zone = -new Date(at).getTimezoneOffset() * MINUTE;
  return Math.floor((at + zone) / stepMs) * stepMs - zone;
}

const fills: readonly ChartFill[] = [1, 2, 3, 4];
const kindFills: Readonly<Record<string, ChartFill>> = {
  cacheRead: 3,
  cacheCreation: 4,
  input: 1,
  output: 2,
};
const kindOrder = ['cacheRead', 'cacheCreation', 'input', 'output'];

export interface BarOptions {
  readonly what: 'tokens' | 'cost';
  /** Words of the lines that the hub names by kind. */
  readonly words: Readonly<Record<string, string>>;
  readonly other: string;
}

export function toBars(series: UsageSeries, options: BarOptions): Bars {
  const from = Date.parse(series.from);
  const to = Date.parse(series.to);
  const stepMs = stepOf(to - from, series.bucket);
  const first = startOf(from, stepMs);
  const count = Math.max(1, Math.ceil((to - first) / stepMs));
  const at = Array.from({ length: count }, (_, i) => first + i * stepMs);
  const sum = (values: readonly number[]): number[] => {
    const bars = new Array<number>(count).fill(0);
    series.at.forEach((second, i) => {
      const bar = Math.floor((second * 1000 - first) / stepMs);
      if (bar >= 0 && bar < count) bars[bar] = (bars[bar] ?? 0) + (values[i] ?? 0);
    });
    return bars;
  };
  const lines = series.lines.map((line) => ({
    key: line.key,
    label: options.words[line.key] ?? line.label,
    values: sum(options.what === 'cost' ? line.costNanos : line.tokens),
  }));
  return { at, stepMs, lines: colour(lines, options.other) };
}

type Plain = Omit<ChartLine, 'fill'>;

function colour(lines: readonly Plain[], other: string): ChartLine[] {
  if (lines.some(({ key }) => key in kindFills))
    return kindOrder.flatMap((kind) => {
      const line = lines.find(({ key }) => key === kind);
      return line ? [{ ...line, fill: kindFills[kind] ?? 'other' }] : [];
    });
  const total = ({ values }: Plain): number => values.reduce((sum, value) => sum + value, 0);
  const sorted = lines.filter(({ key }) => key !== 'other').toSorted((a, b) => total(b) - total(a));
  const named = sorted.slice(0, fills.length).map((line, i) => ({ ...line, fill: fills[i] ?? 'other' }));
  const rest = [...sorted.slice(fills.length), ...lines.filter(({ key }) => key === 'other')];
  if (rest.length === 0) return named;
  const values = (rest[0]?.values ?? []).map((_, i) =>
    rest.reduce((sum, line) => sum + (line.values[i] ?? 0), 0),
  );
  return [...named, { key: 'other', label: other, fill: 'other', values }];
}

// Exact sums of metric points per series, however often and in whatever order they arrive.
// The state is plain data, so that it can be stored before a request is answered.
import { z } from 'zod';
import {
  covers,
  intervalOf,
  intervalPattern,
  endOf,
  stampOf,
  stampPattern,
  uniteInto,
  type Interval,
} from './stamp.js';

/**
 * Intervals remembered one by one per series; older ones are only known as covered time.
 * At the shortest export interval (1 s) two minutes, and exporters give up resending after one.
 */
const maxSeenIntervals = 128;
/** Stretches of covered time per series; beyond it the oldest gap counts as covered. */
const maxCoveredRanges = 128;
/** Lives (start times) of one cumulative series; older ones are closed. */
export const maxStarts = 64;
/** Series of one session. A real one has below a hundred; more means attributes without bound. */
export const maxSeries = 1_000;

/** What a series adds up to. `active` is in milliseconds, `cost` in nano-dollars, the rest are counts. */
export const buckets = [
  'input',
  'output',
  'cacheRead',
  'cacheCreation',
  'reasoning',
  'toolInput',
  'cost',
  'active',
  'requests',
  'errors',
  'linesAdded',
  'linesRemoved',
  'commits',
  'pullRequests',
] as const;
export type Bucket = (typeof buckets)[number];

const totalSchema = z.int().nonnegative();

const deltaSeriesSchema = z.object({
  kind: z.literal('delta'),
  bucket: z.enum(buckets),
  total: totalSchema,
  /** Intervals that were added, latest remembered. */
  seen: z.array(z.string().regex(intervalPattern)),
  /** Time covered by the intervals that are no longer in `seen`; sorted, disjoint. */
  covered: z.array(z.string().regex(intervalPattern)),
});
const cumulativeSeriesSchema = z.object({
  kind: z.literal('cumulative'),
  bucket: z.enum(buckets),
  /** Greatest value of each start time. */
  starts: z.record(z.string().regex(stampPattern), totalSchema),
  /** Sum of the starts that are no longer in `starts`, and the latest of them ('' for none). */
  closedTotal: totalSchema,
  closedUntil: z.string(),
});

export const seriesStateSchema = z.record(
  z.string(),
  z.discriminatedUnion('kind', [deltaSeriesSchema, cumulativeSeriesSchema]),
);
export type SeriesState = z.infer<typeof seriesStateSchema>;
type DeltaSeries = z.infer<typeof deltaSeriesSchema>;
type CumulativeSeries = z.infer<typeof cumulativeSeriesSchema>;

export interface SeriesPoint {
  /** Identity of the series without its start time, from `seriesKey`. */
  readonly key: string;
  readonly bucket: Bucket;
  readonly temporality: 'delta' | 'cumulative';
  readonly start: bigint;
  readonly time: bigint;
  /** A whole, non-negative number in the unit of the bucket. */
  readonly value: number;
}

/** added: the state changed; known: sent before or overtaken; refused: not a usable point, or too many series. */
export type Outcome = 'added' | 'known' | 'refused';

// One metric may change its temporality between two lives of the agent: those are two series.
const keyOf = ({ temporality, key }: SeriesPoint): string => `${temporality === 'delta' ? 'd' : 'c'}.${key}`;

/** What the series of a point adds up to so far. */
export function totalBefore(state: SeriesState, point: SeriesPoint): number {
  const key = keyOf(point);
  const series = Object.hasOwn(state, key) ? state[key] : undefined;
  return series === undefined ? 0 : totalOf(series);
}

/** Adds a point to the state, which it changes in place. */
export function addPoint(state: SeriesState, point: SeriesPoint): Outcome {
  if (!Number.isSafeInteger(point.value) || point.value < 0) return 'refused';
  const key = keyOf(point);
  const series = Object.hasOwn(state, key) ? state[key] : undefined;
  if (series === undefined && Object.keys(state).length >= maxSeries) return 'refused';
  if (point.temporality === 'delta') {
    const delta = series?.kind === 'delta' ? series : newDelta(point.bucket);
    return keep(state, key, delta, addDelta(delta, point));
  }
  const cumulative = series?.kind === 'cumulative' ? series : newCumulative(point.bucket);
  return keep(state, key, cumulative, addCumulative(cumulative, point));
}

function keep(
  state: SeriesState,
  key: string,
  series: DeltaSeries | CumulativeSeries,
  outcome: Outcome,
): Outcome {
  if (outcome === 'added') state[key] = series;
  return outcome;
}

const newDelta = (bucket: Bucket): DeltaSeries => ({
  kind: 'delta',
  bucket,
  total: 0,
  seen: [],
  covered: [],
});
const newCumulative = (bucket: Bucket): CumulativeSeries => ({
  kind: 'cumulative',
  bucket,
  starts: {},
  closedTotal: 0,
  closedUntil: '',
});

function addDelta(series: DeltaSeries, { start, time, value }: SeriesPoint): Outcome {
  // Without a usable start the point stands for its own instant only.
  const from = start > 0n && start < time ? start : time - (time > 0n ? 1n : 0n);
  const interval = intervalOf(from, time);
  if (series.seen.includes(interval) || covers(series.covered, interval)) return 'known';
  const total = series.total + value;
  if (!Number.isSafeInteger(total)) return 'refused';
  series.total = total;
  series.seen.push(interval);
  while (series.seen.length > maxSeenIntervals) {
    const oldest = removeEarliest(series.seen);
    uniteInto(series.covered, oldest, maxCoveredRanges);
  }
  return 'added';
}

function removeEarliest(intervals: Interval[]): Interval {
  let earliest = 0;
  let end = endOf(intervals[0] ?? '');
  intervals.forEach((interval, index) => {
    if (endOf(interval) >= end) return;
    earliest = index;
    end = endOf(interval);
  });
  return intervals.splice(earliest, 1)[0] ?? '';
}

function addCumulative(series: CumulativeSeries, { start, value }: SeriesPoint): Outcome {
  const stamp = stampOf(start);
  const before = series.starts[stamp];
  if (before === undefined ? stamp <= series.closedUntil : value <= before) return 'known';
  if (!Number.isSafeInteger(totalOf(series) - (before ?? 0) + value)) return 'refused';
  series.starts[stamp] = value;
  const stamps = Object.keys(series.starts).sort();
  for (const oldest of stamps.slice(0, Math.max(0, stamps.length - maxStarts))) {
    series.closedTotal += series.starts[oldest] ?? 0;
    series.closedUntil = oldest;
    delete series.starts[oldest];
  }
  return 'added';
}

function totalOf(series: DeltaSeries | CumulativeSeries): number {
  if (series.kind === 'delta') return series.total;
  return Object.values(series.starts).reduce((sum, value) => sum + value, series.closedTotal);
}

/** Totals per bucket; null for a bucket without any series. */
export function sumBuckets(state: SeriesState): Record<Bucket, number | null> {
  const sums = new Map<Bucket, number>();
  for (const series of Object.values(state)) {
    sums.set(series.bucket, (sums.get(series.bucket) ?? 0) + totalOf(series));
  }
  const of = (bucket: Bucket): number | null => sums.get(bucket) ?? null;
  return {
    input: of('input'),
    output: of('output'),
    cacheRead: of('cacheRead'),
    cacheCreation: of('cacheCreation'),
    reasoning: of('reasoning'),
    toolInput: of('toolInput'),
    cost: of('cost'),
    active: of('active'),
    requests: of('requests'),
    errors: of('errors'),
    linesAdded: of('linesAdded'),
    linesRemoved: of('linesRemoved'),
    commits: of('commits'),
    pullRequests: of('pullRequests'),
  };
}

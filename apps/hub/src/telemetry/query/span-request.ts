// What a query means: its span, its zone, the rows that may answer it. Pure.
import { AppError, usageSpanMaxDays, type RouteQuery, type routes } from '@roundhouse/protocol';
import { grainMs, type Grain } from '../bucket-tables.js';
import type { Span } from './segments.js';
import { timeZone } from './time-buckets.js';

type SumsQuery = RouteQuery<typeof routes.usage.sums>;
/** What all queries of usage have in common. */
export type UsageFilters = Pick<
  SumsQuery,
  'from' | 'to' | 'window' | 'agent' | 'project' | 'host' | 'session' | 'model' | 'tz'
>;

const unitMs = { m: grainMs.minute, h: grainMs.hour, d: grainMs.day } as const;
const burnWindowMs = 15 * grainMs.minute;

/** `15m` in milliseconds; the schema has looked at it. */
const windowMs = (text: string): number => {
  const unit = text.at(-1) as keyof typeof unitMs;
  return Number(text.slice(0, -1)) * unitMs[unit];
};

export interface SpanRequest extends Span {
  readonly zone: string;
  /** Of the rate at which money goes. */
  readonly burnMs: number;
}

/** @throws AppError VALIDATION_FAILED */
export function spanRequest({ from, to, window, tz }: UsageFilters, now: number): SpanRequest {
  if (window !== undefined && from !== undefined) {
    throw refused('window', 'is for a span up to `to`: leave out `from`');
  }
  const end = to === undefined ? now : Date.parse(to);
  const length = window === undefined ? grainMs.day : windowMs(window);
  const start = from === undefined ? end - length : Date.parse(from);
  if (start >= end) throw refused('from', 'must be before `to`');
  if (end - start > usageSpanMaxDays * grainMs.day) {
    throw refused('from', `the span may have ${String(usageSpanMaxDays)} days at most`);
  }
  const burnMs = window === undefined ? burnWindowMs : length;
  return { from: Math.max(start, 0), to: end, zone: timeZone(tz), burnMs };
}

const refused = (field: string, message: string): AppError =>
  new AppError('VALIDATION_FAILED', { fields: [{ field, message }] });

/** For a chart: some 50 to 200 places. */
export function autoBucket({ from, to }: Span, finest: Grain): Grain {
  const length = to - from;
  if (length <= 3 * grainMs.hour && finest === 'minute') return 'minute';
  return length <= 8 * grainMs.day && finest !== 'day' ? 'hour' : 'day';
}

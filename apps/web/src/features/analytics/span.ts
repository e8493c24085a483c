// From the address to the span and the grain that the hub is asked for. Pure.
import type { AnalyticsSearch, Range } from './analytics-search.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const lengths: Readonly<Record<Exclude<Range, 'custom'>, number>> = {
  '1h': HOUR,
  '24h': DAY,
  '7d': 7 * DAY,
  '30d': 30 * DAY,
};

export interface Span {
  readonly from: number;
  readonly to: number;
  readonly bucket: 'minute' | 'hour' | 'day';
  /** Its end is now: it is asked for again. */
  readonly live: boolean;
}

const midnight = (day: string): number => new Date(`${day}T00:00:00`).getTime();
const bucketOf = (ms: number): Span['bucket'] => (ms <= 2 * DAY ? 'minute' : ms <= 62 * DAY ? 'hour' : 'day');

/** A moment's local day, as an address has it. */
const dayOf = (at: number): string => {
  const day = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
};

/** The local days of a span, first and last. */
export const daysOf = ({ from, to }: Pick<Span, 'from' | 'to'>): { from: string; to: string } => ({
  from: dayOf(from),
  to: dayOf(to - 1),
});

const MINUTE = 60_000;
/** The end of the minute that is now: so much of it as there is counts. */
export const presentMinute = (now: number): number => Math.ceil(now / MINUTE) * MINUTE;

/** @param now should be rounded by the caller, so that one query serves for a while */
export function spanOf({ from, to, ...search }: AnalyticsSearch, now: number): Span {
  const range: Range = search.range ?? '24h';
  if (range !== 'custom')
    return { from: now - lengths[range], to: now, bucket: bucketOf(lengths[range]), live: true };
  const start = from === undefined ? now - 7 * DAY : midnight(from);
  const lastDay = to === undefined ? Number.NaN : new Date(`${to}T00:00:00`).setHours(24, 0, 0, 0);
  const end = Number.isNaN(lastDay) ? now : Math.min(now, lastDay);
  const safe = Number.isNaN(start) || start >= end ? end - DAY : Math.max(start, end - 400 * DAY);
  return { from: safe, to: end, bucket: bucketOf(end - safe), live: end === now };
}

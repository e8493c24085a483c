// Equal parts of a span for charts and tables: minutes, hours, or the days of a time zone. Pure.
import { AppError } from '@roundhouse/protocol';
import { grainMs, type Grain } from '../bucket-tables.js';
import { ceilTo, floorTo, type Span } from './segments.js';

/** Bounds an answer; a chart has no more places than this either. */
const bucketsMax = 5_000;

/** Starts of the buckets that a span touches, and where the last one ends. */
export interface TimeBuckets {
  readonly starts: readonly number[];
  readonly end: number;
}

/** @throws AppError VALIDATION_FAILED when they are too many */
export function timeBuckets(span: Span, grain: Grain, zone: string): TimeBuckets {
  const from = floorTo(grain, span.from);
  const to = ceilTo(grain, span.to);
  const count = Math.ceil((to - from) / grainMs[grain]);
  if (count > bucketsMax) {
    throw new AppError('VALIDATION_FAILED', {
      message: `That would be ${String(count)} ${grain}s; at most ${String(bucketsMax)} are told`,
      hint: 'Ask for a shorter span or a coarser bucket.',
    });
  }
  if (grain === 'day' && zone !== 'UTC') return days(span, zone);
  return { starts: Array.from({ length: count }, (_, index) => from + index * grainMs[grain]), end: to };
}

/** @throws AppError VALIDATION_FAILED for what is no time zone */
export function timeZone(name: string | undefined): string {
  if (name === undefined) return 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new AppError('VALIDATION_FAILED', {
      message: 'There is no such time zone',
      fields: [{ field: 'tz', message: 'must be a time zone such as Europe/Berlin' }],
      cause,
    });
  }
}

/** `2026-03-29` */
export const dayName = (at: number, zone: string): string =>
  new Date(at + offset(at, zone)).toISOString().slice(0, 10);

function days(span: Span, zone: string): TimeBuckets {
  const starts: number[] = [];
  let start = midnight(span.from + offset(span.from, zone), zone);
  while (start < span.to) {
    starts.push(start);
    // A day has 23 to 25 hours: 36 later is always within the next.
    start = midnight(start + 1.5 * grainMs.day + offset(start, zone), zone);
  }
  return { starts, end: start };
}

/** When the local day begins that a local time lies in. */
function midnight(local: number, zone: string): number {
  const day = floorTo('day', local);
  const guess = day - offset(day, zone);
  return day - offset(guess, zone);
}

/** What is added to UTC, in milliseconds. */
function offset(at: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(at);
  const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(
    ...([value('year'), value('month') - 1, value('day'), value('hour'), value('minute')] as const),
    value('second'),
  );
  return local - Math.floor(at / 1_000) * 1_000;
}

/** Zones asked for in this process; a few. */
const formats = new Map<string, Intl.DateTimeFormat>();
const formatsMax = 50;

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const number = 'numeric';
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23', year: number, month: number, day: number },
    ...{ hour: number, minute: number, second: number },
  });
  if (formats.size >= formatsMax) formats.clear();
  formats.set(zone, made);
  return made;
}

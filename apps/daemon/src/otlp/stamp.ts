// Nanosecond instants and intervals as text of fixed width: small in a file, and ordered as text.

/** 13 digits of base 36 hold every 64-bit number. */
const width = 13;

/** An instant; `<` on two of them orders them in time. */
type Stamp = string;
/** Two stamps after one another: start and end. */
export type Interval = string;

export const stampPattern = /^[0-9a-z]{13}$/;
export const intervalPattern = /^[0-9a-z]{26}$/;

export const stampOf = (nanos: bigint): Stamp => nanos.toString(36).padStart(width, '0');
export const intervalOf = (start: bigint, end: bigint): Interval => stampOf(start) + stampOf(end);
const startOf = (interval: Interval): Stamp => interval.slice(0, width);
export const endOf = (interval: Interval): Stamp => interval.slice(width);

/** Whether one of the intervals holds the whole of this one. */
export const covers = (intervals: readonly Interval[], interval: Interval): boolean =>
  intervals.some((known) => startOf(known) <= startOf(interval) && endOf(interval) <= endOf(known));

/**
 * Adds an interval to a sorted list of disjoint ones, joining those that touch.
 * Over `limit` the two earliest are joined across the gap between them.
 */
export function uniteInto(intervals: Interval[], added: Interval, limit: number): void {
  let start = startOf(added);
  let end = endOf(added);
  const apart = intervals.filter((known) => {
    if (endOf(known) < start || end < startOf(known)) return true;
    if (startOf(known) < start) start = startOf(known);
    if (endOf(known) > end) end = endOf(known);
    return false;
  });
  apart.push(start + end);
  apart.sort();
  while (apart.length > limit) {
    const [first, second, ...rest] = apart;
    if (first === undefined || second === undefined) break;
    apart.splice(0, apart.length, startOf(first) + endOf(second), ...rest);
  }
  intervals.splice(0, intervals.length, ...apart);
}

// How long minutes and hours are kept; days are kept for good.
import { grainMs } from './bucket-tables.js';

export interface UsageKeep {
  readonly minutesMs: number;
  readonly hoursMs: number;
}

export const defaultUsageKeep: UsageKeep = { minutesMs: 48 * grainMs.hour, hoursMs: 90 * grainMs.day };

/** `48h,90d`: hours for minutes, days for hours; null for what is not that. */
export function parseUsageKeep(text: string): UsageKeep | null {
  const [, hours, days] = /^([1-9]\d{0,3})h,([1-9]\d{0,3})d$/.exec(text) ?? [];
  if (hours === undefined || days === undefined) return null;
  const keep = { minutesMs: Number(hours) * grainMs.hour, hoursMs: Number(days) * grainMs.day };
  // A minute may be changed for an hour, and the page of today needs a day; hours are for longer than minutes.
  return keep.minutesMs >= grainMs.day && keep.hoursMs > keep.minutesMs ? keep : null;
}

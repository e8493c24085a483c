// Scales of charts: round ticks above a largest value, and which ticks of a time axis have room. Pure.
import { t } from '../../lib/i18n/t.js';

/** 0, and at most `count` round steps up to the first that is not below `max`. */
export function niceTicks(max: number, count = 4): number[] {
  if (!(max > 0)) return [0, 1];
  const raw = max / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 3, 5, 10].map((n) => n * power).find((n) => n >= raw - power / 1e6) ?? 10 * power;
  const ticks = [0];
  while ((ticks.at(-1) ?? 0) < max) ticks.push(ticks.length * step);
  return ticks;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const tickSteps = [
  ...[MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR],
  ...[12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY],
];

/** Offset of the reader's zone at a moment, in milliseconds. */
const zoneOf = (at: number): number => -new Date(at).getTimezoneOffset() * MINUTE;

/** Moments on round local times inside a span, at most `count`. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const step = tickSteps.find((each) => (to - from) / each <= count) ?? 365 * DAY;
  const zone = zoneOf(from);
  const ticks: number[] = [];
  for (let at = Math.ceil((from + zone) / step) * step - zone; at < to; at += step) ticks.push(at);
  return ticks;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });

/** A tick's word: the hour, or the date at midnight and in long spans. */
export function timeWord(at: number, spanMs: number): string {
  if (spanMs > 4 * DAY) return date.format(at);
  const midnight = (at + zoneOf(at)) % DAY === 0;
  return midnight ? weekday.format(at) : clock.format(at);
}

/** A bar's span: `Fri 6 Mar 12:30 – 13:00`, or a day. */
export function spanWord(at: number, stepMs: number): string {
  if (stepMs >= DAY) {
    const last = at + stepMs - 1;
    return stepMs === DAY ? weekday.format(at) : `${weekday.format(at)} – ${weekday.format(last)}`;
  }
  return `${weekday.format(at)} ${clock.format(at)} – ${clock.format(at + stepMs)}`;
}

/** A bar's length: `30 min`, `3 h`, `1 d`. */
export const stepWord = (stepMs: number): string =>
  stepMs >= DAY ? `${stepMs / DAY} d` : stepMs >= HOUR ? `${stepMs / HOUR} h` : `${stepMs / MINUTE} min`;

/** What a bar stands for: `per hour`, `per 30 min`. */
export function perWord(stepMs: number): string {
  if (stepMs === MINUTE) return t('usage.perMinute');
  if (stepMs === HOUR) return t('usage.perHour');
  return stepMs === DAY ? t('usage.perDay') : t('usage.per', { span: stepWord(stepMs) });
}

// How numbers, money and time are written. Pure; every live number keeps its width (see money.tsx, token-count.tsx).
import type { CostSource } from '@roundhouse/protocol';
import { t } from './i18n/t.js';

const NANOS_PER_DOLLAR = 1_000_000_000;

const dollars = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
const byDigits = { 0: dollars(0), 2: dollars(2), 3: dollars(3) };

/** Nano-dollars as text: `$1.20`, `~$0.09` when estimated, `$0.004` below a cent, `—` when there is no cost. */
export function formatMoney(nanos: number | null, source: CostSource = 'reported'): string {
  if (nanos === null || source === 'none') return '—';
  const value = nanos / NANOS_PER_DOLLAR;
  const prefix = source === 'estimated' ? '~' : '';
  if (value > 0 && value < 0.0005) return `${prefix}<$0.001`;
  const digits = value > 0 && value < 0.01 ? 3 : value >= 1000 ? 0 : 2;
  return prefix + byDigits[digits].format(value);
}

const scaled = (value: number, digits: number, unit: string): string =>
  `${value.toFixed(digits).replace(/\.0+$/, '')}${unit}`;

/** Tokens in at most five characters: `831`, `7.2k`, `412k`, `1.06M`, `15.6M`, `2B`. */
export function formatTokens(count: number): string {
  if (count < 1000) return String(Math.round(count));
  if (count < 9_950) return scaled(count / 1000, 1, 'k');
  if (count < 999_500) return scaled(count / 1000, 0, 'k');
  if (count >= 999_500_000) return scaled(count / 1_000_000_000, count < 9.95e9 ? 1 : 0, 'B');
  const millions = count / 1_000_000;
  return scaled(millions, millions < 9.995 ? 2 : millions < 99.95 ? 1 : 0, 'M');
}

const KB = 1_000;
const MB = 1_000_000;
const GB = 1_000_000_000;

/** What was sent or stored: `12 B`, `3 kB`, `4.2 MB`, `2.7 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < KB) return `${bytes} B`;
  if (bytes < MB) return `${Math.round(bytes / KB)} kB`;
  if (bytes < GB) return `${(bytes / MB).toFixed(1)} MB`;
  return `${(bytes / GB).toFixed(1)} GB`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Below this age a time is simply "now". */
const NOW = 45_000;

/** Age of a moment as words: `now`, `4 min ago`, `2 h ago`, `3 d ago`. */
export function formatAgo(at: number, now: number): string {
  const age = Math.max(0, now - at);
  if (age < NOW) return t('ui.now');
  if (age < HOUR) return t('ui.minutesAgo', { n: Math.max(1, Math.round(age / MINUTE)) });
  if (age < DAY) return t('ui.hoursAgo', { n: Math.round(age / HOUR) });
  return t('ui.daysAgo', { n: Math.round(age / DAY) });
}

/** A span of time: `8 s`, `14 min`, `1 h 12`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE) return `${Math.floor(span / 1000)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY)
    return `${Math.floor(span / HOUR)} h ${String(Math.floor((span % HOUR) / MINUTE)).padStart(2, '0')}`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
}

/** A countdown: `0:41`, `27:14`, `1:02:03`. Rounds up, so that it reaches 0:00 exactly at the end. */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** Date and time in full, in the reader's own zone. */
export const formatAbsolute = (at: number): string => absolute.format(at);

/** Hour and minute only. */
export const formatTime = (at: number): string => clock.format(at);

/** A share of 1 as whole percent. */
export const formatPercent = (share: number): string =>
  `${Math.round(Math.min(1, Math.max(0, share)) * 100)}%`;

// What an agent's status line or transcript says: how full the window is, and how much of its rate limits is used.
import { rateWindowsMax, type RateWindow } from '@roundhouse/protocol';
import type { Observation } from './observation.js';
import { valueAt } from './said.js';
import { stampOf } from './stamp.js';

/** Paths into a JSON document, as a profile gives them. */
export interface StatementFields {
  readonly model?: string | undefined;
  /** Added up when there are several. */
  readonly context_used?: readonly string[] | undefined;
  readonly context_window?: string | undefined;
  readonly limits?:
    | readonly {
        readonly name: string;
        readonly used_percent: string;
        readonly resets_at?: string | undefined;
      }[]
    | undefined;
}

export interface Statement {
  readonly source: 'status-line' | 'transcript';
  readonly document: unknown;
  /** Milliseconds since 1970. */
  readonly ms: number;
}

/** What it says of context and limits; nothing for what it leaves out. */
export function readStatement({ source, document, ms }: Statement, fields: StatementFields): Observation[] {
  const moment = { at: stampOf(BigInt(Math.max(0, Math.round(ms))) * 1_000_000n), sequence: 0 };
  const observations: Observation[] = [];
  const used = usedIn(document, fields.context_used ?? []);
  if (used !== null) {
    const model = fields.model === undefined ? undefined : valueAt(document, fields.model);
    observations.push({
      is: 'context',
      moment,
      source,
      used,
      model: typeof model === 'string' ? model.slice(0, 200) : null,
      window: fields.context_window === undefined ? null : countAt(document, fields.context_window),
    });
  }
  const limits = limitsIn(document, fields.limits ?? []);
  if (limits.length > 0) observations.push({ is: 'limits', moment, limits });
  return observations;
}

/** Null while nothing was sent yet. */
function usedIn(document: unknown, paths: readonly string[]): number | null {
  const counts = paths.map((path) => countAt(document, path));
  if (counts.every((count) => count === null)) return null;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function countAt(document: unknown, path: string): number | null {
  const value = Number(valueAt(document, path) ?? NaN);
  return Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.round(value) : null;
}

function limitsIn(document: unknown, rules: NonNullable<StatementFields['limits']>): RateWindow[] {
  return rules
    .flatMap(({ name, used_percent: used, resets_at: resets }) => {
      const usedPercent = Number(valueAt(document, used) ?? NaN);
      if (!Number.isFinite(usedPercent) || usedPercent < 0 || usedPercent > 1_000) return [];
      return [{ name, usedPercent, resetsAt: resets === undefined ? null : instantAt(document, resets) }];
    })
    .slice(0, rateWindowsMax);
}

/** Seconds below this are seconds since 1970, above it milliseconds. */
const secondsUntil = 100_000_000_000;

/** Agents tell instants as text, as seconds or as milliseconds since 1970. */
function instantAt(document: unknown, path: string): string | null {
  const value = valueAt(document, path);
  const number = typeof value === 'number' ? value : Number(value ?? NaN);
  const ms = Number.isFinite(number)
    ? number * (number < secondsUntil ? 1_000 : 1)
    : Date.parse(typeof value === 'string' ? value : '');
  if (!Number.isFinite(ms) || ms <= 0 || ms > 8e15) return null;
  return new Date(ms).toISOString();
}

// One thing an agent said, whatever carried it: a log record, a span, or an event of its plugin.
import type { Attributes, AttributeValue, LogRecord, SpanSummary } from './model.js';

export interface Said {
  /** Every name it may be known by. */
  readonly names: readonly string[];
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  get(name: string): AttributeValue | undefined;
  /** For what has no identity of its own. */
  everything(): readonly unknown[];
}

/** Longest text that is taken from an attribute. */
const textMax = 500;

export function textIn(said: Said, name: string | undefined): string | null {
  if (name === undefined) return null;
  const value = said.get(name);
  if (value === undefined || value === '') return null;
  return String(value).slice(0, textMax);
}

/** Finite, else null; some agents send numbers as text. */
export function numberIn(said: Said, name: string | undefined): number | null {
  if (name === undefined) return null;
  const value = said.get(name);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : null;
}

/** A whole number from 0; `absent` when it is not said, null when it is said and no count. */
export function countIn(said: Said, name: string | undefined, absent: number | null = 0): number | null {
  if (name === undefined || said.get(name) === undefined) return absent;
  const count = Math.round(numberIn(said, name) ?? -1);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

export function saidByRecord(record: LogRecord, prefix: string): Said {
  const short = record.attributes.get('event.name');
  const named = [record.body, record.eventName, typeof short === 'string' ? short : ''].filter(Boolean);
  const names = prefix === '' ? named : [...named, ...named.map((name) => prefix + name)];
  return saidWith(names, record.time, record.attributes);
}

export const saidBySpan = ({ name, end, attributes, traceId, spanId }: SpanSummary): Said =>
  saidWith([name], end, new Map([...attributes, ['trace_id', traceId], ['span_id', spanId]]));

const saidWith = (names: readonly string[], time: bigint, attributes: Attributes): Said => ({
  names,
  time,
  get: (name) => attributes.get(name),
  everything: () => [...attributes],
});

/** An event of a plugin: names are paths into its JSON, with dots between keys and list positions. */
export const saidByEvent = (event: string, payload: unknown, ms: number): Said => ({
  names: [event],
  time: BigInt(Math.max(0, Math.round(ms))) * 1_000_000n,
  get: (path) => valueAt(payload, path),
  everything: () => [event, payload],
});

/** Text, number or boolean at a path; anything else is not there. */
export function valueAt(document: unknown, path: string): AttributeValue | undefined {
  let value: unknown = document;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

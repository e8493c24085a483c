// What a batch means for an epoch's usage: counters by the profile's map, request events by the table of agents.
import { numberOf, textOf, type LogRecord, type MetricPoint, type OtlpBatch } from './model.js';
import { eventOf, isMainQuery, sequenceAttribute, type RequestEvent } from './agent-events.js';
import { parseModel, type ModelName } from './models.js';
import { addPoint, type Bucket, type Outcome } from './series.js';
import { seriesKey, shortHash } from './series-key.js';
import { stampOf } from './stamp.js';
import type { TelemetryMap } from './telemetry-map.js';
import { isAfter, usageOf, type UsageState } from './usage-state.js';

/**
 * Request events remembered to recognise one that is sent again. Exporters resend for a minute at most,
 * and no agent makes that many requests in it.
 */
export const maxSeenRequests = 2_048;
/** Models remembered with their window; far more than one conversation uses. */
const maxModels = 32;

const tokenTypes: ReadonlyMap<string, Bucket> = new Map<string, Bucket>([
  ['input', 'input'],
  ['output', 'output'],
  ['cacheRead', 'cacheRead'],
  ['cache_read', 'cacheRead'],
  ['cacheCreation', 'cacheCreation'],
  ['cache_creation', 'cacheCreation'],
]);

interface Applied {
  readonly state: UsageState;
  /** Whether `state` differs from the one before and has to be stored. */
  readonly changed: boolean;
  /** Items that were sent before. */
  readonly known: number;
  /** Items that should count and could not be read. */
  readonly refused: number;
  /** The last metric or span of the batch that shows activity by the profile's map. */
  readonly activity: string | null;
}

/** The state after a batch. The given state stays as it is, so that a failed save loses nothing. */
export function applyBatch(before: UsageState, map: TelemetryMap, batch: OtlpBatch): Applied {
  const state = structuredClone(before);
  const outcomes: (Outcome | null)[] = [];
  if (batch.signal === 'metrics') {
    for (const point of batch.items) outcomes.push(applyPoint(state, map, point));
  } else if (batch.signal === 'logs') {
    for (const record of batch.items) outcomes.push(applyRecord(state, record));
  }
  const changed = outcomes.includes('added');
  if (changed && usageText(state) !== usageText(before)) state.rev += 1;
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    state: changed ? state : before,
    changed,
    known: count('known'),
    refused: count('refused'),
    activity: lastActivity(map, batch),
  };
}

/** The usage without its revision, to see whether it changed. */
const usageText = (state: UsageState): string => JSON.stringify(usageOf({ ...state, rev: 1 }));

function lastActivity(map: TelemetryMap, batch: OtlpBatch): string | null {
  if (batch.signal === 'logs') return null;
  const names = batch.items.map(({ name }) => name).filter((name) => map.activityMetrics.includes(name));
  return names.at(-1) ?? null;
}

function applyPoint(state: UsageState, map: TelemetryMap, point: MetricPoint): Outcome | null {
  const meaning = meaningOf(map, point);
  if (meaning === null) return null;
  const { value, temporality, start, time } = point;
  if (value === null || temporality === 'unspecified' || point.kind === 'gauge') return 'refused';
  const outcome = addPoint(state.series, {
    key: seriesKey(point),
    bucket: meaning.bucket,
    temporality,
    start,
    time,
    // Rounded once per point, and summed as integers from here on.
    value: Math.round(value * meaning.scale),
  });
  if (outcome === 'added') learnFromPoint(state, point);
  return outcome;
}

interface Meaning {
  readonly bucket: Bucket;
  /** Factor to the integer unit of the bucket. */
  readonly scale: number;
}

function meaningOf(map: TelemetryMap, { name, attributes }: MetricPoint): Meaning | null {
  if (map.excludedMetrics.includes(name)) return null;
  if (name === map.costMetric) return { bucket: 'cost', scale: 1e9 };
  if (name === map.runtimeMetric?.name) {
    return { bucket: 'active', scale: map.runtimeMetric.unit === 'seconds' ? 1_000 : 1 };
  }
  if (!map.tokenMetrics.includes(name)) return null;
  const type = textOf(attributes, 'type') ?? textOf(attributes, 'gen_ai.token.type') ?? '';
  const bucket = tokenTypes.get(type);
  return bucket === undefined ? null : { bucket, scale: 1 };
}

function learnFromPoint(state: UsageState, { attributes, time }: MetricPoint): void {
  const model = parseModel(textOf(attributes, 'model'));
  if (model === null) return;
  const at = stampOf(time);
  learnWindow(state, model.name, { wide: model.marked, at });
  const source = textOf(attributes, 'query_source');
  if (isMainQuery(source)) learnModel(state, { name: model.name, fromEvent: false, at, sequence: 0 });
}

/** Events tell the model per request, counters only per export: events decide as soon as there is one. */
function learnModel(state: UsageState, said: NonNullable<UsageState['model']>): void {
  const { model } = state;
  const stronger = said.fromEvent && model?.fromEvent === false;
  const weaker = !said.fromEvent && model?.fromEvent === true;
  if (stronger || (!weaker && isAfter(said, model))) state.model = said;
}

function learnWindow(state: UsageState, name: string, said: { wide: boolean; at: string }): void {
  const known = Object.hasOwn(state.wide, name) ? state.wide[name] : undefined;
  if (known !== undefined && (said.at < known.at || (said.at === known.at && known.wide))) return;
  const others = Object.entries(state.wide).filter(([other]) => other !== name);
  others.sort(([, a], [, b]) => (a.at < b.at ? 1 : -1));
  state.wide = Object.fromEntries([[name, said], ...others.slice(0, maxModels - 1)]);
}

function applyRecord(state: UsageState, record: LogRecord): Outcome | null {
  const event = eventOf(record);
  if (event === undefined) return null;
  if (event.kind === 'request') return applyRequest(state, event, record);
  const used = countOf(record, event.tokensAfter);
  if (used === null) return 'refused';
  return learnContext(state, { ...momentOf(record), used, model: null }) ? 'added' : 'known';
}

function applyRequest(state: UsageState, event: RequestEvent, record: LogRecord): Outcome {
  const { events } = state;
  const id = requestId(event, record);
  if (events.seen.includes(id)) return 'known';
  const counts = {
    input: countOf(record, event.tokens.input),
    output: countOf(record, event.tokens.output),
    cacheRead: countOf(record, event.tokens.cacheRead),
    cacheCreation: countOf(record, event.tokens.cacheCreation),
  };
  const { input, output, cacheRead, cacheCreation } = counts;
  const cost = costOf(event, record);
  if (input === null || output === null || cacheRead === null || cacheCreation === null) return 'refused';
  const tokens = {
    input: events.tokens.input + input,
    output: events.tokens.output + output,
    cacheRead: events.tokens.cacheRead + cacheRead,
    cacheCreation: events.tokens.cacheCreation + cacheCreation,
    reasoning: events.tokens.reasoning,
  };
  const costNanos = events.costNanos + (cost ?? 0);
  if (![...Object.values(tokens), costNanos].every(Number.isSafeInteger)) return 'refused';
  state.events = {
    priced: events.priced || cost !== null,
    requests: events.requests + 1,
    tokens,
    costNanos,
    seen: [...events.seen, id].slice(-maxSeenRequests),
  };
  learnFromRequest(state, { event, record, used: input + cacheRead + cacheCreation });
  return 'added';
}

interface Request {
  readonly event: RequestEvent;
  readonly record: LogRecord;
  /** Tokens that the request put into the model's window. */
  readonly used: number;
}

function learnFromRequest(state: UsageState, { event, record, used }: Request): void {
  const model: ModelName | null = parseModel(textOf(record.attributes, event.model));
  const moment = momentOf(record);
  if (model?.marked === true) learnWindow(state, model.name, { wide: true, at: moment.at });
  if (!isMainQuery(textOf(record.attributes, event.querySource))) return;
  if (model !== null) learnModel(state, { ...moment, name: model.name, fromEvent: true });
  learnContext(state, { ...moment, used, model: model?.name ?? null });
}

function learnContext(state: UsageState, said: NonNullable<UsageState['context']>): boolean {
  if (!isAfter(said, state.context)) return false;
  state.context = said;
  return true;
}

const momentOf = (record: LogRecord): { at: string; sequence: number } => ({
  at: stampOf(record.time),
  sequence: numberOf(record.attributes, sequenceAttribute) ?? 0,
});

/** A record that is sent again has the same identity, whichever batch it comes in. */
function requestId(event: RequestEvent, record: LogRecord): string {
  const id = textOf(record.attributes, event.id);
  if (id !== undefined && id !== '') return shortHash(`id ${id}`);
  const parts = event.fallbackIds.map((name) => record.attributes.get(name) ?? null);
  if (parts.some((part) => part !== null)) return shortHash(JSON.stringify(parts));
  return shortHash(JSON.stringify([record.time.toString(), ...record.attributes]));
}

/** Absent is 0; null when it is not a usable count. */
function countOf(record: LogRecord, attribute: string): number | null {
  if (!record.attributes.has(attribute)) return 0;
  const count = Math.round(numberOf(record.attributes, attribute) ?? -1);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Nano-dollars; null when the event carries no usable cost. Dollars first: micros are rounded already. */
function costOf(event: RequestEvent, record: LogRecord): number | null {
  const dollars = numberOf(record.attributes, event.costUsd);
  const micros = numberOf(record.attributes, event.costMicros);
  const nanos = dollars === undefined ? Math.round((micros ?? NaN) * 1e3) : Math.round(dollars * 1e9);
  return Number.isSafeInteger(nanos) && nanos >= 0 ? nanos : null;
}

// What a batch of telemetry, or an event of an agent's plugin, tells by the rules of its profile. Pure.
import { requestRoles } from '@roundhouse/protocol';
import type { Meaning } from './meaning.js';
import type { MetricPoint, OtlpBatch } from './model.js';
import type { Observation, Who } from './observation.js';
import type { Pricer } from './pricing/price.js';
import { readSaid, type Reading } from './read-record.js';
import { saidByEvent, saidByRecord, saidBySpan, textIn, type Said } from './said.js';
import { seriesKey } from './series-key.js';

export function readBatch(batch: OtlpBatch, meaning: Meaning, price: Pricer): Reading {
  const context = { meaning, price };
  switch (batch.signal) {
    case 'metrics':
      return all(batch.items.map((point) => readPoint(point, meaning)));
    case 'logs':
      if (meaning.events.size === 0) return nothing;
      return all(
        batch.items.map((record) =>
          readSaid(saidByRecord(record, meaning.eventPrefix), meaning.events, context),
        ),
      );
    case 'traces':
      if (meaning.spans.size === 0) return nothing;
      return all(batch.items.map((span) => readSaid(saidBySpan(span), meaning.spans, context)));
  }
}

export interface PluginEvent {
  readonly event: string;
  readonly payload: unknown;
  /** Milliseconds since 1970. */
  readonly ms: number;
}

export const readEvent = ({ event, payload, ms }: PluginEvent, meaning: Meaning, price: Pricer): Reading =>
  readSaid(saidByEvent(event, payload, ms), meaning.protocol, { meaning, price });

/** The last metric or span that shows that the agent is at work. */
export function lastActivity(meaning: Meaning, batch: OtlpBatch): string | null {
  if (batch.signal === 'logs' || meaning.activityMetrics.size === 0) return null;
  return batch.items.findLast(({ name }) => meaning.activityMetrics.has(name))?.name ?? null;
}

const nothing: Reading = { observations: [], refused: 0 };
const refusal: Reading = { observations: [], refused: 1 };

const all = (readings: readonly Reading[]): Reading => ({
  observations: readings.flatMap(({ observations }) => observations),
  refused: readings.reduce((sum, { refused }) => sum + refused, 0),
});

function readPoint(point: MetricPoint, meaning: Meaning): Reading {
  const { attributes, name, value, temporality, start, time } = point;
  const said: Said = {
    names: [name],
    time,
    get: (key) => attributes.get(key),
    everything: () => [...attributes],
  };
  const type = firstText(said, meaning.metricFields.type) ?? '';
  const meant = meaning.counter(name, type, said);
  if (meant === null) return nothing;
  if (value === null || temporality === 'unspecified' || point.kind === 'gauge') return refusal;
  const observation: Observation = {
    is: 'point',
    key: seriesKey(point),
    bucket: meant.bucket,
    temporality,
    start: start.toString(),
    time: time.toString(),
    // Rounded once per point, and summed as integers from here on.
    value: Math.round(value * meant.scale),
    who: whoOfPoint(said, meaning),
  };
  return { observations: [observation], refused: 0 };
}

const firstText = (said: Said, names: readonly string[]): string | null =>
  names.map((name) => textIn(said, name)).find((text) => text !== null) ?? null;

function whoOfPoint(said: Said, { metricFields }: Meaning): Who {
  const source = firstText(said, metricFields.source);
  return {
    model: firstText(said, metricFields.model)?.slice(0, 200) ?? null,
    agent: firstText(said, metricFields.agent)?.slice(0, 100) ?? null,
    role: requestRoles.find((role) => role === source) ?? 'main',
    conversation: null,
    among: null,
  };
}

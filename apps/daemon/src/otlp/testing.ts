// Test support: captured requests of real agents, their profiles, and points and records made by hand.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileFileSchema } from '@roundhouse/profiles';
import { parse } from 'yaml';
import { apply, type Applied } from './apply.js';
import { decodeRequest } from './decode.js';
import { meaningOfProfile, noMeaning, type Meaning } from './meaning.js';
import { signals, type LogRecord, type MetricPoint, type OtlpBatch, type Signal } from './model.js';
import { noPrices, type Prices } from './pricing/price.js';
import { readBatch } from './read-batch.js';
import type { Reading } from './read-record.js';
import { usageOf, type UsageView } from './usage-of.js';
import type { UsageState } from './usage-state.js';

const profiles = fileURLToPath(new URL('../../../../profiles', import.meta.url));
export const profileFixtures = path.join(profiles, 'fixtures');

export interface Captured {
  readonly signal: Signal;
  readonly encoding: 'json' | 'protobuf';
  readonly bytes: Buffer;
}

/** The bodies of a case of `profiles/fixtures`, in the order in which they were sent. */
export function capturedIn(agent: string, name: string): Captured[] {
  const directory = path.join(profileFixtures, agent, name);
  return readdirSync(directory)
    .sort()
    .flatMap((file) => {
      const signal = signals.find((known) => file.includes(`-${known}.`));
      if (signal === undefined) return [];
      const encoding = file.endsWith('.json') ? ('json' as const) : ('protobuf' as const);
      return [{ signal, encoding, bytes: readFileSync(path.join(directory, file)) }];
    });
}

/** One interactive conversation of six requests as it was exported: eleven bodies of metrics, the rest logs. */
export const interactive = capturedIn('claude', 'interactive');

/** The ledger of that conversation. */
export const interactiveTotals = {
  tokens: { input: 7200, output: 480, cacheRead: 5400, cacheCreation: 1800, reasoning: 0 },
  costNanos: 61_950_000,
  costSource: 'reported',
} as const;

const [protobufLogs, protobufMetrics] = capturedIn('claude', 'protobuf').map(({ bytes }) => bytes);

/** Two requests of a printing run, in protobuf. */
export const protobufBodies = {
  metrics: protobufMetrics ?? Buffer.alloc(0),
  logs: protobufLogs ?? Buffer.alloc(0),
} as const;

/** The telemetry of a profile as it is shipped. */
export function shippedMeaning(name: string): Meaning {
  const file = readFileSync(path.join(profiles, `${name}.yaml`), 'utf8');
  const { telemetry, status_line } = profileFileSchema.parse(parse(file));
  return meaningOfProfile({ telemetry, status_line }) ?? noMeaning;
}

export const claudeMeaning = shippedMeaning('claude');

export const batchOf = (captured: Captured): OtlpBatch => decodeRequest(captured).batch;

/** After all captures. */
const laterMs = Date.parse('2026-11-22T00:00:00Z');

interface With {
  readonly meaning?: Meaning;
  readonly prices?: Prices;
  readonly now?: number;
}

/** As the daemon does with a batch, without the disk: the given state stays as it is. */
export const applyBatch = (before: UsageState, batch: OtlpBatch, using: With = {}) =>
  applyReading(
    before,
    readBatch(batch, using.meaning ?? claudeMeaning, (using.prices ?? noPrices).price),
    using,
  );

export function applyReading(
  before: UsageState,
  { observations, refused }: Reading,
  { meaning = claudeMeaning, prices = noPrices, now = laterMs }: With = {},
): Applied & { readonly state: UsageState } {
  const state = structuredClone(before);
  const applied = apply(state, observations, { meaning, price: prices.price, now });
  return { ...applied, refused: applied.refused + refused, state };
}

const viewOf = ({ meaning = claudeMeaning, prices = noPrices }: With = {}): UsageView => ({
  meaning,
  priceTable: prices.version,
  windowOf: (model, marker) =>
    prices.ownWindowOf(model) ?? meaning.windowOf(model, marker) ?? prices.listedWindowOf(model),
});

export const usageIn = (state: UsageState, using: With = {}) => usageOf(state, viewOf(using));

const nothing = { resource: new Map(), scope: { name: 'test', version: '1' } };

export const metricPoint = (fields: Partial<MetricPoint>): MetricPoint => ({
  ...nothing,
  attributes: new Map([['type', 'input']]),
  name: 'claude_code.token.usage',
  unit: 'tokens',
  kind: 'sum',
  temporality: 'delta',
  start: 0n,
  time: 1n,
  value: 1,
  ...fields,
});

export const requestRecord = (
  attributes: Record<string, string | number>,
  fields: Partial<LogRecord> = {},
): LogRecord => ({
  ...nothing,
  attributes: new Map(Object.entries(attributes)),
  time: 1n,
  eventName: '',
  body: 'claude_code.api_request',
  ...fields,
});

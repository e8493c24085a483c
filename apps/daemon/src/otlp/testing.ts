// Test support: captured requests of a real agent, and points and records made by hand.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { decodeRequest } from './decode.js';
import { signals, type LogRecord, type MetricPoint, type OtlpBatch, type Signal } from './model.js';
import { telemetryMapOf } from './telemetry-map.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

const lineSchema = z.object({ signal: z.enum(signals), body: z.unknown() });

export interface Captured {
  readonly signal: Signal;
  readonly bytes: Buffer;
}

/** One interactive conversation of six requests as it was exported: eleven bodies of metrics, the rest logs. */
export const interactive: readonly Captured[] = readFileSync(fixture('claude-interactive.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => lineSchema.parse(JSON.parse(line)))
  .map(({ signal, body }) => ({ signal, bytes: Buffer.from(JSON.stringify(body)) }));

/** The ledger of that conversation. */
export const interactiveTotals = {
  tokens: { input: 7200, output: 480, cacheRead: 5400, cacheCreation: 1800, reasoning: 0 },
  costNanos: 61_950_000,
  costSource: 'reported',
} as const;

/** Two requests of a printing run, in protobuf. */
export const protobufBodies = {
  metrics: readFileSync(fixture('claude-metrics.bin')),
  logs: readFileSync(fixture('claude-logs.bin')),
} as const;

export const claudeMap = telemetryMapOf({
  token_metrics: ['claude_code.token.usage'],
  cost_metric: 'claude_code.cost.usage',
  runtime_metric: { name: 'claude_code.active_time.total', unit: 'seconds' },
  activity_metrics: ['claude_code.tool.execution', 'claude_code.tool'],
});

export const batchOf = ({ signal, bytes }: Captured): OtlpBatch =>
  decodeRequest({ signal, encoding: 'json', bytes }).batch;

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

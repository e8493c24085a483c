// What a telemetry request means to us, whatever its encoding: points, log records, span summaries.

/** The three kinds of OTLP request; also the last part of their paths. */
export const signals = ['metrics', 'logs', 'traces'] as const;
export type Signal = (typeof signals)[number];

/** 64-bit integers beyond the safe range, arrays and maps are kept as text. */
export type AttributeValue = string | number | boolean;
/** A Map, since keys come from outside: `__proto__` is a key like any other. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

export interface Scope {
  readonly name: string;
  readonly version: string;
}

interface Origin {
  readonly resource: Attributes;
  readonly scope: Scope;
  readonly attributes: Attributes;
}

export type Temporality = 'delta' | 'cumulative' | 'unspecified';
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary';

export interface MetricPoint extends Origin {
  readonly name: string;
  readonly unit: string;
  readonly kind: MetricKind;
  readonly temporality: Temporality;
  /** Start of the interval, in nanoseconds since 1970; 0 when the agent did not say. */
  readonly start: bigint;
  readonly time: bigint;
  /** The number, or the sum of a histogram; null when there is none or it is not finite. */
  readonly value: number | null;
}

export interface LogRecord extends Origin {
  /** Nanoseconds since 1970: when it happened, else when it was observed. */
  readonly time: bigint;
  /** The event's name field, empty in most agents, which use an attribute or the body. */
  readonly eventName: string;
  /** The body where it is text. */
  readonly body: string;
}

export interface SpanSummary extends Origin {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
}

/** One request, with at most the allowed number of items. */
export type OtlpBatch =
  | { readonly signal: 'metrics'; readonly items: readonly MetricPoint[] }
  | { readonly signal: 'logs'; readonly items: readonly LogRecord[] }
  | { readonly signal: 'traces'; readonly items: readonly SpanSummary[] };

export interface DecodedRequest {
  readonly batch: OtlpBatch;
  /** Items beyond the limit, which were not kept. */
  readonly rejected: number;
}

/** The attribute as text; undefined when absent or not text. */
export function textOf(attributes: Attributes, key: string): string | undefined {
  const value = attributes.get(key);
  return typeof value === 'string' ? value : undefined;
}

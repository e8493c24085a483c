// The shape of an OTLP request as JSON objects: what OTLP/JSON sends and what the protobuf decoder yields.
// Unknown fields are dropped and null means absent, as the OTLP/JSON rules demand of a receiver.
import { z } from 'zod';

const maxUint64 = (1n << 64n) - 1n;

const opt = <S extends z.ZodType>(schema: S) => schema.nullish();
const list = <S extends z.ZodType>(schema: S) =>
  z
    .array(schema)
    .nullish()
    .transform((items) => items ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** int64: decimal text by the rules, numbers are taken too. */
const integerSchema = z.union(
  [
    z
      .string()
      .regex(/^-?\d{1,20}$/)
      .transform(BigInt),
    z.number().refine(Number.isInteger).transform(BigInt),
  ],
  'must be an integer, or decimal digits in quotes',
);

/** Nanoseconds since 1970; absent means 0, "not known". */
const nanosSchema = integerSchema
  .refine((value) => value >= 0n && value <= maxUint64, 'must be between 0 and 2^64-1')
  .nullish()
  .transform((value) => value ?? 0n);

const namedNumbers: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };

/** double: JSON has no NaN and infinity, which come as text. */
const doubleSchema = z.union(
  [
    z.number(),
    z.nan(),
    z.literal([Infinity, -Infinity]),
    z.string().transform((value, context) => {
      const number = namedNumbers[value] ?? (value.trim() === '' ? undefined : Number(value));
      if (number !== undefined && (value === 'NaN' || !Number.isNaN(number))) return number;
      context.addIssue('must be a number');
      return z.NEVER;
    }),
  ],
  'must be a number',
);

const anyValueSchema = z.object({
  stringValue: opt(z.string()),
  boolValue: opt(z.boolean()),
  intValue: opt(integerSchema),
  doubleValue: opt(doubleSchema),
  arrayValue: opt(z.unknown()),
  kvlistValue: opt(z.unknown()),
  bytesValue: opt(z.unknown()),
});
export type AnyValue = z.infer<typeof anyValueSchema>;

const keyValueSchema = z.object({ key: text, value: opt(anyValueSchema) });
export type KeyValue = z.infer<typeof keyValueSchema>;

const attributesSchema = list(keyValueSchema);
const resourceSchema = opt(z.object({ attributes: attributesSchema }));
const scopeSchema = opt(z.object({ name: text, version: text }));

/** Trace and span ids: hex in JSON, bytes in protobuf. */
const idSchema = z
  .union([z.string().regex(/^([0-9a-fA-F]{2})*$/), z.instanceof(Uint8Array)], 'must be hex digits')
  .nullish()
  .transform((id) => {
    if (id instanceof Uint8Array) return Buffer.from(id).toString('hex');
    return (id ?? '').toLowerCase();
  });

const temporalityNames = ['unspecified', 'delta', 'cumulative'] as const;
const temporalitySchema = z
  .union([z.int(), z.string()])
  .nullish()
  .transform((value) => {
    if (typeof value === 'number') return temporalityNames[value] ?? 'unspecified';
    const name = (value ?? '').replace('AGGREGATION_TEMPORALITY_', '').toLowerCase();
    return temporalityNames.find((known) => known === name) ?? 'unspecified';
  });

const pointFields = {
  startTimeUnixNano: nanosSchema,
  timeUnixNano: nanosSchema,
  attributes: attributesSchema,
  flags: opt(integerSchema),
};
const numberPointSchema = z.object({
  ...pointFields,
  asDouble: opt(doubleSchema),
  asInt: opt(integerSchema),
});
const sumPointSchema = z.object({ ...pointFields, sum: opt(doubleSchema) });
export type NumberPoint = z.infer<typeof numberPointSchema>;
export type SumPoint = z.infer<typeof sumPointSchema>;

const histogramSchema = z.object({
  dataPoints: list(sumPointSchema),
  aggregationTemporality: temporalitySchema,
});
const metricSchema = z.object({
  name: text,
  unit: text,
  gauge: opt(z.object({ dataPoints: list(numberPointSchema) })),
  sum: opt(z.object({ dataPoints: list(numberPointSchema), aggregationTemporality: temporalitySchema })),
  histogram: opt(histogramSchema),
  exponentialHistogram: opt(histogramSchema),
  summary: opt(z.object({ dataPoints: list(sumPointSchema) })),
});
export type Metric = z.infer<typeof metricSchema>;

const logRecordSchema = z.object({
  timeUnixNano: nanosSchema,
  observedTimeUnixNano: nanosSchema,
  body: opt(anyValueSchema),
  attributes: attributesSchema,
  eventName: text,
});

const spanSchema = z.object({
  traceId: idSchema,
  spanId: idSchema,
  parentSpanId: idSchema,
  name: text,
  startTimeUnixNano: nanosSchema,
  endTimeUnixNano: nanosSchema,
  attributes: attributesSchema,
  status: opt(z.object({ code: opt(z.union([z.int(), z.string()])) })),
});

export const metricsRequestSchema = z.object({
  resourceMetrics: list(
    z.object({
      resource: resourceSchema,
      scopeMetrics: list(z.object({ scope: scopeSchema, metrics: list(metricSchema) })),
    }),
  ),
});
export const logsRequestSchema = z.object({
  resourceLogs: list(
    z.object({
      resource: resourceSchema,
      scopeLogs: list(z.object({ scope: scopeSchema, logRecords: list(logRecordSchema) })),
    }),
  ),
});
export const tracesRequestSchema = z.object({
  resourceSpans: list(
    z.object({
      resource: resourceSchema,
      scopeSpans: list(z.object({ scope: scopeSchema, spans: list(spanSchema) })),
    }),
  ),
});
export type MetricsRequest = z.infer<typeof metricsRequestSchema>;
export type LogsRequest = z.infer<typeof logsRequestSchema>;
export type TracesRequest = z.infer<typeof tracesRequestSchema>;

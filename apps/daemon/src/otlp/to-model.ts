// From a parsed OTLP request to the internal model, keeping at most a given number of items.
import type {
  AttributeValue,
  Attributes,
  DecodedRequest,
  LogRecord,
  MetricKind,
  MetricPoint,
  Scope,
  SpanSummary,
  Temporality,
} from './model.js';
import type {
  AnyValue,
  KeyValue,
  LogsRequest,
  Metric,
  MetricsRequest,
  NumberPoint,
  SumPoint,
  TracesRequest,
} from './request.schema.js';

/** Data point flag "no recorded value": the series ended. */
const noRecordedValue = 1n;
const statusError: readonly (number | string)[] = [2, 'STATUS_CODE_ERROR'];

function valueOf(value: AnyValue | null | undefined): AttributeValue {
  if (value === null || value === undefined) return '';
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.boolValue === 'boolean') return value.boolValue;
  if (typeof value.doubleValue === 'number') return value.doubleValue;
  if (typeof value.intValue === 'bigint') {
    const number = Number(value.intValue);
    return Number.isSafeInteger(number) ? number : value.intValue.toString();
  }
  const rest = value.arrayValue ?? value.kvlistValue ?? value.bytesValue;
  return rest === undefined || rest === null ? '' : JSON.stringify(rest);
}

const attributesOf = (pairs: readonly KeyValue[] | undefined): Attributes =>
  new Map((pairs ?? []).map(({ key, value }) => [key, valueOf(value)]));

const scopeOf = (scope: { name: string; version: string } | null | undefined): Scope => ({
  name: scope?.name ?? '',
  version: scope?.version ?? '',
});

/** Keeps the first `limit` items and counts the rest. */
class Kept<T> {
  readonly items: T[] = [];
  rejected = 0;
  constructor(readonly limit: number) {}

  add(make: () => T): void {
    if (this.items.length < this.limit) this.items.push(make());
    else this.rejected += 1;
  }
}

function numberOfPoint(point: NumberPoint | SumPoint): number | null {
  if (((point.flags ?? 0n) & noRecordedValue) !== 0n) return null;
  if ('sum' in point && typeof point.sum === 'number') return Number.isFinite(point.sum) ? point.sum : null;
  if ('asDouble' in point && typeof point.asDouble === 'number') {
    return Number.isFinite(point.asDouble) ? point.asDouble : null;
  }
  return 'asInt' in point && typeof point.asInt === 'bigint' ? Number(point.asInt) : null;
}

interface Points {
  readonly kind: MetricKind;
  readonly temporality: Temporality;
  readonly points: readonly (NumberPoint | SumPoint)[];
}

function pointsOf(metric: Metric): Points {
  const { sum, histogram, exponentialHistogram, gauge, summary } = metric;
  if (sum) return { kind: 'sum', temporality: sum.aggregationTemporality, points: sum.dataPoints };
  if (histogram) {
    return { kind: 'histogram', temporality: histogram.aggregationTemporality, points: histogram.dataPoints };
  }
  if (exponentialHistogram) {
    const { aggregationTemporality, dataPoints } = exponentialHistogram;
    return { kind: 'exponentialHistogram', temporality: aggregationTemporality, points: dataPoints };
  }
  if (gauge) return { kind: 'gauge', temporality: 'unspecified', points: gauge.dataPoints };
  return { kind: 'summary', temporality: 'unspecified', points: summary?.dataPoints ?? [] };
}

export function metricsToModel(request: MetricsRequest, limit: number): DecodedRequest {
  const kept = new Kept<MetricPoint>(limit);
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const resourceAttributes = attributesOf(resource?.attributes);
    for (const { scope, metrics } of scopeMetrics) {
      const origin = { resource: resourceAttributes, scope: scopeOf(scope) };
      for (const metric of metrics) {
        const { kind, temporality, points } = pointsOf(metric);
        for (const point of points) {
          kept.add(() => ({
            ...origin,
            attributes: attributesOf(point.attributes),
            name: metric.name,
            unit: metric.unit,
            kind,
            temporality,
            start: point.startTimeUnixNano,
            time: point.timeUnixNano,
            value: numberOfPoint(point),
          }));
        }
      }
    }
  }
  return { batch: { signal: 'metrics', items: kept.items }, rejected: kept.rejected };
}

export function logsToModel(request: LogsRequest, limit: number): DecodedRequest {
  const kept = new Kept<LogRecord>(limit);
  for (const { resource, scopeLogs } of request.resourceLogs) {
    const resourceAttributes = attributesOf(resource?.attributes);
    for (const { scope, logRecords } of scopeLogs) {
      const origin = { resource: resourceAttributes, scope: scopeOf(scope) };
      for (const record of logRecords) {
        kept.add(() => ({
          ...origin,
          attributes: attributesOf(record.attributes),
          time: record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano,
          eventName: record.eventName,
          body: record.body?.stringValue ?? '',
        }));
      }
    }
  }
  return { batch: { signal: 'logs', items: kept.items }, rejected: kept.rejected };
}

export function tracesToModel(request: TracesRequest, limit: number): DecodedRequest {
  const kept = new Kept<SpanSummary>(limit);
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const resourceAttributes = attributesOf(resource?.attributes);
    for (const { scope, spans } of scopeSpans) {
      const origin = { resource: resourceAttributes, scope: scopeOf(scope) };
      for (const span of spans) {
        kept.add(() => ({
          ...origin,
          attributes: attributesOf(span.attributes),
          name: span.name,
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId,
          start: span.startTimeUnixNano,
          end: span.endTimeUnixNano,
          failed: statusError.includes(span.status?.code ?? 0),
        }));
      }
    }
  }
  return { batch: { signal: 'traces', items: kept.items }, rejected: kept.rejected };
}

// OTLP's wire format as data: field numbers of opentelemetry-proto 1.x, plus the Status of an error answer.
import protobuf from 'protobufjs';

type FieldSpec = readonly [id: number, type: string, rule?: 'repeated'];

const many = (id: number, type: string): FieldSpec => [id, type, 'repeated'];

/** A message; `oneof` names the group that the listed fields belong to. */
function message(fields: Record<string, FieldSpec>, oneof?: { name: string; of: string[] }) {
  const entries = Object.entries(fields).map(([name, [id, type, rule]]) => [
    name,
    rule === undefined ? { id, type } : { id, type, rule },
  ]);
  const described = { fields: Object.fromEntries(entries) as Record<string, protobuf.IField> };
  return oneof === undefined ? described : { ...described, oneofs: { [oneof.name]: { oneof: oneof.of } } };
}

const common = {
  AnyValue: message(
    {
      stringValue: [1, 'string'],
      boolValue: [2, 'bool'],
      intValue: [3, 'int64'],
      doubleValue: [4, 'double'],
      arrayValue: [5, 'ArrayValue'],
      kvlistValue: [6, 'KeyValueList'],
      bytesValue: [7, 'bytes'],
    },
    {
      name: 'value',
      of: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
    },
  ),
  ArrayValue: message({ values: many(1, 'AnyValue') }),
  KeyValueList: message({ values: many(1, 'KeyValue') }),
  KeyValue: message({ key: [1, 'string'], value: [2, 'AnyValue'] }),
  InstrumentationScope: message({
    name: [1, 'string'],
    version: [2, 'string'],
    attributes: many(3, 'KeyValue'),
    droppedAttributesCount: [4, 'uint32'],
  }),
  EntityRef: message({
    schemaUrl: [1, 'string'],
    type: [2, 'string'],
    idKeys: many(3, 'string'),
    descriptionKeys: many(4, 'string'),
  }),
  Resource: message({
    attributes: many(1, 'KeyValue'),
    droppedAttributesCount: [2, 'uint32'],
    entityRefs: many(3, 'EntityRef'),
  }),
};

const metrics = {
  MetricsRequest: message({ resourceMetrics: many(1, 'ResourceMetrics') }),
  ResourceMetrics: message({
    resource: [1, 'Resource'],
    scopeMetrics: many(2, 'ScopeMetrics'),
    schemaUrl: [3, 'string'],
  }),
  ScopeMetrics: message({
    scope: [1, 'InstrumentationScope'],
    metrics: many(2, 'Metric'),
    schemaUrl: [3, 'string'],
  }),
  Metric: message(
    {
      name: [1, 'string'],
      description: [2, 'string'],
      unit: [3, 'string'],
      gauge: [5, 'Gauge'],
      sum: [7, 'Sum'],
      histogram: [9, 'Histogram'],
      exponentialHistogram: [10, 'ExponentialHistogram'],
      summary: [11, 'Summary'],
      metadata: many(12, 'KeyValue'),
    },
    { name: 'data', of: ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] },
  ),
  Gauge: message({ dataPoints: many(1, 'NumberDataPoint') }),
  Sum: message({
    dataPoints: many(1, 'NumberDataPoint'),
    aggregationTemporality: [2, 'int32'],
    isMonotonic: [3, 'bool'],
  }),
  Histogram: message({
    dataPoints: many(1, 'HistogramDataPoint'),
    aggregationTemporality: [2, 'int32'],
  }),
  ExponentialHistogram: message({
    dataPoints: many(1, 'ExponentialHistogramDataPoint'),
    aggregationTemporality: [2, 'int32'],
  }),
  Summary: message({ dataPoints: many(1, 'SummaryDataPoint') }),
  NumberDataPoint: message(
    {
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      asDouble: [4, 'double'],
      exemplars: many(5, 'Exemplar'),
      asInt: [6, 'sfixed64'],
      attributes: many(7, 'KeyValue'),
      flags: [8, 'uint32'],
    },
    { name: 'value', of: ['asDouble', 'asInt'] },
  ),
  HistogramDataPoint: message(
    {
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      count: [4, 'fixed64'],
      sum: [5, 'double'],
      bucketCounts: many(6, 'fixed64'),
      explicitBounds: many(7, 'double'),
      exemplars: many(8, 'Exemplar'),
      attributes: many(9, 'KeyValue'),
      flags: [10, 'uint32'],
      min: [11, 'double'],
      max: [12, 'double'],
    },
    { name: '_sum', of: ['sum'] },
  ),
  ExponentialHistogramDataPoint: message(
    {
      attributes: many(1, 'KeyValue'),
      startTimeUnixNano: [2, 'fixed64'],
      timeUnixNano: [3, 'fixed64'],
      count: [4, 'fixed64'],
      sum: [5, 'double'],
      scale: [6, 'sint32'],
      zeroCount: [7, 'fixed64'],
      positive: [8, 'Buckets'],
      negative: [9, 'Buckets'],
      flags: [10, 'uint32'],
      exemplars: many(11, 'Exemplar'),
      min: [12, 'double'],
      max: [13, 'double'],
      zeroThreshold: [14, 'double'],
    },
    { name: '_sum', of: ['sum'] },
  ),
  Buckets: message({ offset: [1, 'sint32'], bucketCounts: many(2, 'uint64') }),
  SummaryDataPoint: message({
    startTimeUnixNano: [2, 'fixed64'],
    timeUnixNano: [3, 'fixed64'],
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    quantileValues: many(6, 'ValueAtQuantile'),
    attributes: many(7, 'KeyValue'),
    flags: [8, 'uint32'],
  }),
  ValueAtQuantile: message({ quantile: [1, 'double'], value: [2, 'double'] }),
  Exemplar: message(
    {
      timeUnixNano: [2, 'fixed64'],
      asDouble: [3, 'double'],
      spanId: [4, 'bytes'],
      traceId: [5, 'bytes'],
      asInt: [6, 'sfixed64'],
      filteredAttributes: many(7, 'KeyValue'),
    },
    { name: 'value', of: ['asDouble', 'asInt'] },
  ),
};

const logs = {
  LogsRequest: message({ resourceLogs: many(1, 'ResourceLogs') }),
  ResourceLogs: message({
    resource: [1, 'Resource'],
    scopeLogs: many(2, 'ScopeLogs'),
    schemaUrl: [3, 'string'],
  }),
  ScopeLogs: message({
    scope: [1, 'InstrumentationScope'],
    logRecords: many(2, 'LogRecord'),
    schemaUrl: [3, 'string'],
  }),
  LogRecord: message({
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'int32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: many(6, 'KeyValue'),
    droppedAttributesCount: [7, 'uint32'],
    flags: [8, 'fixed32'],
    traceId: [9, 'bytes'],
    spanId: [10, 'bytes'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  }),
};

const traces = {
  TraceRequest: message({ resourceSpans: many(1, 'ResourceSpans') }),
  ResourceSpans: message({
    resource: [1, 'Resource'],
    scopeSpans: many(2, 'ScopeSpans'),
    schemaUrl: [3, 'string'],
  }),
  ScopeSpans: message({
    scope: [1, 'InstrumentationScope'],
    spans: many(2, 'Span'),
    schemaUrl: [3, 'string'],
  }),
  Span: message({
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    traceState: [3, 'string'],
    parentSpanId: [4, 'bytes'],
    name: [5, 'string'],
    kind: [6, 'int32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: many(9, 'KeyValue'),
    droppedAttributesCount: [10, 'uint32'],
    events: many(11, 'SpanEvent'),
    droppedEventsCount: [12, 'uint32'],
    links: many(13, 'SpanLink'),
    droppedLinksCount: [14, 'uint32'],
    status: [15, 'SpanStatus'],
    flags: [16, 'fixed32'],
  }),
  SpanEvent: message({
    timeUnixNano: [1, 'fixed64'],
    name: [2, 'string'],
    attributes: many(3, 'KeyValue'),
    droppedAttributesCount: [4, 'uint32'],
  }),
  SpanLink: message({
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    traceState: [3, 'string'],
    attributes: many(4, 'KeyValue'),
    droppedAttributesCount: [5, 'uint32'],
    flags: [6, 'fixed32'],
  }),
  SpanStatus: message({ message: [2, 'string'], code: [3, 'int32'] }),
};

const answers = {
  /** google.rpc.Status: the body of an error answer. */
  Status: message({ code: [1, 'int32'], message: [2, 'string'] }),
  /** Export{Metrics,Logs,Trace}ServiceResponse differ only in the name of the rejected count. */
  ExportResponse: message({ partialSuccess: [1, 'PartialSuccess'] }),
  PartialSuccess: message({ rejected: [1, 'int64'], errorMessage: [2, 'string'] }),
};

// Without it protobufjs would round 64-bit times and counts in silence.
if (typeof protobuf.util.Long !== 'function') throw new Error('protobufjs cannot load its dependency "long"');

const root = protobuf.Root.fromJSON({
  nested: { otlp: { nested: { ...common, ...metrics, ...logs, ...traces, ...answers } } },
});
root.resolveAll();

export const messageTypes = {
  metrics: root.lookupType('otlp.MetricsRequest'),
  logs: root.lookupType('otlp.LogsRequest'),
  traces: root.lookupType('otlp.TraceRequest'),
  status: root.lookupType('otlp.Status'),
  exportResponse: root.lookupType('otlp.ExportResponse'),
} as const;

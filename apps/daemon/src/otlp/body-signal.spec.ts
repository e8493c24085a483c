import { describe, expect, it } from 'vitest';
import { signalOfJson, signalOfProtobuf } from './body-signal.js';
import { messageTypes } from './descriptor.js';
import type { Signal } from './model.js';
import { protobufBodies } from './testing.js';

const encoded = (signal: Signal, tree: object): Uint8Array =>
  messageTypes[signal].encode(messageTypes[signal].fromObject(tree)).finish();

describe('the signal of a body (pi sends all to one address)', () => {
  it.each([
    ['metrics', { resourceMetrics: [] }],
    ['logs', { resourceLogs: [{}] }],
    ['traces', { resourceSpans: null }],
  ])('%s in JSON', (signal, tree) => {
    expect(signalOfJson(tree)).toBe(signal);
  });

  const id = Buffer.alloc(16, 7);
  const span = {
    traceId: id,
    spanId: id.subarray(8),
    name: 'a',
    startTimeUnixNano: '5',
    endTimeUnixNano: '9',
  };
  it.each([
    ['metrics', protobufBodies.metrics],
    ['logs', protobufBodies.logs],
    [
      'metrics',
      encoded('metrics', {
        // A name as long as a trace id, behind a scope without any metric.
        resourceMetrics: [
          { scopeMetrics: [{}, { metrics: [{ name: 'sixteen-letters.', gauge: { dataPoints: [{}] } }] }] },
        ],
      }),
    ],
    [
      'logs',
      encoded('logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ observedTimeUnixNano: '7' }] }] }] }),
    ],
    [
      'traces',
      encoded('traces', { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans: [span] }] }] }),
    ],
  ])('%s in protobuf', (signal, bytes) => {
    expect(signalOfProtobuf(bytes)).toBe(signal);
  });

  it.each([[null], [5], [[]], [{}], [{ resourceProfiles: [] }]])(
    'is refused where there is none: %j',
    (tree) => {
      expect(() => signalOfJson(tree)).toThrow('none of the requests of OTLP');
    },
  );

  it('is refused in bytes without any item, and in a million fields', () => {
    expect(() => signalOfProtobuf(Buffer.alloc(0))).toThrow('none of the requests');
    expect(() => signalOfProtobuf(Buffer.alloc(2_000_000, Buffer.from([0x18, 0x01])))).toThrow('none of the');
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from '@roundhouse/protocol';
import { maxDepth, maxNodes } from './budget.js';
import { decodeRequest, maxItems } from './decode.js';
import { messageTypes } from './descriptor.js';
import type { Signal } from './model.js';
import { interactive, protobufBodies } from './testing.js';

const json = (signal: Signal, value: unknown) =>
  decodeRequest({ signal, encoding: 'json', bytes: Buffer.from(JSON.stringify(value)) });
const protobuf = (signal: Signal, value: Record<string, unknown>) =>
  decodeRequest({
    signal,
    encoding: 'protobuf',
    bytes: messageTypes[signal].encode(messageTypes[signal].fromObject(value)).finish(),
  });

const metricsWith = (metric: unknown) => ({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
const both = [
  ['JSON', json],
  ['protobuf', protobuf],
] as const;

function failure(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('captured bodies', () => {
  it('decode in JSON', () => {
    const [first] = interactive.map(({ signal, bytes }) =>
      decodeRequest({ signal, encoding: 'json', bytes }),
    );
    expect(first?.rejected).toBe(0);
    expect(first?.batch.items[0]).toMatchObject({
      name: 'claude_code.session.count',
      temporality: 'delta',
      value: 1,
    });
  });

  it('decode in protobuf', () => {
    const { batch } = decodeRequest({ signal: 'logs', encoding: 'protobuf', bytes: protobufBodies.logs });
    expect(batch.items[0]).toMatchObject({
      body: 'claude_code.user_prompt',
      time: 1795226089290000000n,
      scope: { name: 'com.anthropic.claude_code.events' },
    });
  });
});

describe.each(both)('%s', (_name, decode) => {
  it('takes every kind of metric, with exemplars and flags', () => {
    const point = {
      timeUnixNano: '7',
      startTimeUnixNano: '3',
      exemplars: [{ timeUnixNano: '1', asInt: '2' }],
    };
    const kinds = [
      [{ gauge: { dataPoints: [{ ...point, asInt: '-5' }] } }, { kind: 'gauge', value: -5 }],
      [
        { sum: { aggregationTemporality: 2, dataPoints: [{ ...point, asDouble: 1.5 }] } },
        { kind: 'sum', value: 1.5 },
      ],
      [
        {
          histogram: {
            aggregationTemporality: 1,
            dataPoints: [{ ...point, sum: 4, bucketCounts: ['1', '2'] }],
          },
        },
        { kind: 'histogram', value: 4, temporality: 'delta' },
      ],
      [
        {
          exponentialHistogram: {
            dataPoints: [{ ...point, sum: 4, scale: -3, positive: { bucketCounts: ['9'] } }],
          },
        },
        { kind: 'exponentialHistogram', value: 4, temporality: 'unspecified' },
      ],
      [{ summary: { dataPoints: [{ timeUnixNano: '7', sum: 2 }] } }, { kind: 'summary', value: 2 }],
      [{ sum: { dataPoints: [{ ...point, asInt: '5', flags: 1 }] } }, { value: null }],
      [{ sum: { dataPoints: [point] } }, { value: null }],
    ] as const;
    for (const [metric, expected] of kinds) {
      expect(decode('metrics', metricsWith({ name: 'm', ...metric })).batch.items[0]).toMatchObject(expected);
    }
  });

  it('keeps every kind of attribute value', () => {
    const value = (of: Record<string, unknown>) => {
      const { items } = decode('logs', {
        resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes: [{ key: '__proto__', value: of }] }] }] }],
      }).batch;
      return items[0]?.attributes.get('__proto__');
    };
    expect(value({ stringValue: 'x' })).toBe('x');
    expect(value({ boolValue: true })).toBe(true);
    expect(value({ intValue: '12' })).toBe(12);
    expect(value({ intValue: '9223372036854775807' })).toBe('9223372036854775807');
    expect(value({ doubleValue: 0.5 })).toBe(0.5);
    expect(value({ arrayValue: { values: [{ stringValue: 'x' }] } })).toContain('x');
    expect(value({})).toBe('');
  });

  it('takes spans with events, links and status', () => {
    const id = (byte: number, length: number) =>
      decode === json ? Buffer.alloc(length, byte).toString('hex').toUpperCase() : Buffer.alloc(length, byte);
    const span = {
      traceId: id(0xab, 16),
      spanId: id(1, 8),
      name: 'claude_code.tool',
      startTimeUnixNano: '1',
      endTimeUnixNano: '5',
      events: [{ timeUnixNano: '2', name: 'e' }],
      links: [{ traceId: id(2, 16), spanId: id(3, 8), flags: 256 }],
      status: { code: 2, message: 'failed' },
      flags: 257,
    };
    expect(
      decode('traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }).batch.items[0],
    ).toMatchObject({
      traceId: 'ab'.repeat(16),
      spanId: '01'.repeat(8),
      end: 5n,
      failed: true,
    });
  });

  it('keeps a thousand items and counts the rest', () => {
    const dataPoints = Array.from({ length: maxItems + 7 }, () => ({ asInt: '1' }));
    const { batch, rejected } = decode('metrics', metricsWith({ sum: { dataPoints } }));
    expect(batch.items).toHaveLength(maxItems);
    expect(rejected).toBe(7);
  });

  it('takes an empty request', () => {
    for (const signal of ['metrics', 'logs', 'traces'] as const)
      expect(decode(signal, {}).batch.items).toEqual([]);
  });
});

describe('lenient JSON', () => {
  it('takes integers as numbers or text, names of enums, null, NaN, and unknown fields', () => {
    const metric = {
      name: 'm',
      unit: null,
      invented: { deep: [1] },
      sum: {
        aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA',
        dataPoints: [
          { timeUnixNano: 7, asInt: 3 },
          { timeUnixNano: '8', asDouble: 'NaN' },
        ],
      },
    };
    expect(json('metrics', metricsWith(metric)).batch.items).toMatchObject([
      { time: 7n, value: 3, temporality: 'delta', unit: '' },
      { time: 8n, value: null },
    ]);
  });
});

describe('bad input', () => {
  it('names the field', () => {
    const error = failure(() => json('metrics', metricsWith({ sum: { dataPoints: [{ asInt: 'many' }] } })));
    expect(error.code).toBe('BAD_REQUEST');
    expect(error.message).toContain('resourceMetrics[0].scopeMetrics[0].metrics[0].sum.dataPoints[0].asInt');
  });

  it.each(['', '[]', '"x"', 'null', '{"resourceMetrics":5}', '{"resourceMetrics":[', '{}x'])(
    'is refused: %s',
    (text) => {
      const run = () => decodeRequest({ signal: 'metrics', encoding: 'json', bytes: Buffer.from(text) });
      expect(failure(run).code).toBe('BAD_REQUEST');
    },
  );

  it('is refused when it is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(failure(() => decodeRequest({ signal: 'logs', encoding: 'json', bytes })).code).toBe(
      'BAD_REQUEST',
    );
  });

  it('unfolds neither to millions of parts nor to endless depth', () => {
    const many = Buffer.from(`{"resourceMetrics":[${'{},'.repeat(maxNodes / 2)}{}]}`);
    const deep = Buffer.from('['.repeat(maxDepth + 2));
    for (const bytes of [many, deep]) {
      expect(failure(() => decodeRequest({ signal: 'metrics', encoding: 'json', bytes })).code).toBe(
        'BODY_TOO_LARGE',
      );
    }
    const emptyResources = Buffer.alloc(2 * (maxNodes + 1));
    for (let at = 0; at < emptyResources.length; at += 2) emptyResources[at] = 0x0a;
    const run = () => decodeRequest({ signal: 'metrics', encoding: 'protobuf', bytes: emptyResources });
    expect(failure(run).code).toBe('BODY_TOO_LARGE');
  });
});

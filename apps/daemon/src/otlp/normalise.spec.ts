import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxSeen } from './apply-event.js';
import { meaningOf } from './meaning.js';
import type { OtlpBatch } from './model.js';
import {
  applyBatch,
  batchOf,
  capturedIn,
  claudeMeaning,
  interactive,
  interactiveTotals,
  metricPoint,
  requestRecord,
  usageIn,
} from './testing.js';
import { emptyUsageState, usageStateSchema, usageStateText, type UsageState } from './usage-state.js';

const metrics = interactive.filter(({ signal }) => signal === 'metrics').map(batchOf);
const logs = interactive.filter(({ signal }) => signal === 'logs').map(batchOf);

const run = (batches: readonly OtlpBatch[], meaning = claudeMeaning, state = emptyUsageState()): UsageState =>
  batches.reduce((before, batch) => applyBatch(before, batch, { meaning }).state, state);

const usageAfter = (batches: readonly OtlpBatch[], meaning = claudeMeaning) =>
  usageIn(run(batches, meaning), { meaning });
const thrice = <T>(items: readonly T[]): T[] => [...items, ...items, ...items];
const logsOf = (...items: ReturnType<typeof requestRecord>[]): OtlpBatch => ({ signal: 'logs', items });
const metricsOf = (...items: ReturnType<typeof metricPoint>[]): OtlpBatch => ({ signal: 'metrics', items });

describe('a captured conversation of six requests', () => {
  it('has eleven bodies of metrics', () => {
    expect(metrics).toHaveLength(11);
  });

  it.each([
    ['metrics alone', metrics],
    ['logs alone', logs],
    ['both', [...metrics, ...logs]],
  ])('gives its exact totals from %s, in any order, each body three times', (_name, batches) => {
    fc.assert(
      fc.property(fc.shuffledSubarray(thrice(batches), { minLength: batches.length * 3 }), (order) => {
        expect(usageAfter(order)).toMatchObject(interactiveTotals);
      }),
      { numRuns: 15 },
    );
  });

  it('tells model, context, requests and active time', () => {
    expect(usageAfter([...metrics, ...logs])).toMatchObject({
      model: 'claude-opus-4-8',
      context: { used: 2400, window: 1_000_000 },
      requests: 6,
      activeSeconds: 18.756,
    });
  });

  it('never counts both sources, wherever delivery stops', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(thrice([...metrics, ...logs])), (delivered) => {
        const usage = usageAfter(delivered);
        expect(usage?.tokens.input ?? 0).toBeLessThanOrEqual(interactiveTotals.tokens.input);
        expect(usage?.costNanos ?? 0).toBeLessThanOrEqual(interactiveTotals.costNanos);
      }),
      { numRuns: 15 },
    );
  });

  it('survives storing after every batch, and its revision only grows', () => {
    let state = emptyUsageState();
    for (const batch of thrice([...metrics, ...logs])) {
      const { rev } = state;
      state = usageStateSchema.parse(JSON.parse(usageStateText(applyBatch(state, batch).state)));
      expect(state.rev).toBeGreaterThanOrEqual(rev);
    }
    expect(usageIn(state)).toMatchObject(interactiveTotals);
  });

  it('changes nothing and asks for no write when all of it is sent again', () => {
    const state = run([...metrics, ...logs]);
    for (const batch of [...logs, ...metrics]) {
      const applied = applyBatch(state, batch);
      expect(applied).toMatchObject({ added: 0, refused: 0 });
      expect(applied.state).toEqual(state);
    }
  });
});

it('gives the totals of the same run in protobuf, from metrics and from logs', () => {
  const bodies = capturedIn('claude', 'protobuf');
  const [fromMetrics, fromLogs] = (['metrics', 'logs'] as const).map((wanted) =>
    usageAfter(bodies.filter(({ signal }) => signal === wanted).map(batchOf)),
  );
  const totals = {
    tokens: { input: 2400, output: 160, cacheRead: 1800, cacheCreation: 600, reasoning: 0 },
    costNanos: 20_650_000,
    costSource: 'reported',
    model: 'claude-opus-4-8',
  };
  expect(fromMetrics).toMatchObject(totals);
  expect(fromLogs).toMatchObject({ ...totals, requests: 2 });
});

describe('events and counters', () => {
  const request = (id: string, more: Record<string, string | number> = {}) =>
    requestRecord({ request_id: id, input_tokens: 10, cost_usd: 0.5, query_source: 'sdk', ...more });

  it('count events as soon as there is one', () => {
    const counted = metricsOf(metricPoint({ value: 700 }));
    expect(usageAfter([counted])?.tokens.input).toBe(700);
    expect(usageAfter([counted, logsOf(request('a'))])).toMatchObject({
      tokens: { input: 10 },
      costNanos: 500_000_000,
    });
    expect(usageAfter([logsOf(request('a')), counted])?.tokens.input).toBe(10);
  });

  it('count events without a cost too: their money is not known, whatever the counters say', () => {
    const free = logsOf(requestRecord({ request_id: 'a', input_tokens: 10 }));
    const expected = { tokens: { input: 10 }, costSource: 'none', costNanos: 0, unpricedTokens: 10 };
    expect(usageAfter([free])).toMatchObject(expected);
    expect(usageAfter([free, metricsOf(metricPoint({ value: 700 }))])).toMatchObject(expected);
  });

  it('never mix: any ledger, told by both in any order, gives the totals of the ledger (R:C11)', () => {
    const ledger = fc.array(fc.record({ input: fc.nat(200_000), micros: fc.nat(5_000_000) }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(ledger, fc.infiniteStream(fc.nat()), (rows, keys) => {
        const told = rows.flatMap(({ input, micros }, index) => {
          const interval = { start: BigInt(index + 1), time: BigInt(index + 2) };
          const cost = { name: 'claude_code.cost.usage', value: micros / 1e6, attributes: new Map() };
          return [
            metricsOf(metricPoint({ ...interval, value: input }), metricPoint({ ...interval, ...cost })),
            logsOf(requestRecord({ request_id: String(index), input_tokens: input, cost_usd: micros / 1e6 })),
          ];
        });
        const order = thrice(told)
          .map((batch) => ({ batch, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key);
        expect(usageAfter(order.map(({ batch }) => batch))).toMatchObject({
          tokens: { input: rows.reduce((total, { input }) => total + input, 0) },
          costNanos: rows.reduce((total, { micros }) => total + micros * 1000, 0),
        });
      }),
    );
  });

  it('recognise an event that is sent again by its request, else by prompt and sequence', () => {
    const unnamed = (sequence: number) =>
      requestRecord({ 'prompt.id': 'p', 'event.sequence': sequence, input_tokens: 1, cost_usd: 0 });
    expect(usageAfter([logsOf(request('a')), logsOf(request('a'), request('b'))])?.requests).toBe(2);
    expect(usageAfter([logsOf(unnamed(1)), logsOf(unnamed(1), unnamed(2))])?.requests).toBe(2);
  });

  it('remember a bounded number of requests', () => {
    const many = Array.from({ length: maxSeen + 10 }, (_, index) => request(String(index)));
    const state = run([logsOf(...many)]);
    expect(state.seen.size).toBe(maxSeen);
    expect(state.told.requests).toBe(maxSeen + 10);
  });

  it('take the cost in micros where dollars are missing', () => {
    const micros = requestRecord({ request_id: 'a', cost_usd_micros: 10_325 });
    expect(usageAfter([logsOf(micros)])).toMatchObject({ costNanos: 10_325_000, costSource: 'reported' });
  });

  it('refuse an event with unusable numbers', () => {
    const bad = request('a', { input_tokens: -5 });
    expect(applyBatch(emptyUsageState(), logsOf(bad))).toMatchObject({ refused: 1, added: 0 });
  });
});

describe('context', () => {
  const request = (at: number, source: string, input: number, model = 'claude-opus-4-8') =>
    requestRecord(
      {
        request_id: `${source}${String(at)}`,
        query_source: source,
        input_tokens: input,
        cache_read_tokens: 100,
        cache_creation_tokens: 10,
        cost_usd: 0.1,
        model,
      },
      { time: BigInt(at) },
    );
  const compaction = (at: number, after: number) =>
    requestRecord({ post_tokens: after }, { time: BigInt(at), body: 'claude_code.compaction' });

  it('is what the last main request put in, in any order; helpers do not count', () => {
    const told = [
      request(1, 'repl_main_thread', 500),
      request(3, 'generate_session_title', 9000),
      request(2, 'sdk', 700),
    ];
    for (const order of [told, told.toReversed()]) {
      expect(usageAfter([logsOf(...order)])?.context).toEqual({
        used: 810,
        window: 200_000,
        source: 'request',
      });
    }
  });

  it('is reset by a compaction until the next request', () => {
    const before = [request(1, 'sdk', 90_000), compaction(2, 4_000)];
    expect(usageAfter([logsOf(...before)])?.context).toEqual({
      used: 4_000,
      window: 200_000,
      source: 'compaction',
    });
    expect(usageAfter([logsOf(...before, request(3, 'sdk', 890))])?.context?.used).toBe(1000);
  });

  it('has the wide window when the counters name it, and not after a change back', () => {
    const marked = (time: bigint, model: string) =>
      metricsOf(
        metricPoint({
          time,
          start: time - 1n,
          attributes: new Map([
            ['model', model],
            ['type', 'input'],
          ]),
        }),
      );
    const event = logsOf(request(1, 'sdk', 500));
    expect(usageAfter([event, marked(5n, 'claude-opus-4-8[1m]')])?.context?.window).toBe(1_000_000);
    const back = [event, marked(5n, 'claude-opus-4-8[1m]'), marked(9n, 'claude-opus-4-8')];
    expect(usageAfter(back)?.context?.window).toBe(200_000);
    expect(usageAfter(back.toReversed())?.context?.window).toBe(200_000);
  });

  it('has no window for an unknown model', () => {
    expect(usageAfter([logsOf(request(1, 'sdk', 500, 'some-model'))])).toMatchObject({
      model: 'some-model',
      context: { used: 610, window: null },
    });
  });
});

describe('the telemetry section of a profile', () => {
  it('leaves excluded and unknown metrics and token kinds alone', () => {
    const meaning = meaningOf({ token_metrics: ['t', 'twice'], excluded_metrics: ['twice'] });
    const points = ['t', 'twice', 'other'].map((name) => metricPoint({ name, value: 3 }));
    const odd = metricPoint({ name: 't', attributes: new Map([['type', 'thought']]) });
    expect(usageAfter([metricsOf(...points, odd)], meaning)?.tokens.input).toBe(3);
  });

  it('takes the token kind of the general conventions, histograms and milliseconds', () => {
    const meaning = meaningOf({
      token_metrics: ['t'],
      runtime_metric: { name: 'r', unit: 'milliseconds' },
    });
    const attributes = new Map([['gen_ai.token.type', 'output']]);
    const tokens = metricPoint({ name: 't', kind: 'histogram', value: 42, attributes });
    const time = metricPoint({ name: 'r', value: 1500 });
    expect(usageAfter([metricsOf(tokens, time)], meaning)).toMatchObject({
      tokens: { output: 42 },
      activeSeconds: 1.5,
      costSource: 'none',
      unpricedTokens: 42,
    });
  });
});

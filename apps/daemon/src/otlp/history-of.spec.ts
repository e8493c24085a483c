import type { PromptUsage, UsageMinute } from '@roundhouse/protocol';
import { promptUsageSchema, usageMinuteSchema } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutesSince, promptsSince } from './history-of.js';
import { closeMinutes } from './minutes.js';
import type { MetricPoint, OtlpBatch } from './model.js';
import { applyBatch, applyReading, claudeMeaning, metricPoint, requestRecord, usageIn } from './testing.js';
import { emptyUsageState, usageStateSchema, usageStateText, type UsageState } from './usage-state.js';

const minute = 60_000;
const begin = Date.parse('2026-11-21T10:00:00Z');
const hour = 60 * minute;

/** What the hub keeps: the newest revision of each minute and prompt. */
class Hub {
  readonly minutes = new Map<string, UsageMinute>();
  readonly prompts = new Map<string, PromptUsage>();
  #rev = 0;

  /** As the daemon reports: what changed since the last time; then old minutes may be forgotten. */
  hear(state: UsageState): void {
    for (const each of minutesSince(state, this.#rev, claudeMeaning)) {
      const known = this.minutes.get(each.minute);
      if (!known || known.rev < each.rev) this.minutes.set(each.minute, usageMinuteSchema.parse(each));
    }
    for (const each of promptsSince(state, this.#rev)) {
      const known = this.prompts.get(each.promptId);
      if (!known || known.rev < each.rev) this.prompts.set(each.promptId, promptUsageSchema.parse(each));
    }
    this.#rev = state.rev;
    closeMinutes(state.minutes, state.rev);
  }

  sums() {
    const rows = [...this.minutes.values()].flatMap(({ models }) => models);
    const sum = (of: (row: (typeof rows)[number]) => number): number =>
      rows.reduce((total, row) => total + of(row), 0);
    return {
      tokens: {
        input: sum(({ tokens }) => tokens.input),
        output: sum(({ tokens }) => tokens.output),
        cacheRead: sum(({ tokens }) => tokens.cacheRead),
        cacheCreation: sum(({ tokens }) => tokens.cacheCreation),
        reasoning: 0,
      },
      costNanos: sum(({ costNanos }) => costNanos),
      estimatedNanos: sum(({ estimatedNanos }) => estimatedNanos),
      unpricedTokens: sum(({ unpricedTokens }) => unpricedTokens),
      requests: sum(({ requests }) => requests),
      errors: sum(({ errors }) => errors),
      retries: sum(({ retries }) => retries),
    };
  }
}

const sumsOf = (state: UsageState) => {
  const { tokens, costNanos, estimatedNanos, unpricedTokens, requests, errors, retries } =
    usageIn(state) ?? {};
  return { tokens, costNanos, estimatedNanos, unpricedTokens, requests, errors, retries };
};

/** Early, late, and with a clock that is an hour or a day off. */
const skew = fc.oneof(
  fc.integer({ min: -5_000, max: 0 }),
  fc.integer({ min: -90 * minute, max: 0 }),
  fc.constantFrom(hour, -hour, 24 * hour, -24 * hour, -begin),
);

const toldAfter = (wait: fc.Arbitrary<number>, ids: number) =>
  fc.record({
    wait,
    skew,
    id: fc.nat(ids),
    kind: fc.constantFrom('request', 'request', 'request', 'error', 'point', 'restart'),
    input: fc.nat(5_000),
    cost: fc.option(fc.nat(1_000_000)),
    model: fc.constantFrom('claude-opus-4-8', 'other', ''),
    source: fc.constantFrom('sdk', 'title', 'agent:x'),
  });
const few = fc.array(toldAfter(fc.oneof(fc.nat(2_000), fc.nat(10 * minute)), 60), { maxLength: 80 });
/** Of a session that goes on for longer than minutes stay open. */
const many = fc.array(toldAfter(fc.integer({ min: 50_000, max: 70_000 }), 100_000), {
  minLength: 100,
  maxLength: 140,
});
type Told = typeof few extends fc.Arbitrary<(infer T)[]> ? T : never;

const atMs = (ms: number): bigint => BigInt(Math.max(0, Math.round(ms))) * 1_000_000n;

function batchFor({ kind, id, input, cost, model, source, skew: off }: Told, now: number): OtlpBatch {
  if (kind === 'point') {
    const point: Partial<MetricPoint> = {
      value: input,
      start: atMs(now + off - 1_000),
      time: atMs(now + off),
      attributes: new Map([
        ['type', 'input'],
        ['model', model],
      ]),
    };
    return { signal: 'metrics', items: [metricPoint(point)] };
  }
  const attributes = {
    ...{ request_id: String(id), model, query_source: source, input_tokens: input, attempt: 2 },
    ...{ 'prompt.id': `p${String(id % 7)}` },
    ...(cost === null ? {} : { cost_usd_micros: cost }),
  };
  const body = kind === 'error' ? 'claude_code.api_error' : 'claude_code.api_request';
  return { signal: 'logs', items: [requestRecord(attributes, { time: atMs(now + off), body })] };
}

describe('minutes', () => {
  it('sum up to the totals, whatever comes, late, early, by clocks that jump, and over restarts', () => {
    fc.assert(
      fc.property(fc.oneof(few, many), (all) => {
        const hub = new Hub();
        let state = emptyUsageState(begin);
        let now = begin;
        for (const each of all) {
          now += each.wait;
          if (each.kind === 'restart') state = usageStateSchema.parse(JSON.parse(usageStateText(state)));
          else state = applyBatch(state, batchFor(each, now), { now }).state;
          hub.hear(state);
        }
        if (state.rev > 0) expect(hub.sums()).toEqual(sumsOf(state));
        expect(state.minutes.open.size).toBeLessThanOrEqual(62);
        for (const at of hub.minutes.keys()) {
          expect(Date.parse(at)).toBeGreaterThanOrEqual(begin - 2 * minute);
          expect(Date.parse(at)).toBeLessThanOrEqual(now + minute);
        }
      }),
      { numRuns: 60, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false },
    );
  });

  it('are told again when events take over from counters: nothing counts twice', () => {
    const hub = new Hub();
    const point = metricPoint({ value: 700, start: atMs(begin), time: atMs(begin + 1_000) });
    let state = applyBatch(
      emptyUsageState(begin),
      { signal: 'metrics', items: [point] },
      { now: begin },
    ).state;
    hub.hear(state);
    expect(hub.sums().tokens.input).toBe(700);
    const request = requestRecord(
      { request_id: 'a', input_tokens: 650, cost_usd: 1 },
      { time: atMs(begin + 2 * minute) },
    );
    state = applyBatch(state, { signal: 'logs', items: [request] }, { now: begin + 2 * minute }).state;
    hub.hear(state);
    expect(hub.sums().tokens.input).toBe(650);
    expect(hub.minutes.size).toBe(2);
  });

  it('have at most as many rows as a fact may have', () => {
    const items = Array.from({ length: 400 }, (_, index) =>
      requestRecord(
        {
          ...{ request_id: String(index), model: `m${String(index)}`, input_tokens: 1, cost_usd: 0 },
          ...{ query_source: index % 2 ? 'sdk' : 'title' },
        },
        { time: atMs(begin) },
      ),
    );
    const state = applyBatch(emptyUsageState(begin), { signal: 'logs', items }, { now: begin }).state;
    const hub = new Hub();
    hub.hear(state);
    expect(hub.sums()).toEqual(sumsOf(state));
  });

  it('have time spent, lines, commits and pull requests', () => {
    const counter = (name: string, type: string, value: number) =>
      metricPoint({ name, value, time: atMs(begin + 5), attributes: new Map([['type', type]]) });
    const items = [
      counter('claude_code.lines_of_code.count', 'added', 12),
      counter('claude_code.lines_of_code.count', 'removed', 5),
      counter('claude_code.commit.count', '', 1),
      counter('claude_code.pull_request.count', '', 1),
    ];
    const counted = applyBatch(emptyUsageState(begin), { signal: 'metrics', items }, { now: begin }).state;
    const spent = {
      ...{
        is: 'spent' as const,
        ms: begin,
        workingMs: 2_000,
        waitingMs: 8_000,
        idleMs: 500,
        blockedMs: 7_000,
      },
    };
    const state = applyReading(counted, { observations: [spent], refused: 0 }, { now: begin }).state;
    const expected = { linesAdded: 12, linesRemoved: 5, commits: 1, pullRequests: 1, workingMs: 2_000 };
    expect(usageIn(state)).toMatchObject({ ...expected, blockedMs: 7_000, activeSeconds: null });
    expect(minutesSince(state, 0, claudeMeaning)).toMatchObject([
      { ...expected, waitingMs: 8_000, idleMs: 500 },
    ]);
  });
});

describe('prompts', () => {
  it('have what they led to: requests of helpers and subagents too, and tools', () => {
    const named = { 'prompt.id': 'p', model: 'claude-opus-4-8', cost_usd: 0.5, input_tokens: 10 };
    const record = (body: string, attributes: Record<string, string | number>) =>
      requestRecord({ ...named, ...attributes }, { time: atMs(begin), body: `claude_code.${body}` });
    const items = [
      record('api_request', { request_id: '1', query_source: 'sdk' }),
      record('user_prompt', { prompt_length: 26 }),
      record('api_request', { request_id: '2', query_source: 'generate_session_title', model: 'small' }),
      record('api_request', { request_id: '3', query_source: 'agent:explore', 'agent.name': 'explore' }),
      record('tool_result', { tool_use_id: 't', tool_name: 'Bash', success: 'false', duration_ms: '40' }),
    ];
    const state = applyBatch(emptyUsageState(begin), { signal: 'logs', items }, { now: begin }).state;
    expect(promptsSince(state, 0)).toMatchObject([
      {
        ...{ promptId: 'p', characters: 26, requests: 3, toolCalls: 1, model: 'claude-opus-4-8' },
        ...{ costNanos: 1_500_000_000, costSource: 'reported', tokens: { input: 30 } },
      },
    ]);
    expect(usageIn(state)).toMatchObject({ toolCalls: 1, toolFailures: 1, prompts: 1 });
    const roles = minutesSince(state, 0, claudeMeaning)[0]?.models.map(({ role, agent }) => [role, agent]);
    expect(roles).toEqual([
      ['main', null],
      ['auxiliary', null],
      ['subagent', 'explore'],
    ]);
  });

  it('that were closed are not told again as if they began anew', () => {
    const hub = new Hub();
    let state = emptyUsageState(begin);
    const request = (index: number, prompt: number, at: number) => {
      const attributes = {
        request_id: `r${String(index)}`,
        'prompt.id': `p${String(prompt)}`,
        input_tokens: 1,
      };
      const items = [requestRecord(attributes, { time: atMs(begin + at) })];
      state = applyBatch(state, { signal: 'logs', items }, { now: begin + at }).state;
      hub.hear(state);
    };
    for (let index = 0; index < 100; index += 1) request(index, index, index);
    request(1_000, 0, 0);
    expect(hub.prompts.size).toBe(100);
    expect([...hub.prompts.values()].every(({ requests }) => requests === 1)).toBe(true);
    expect(state.prompts.open.size).toBe(64);
  });
});

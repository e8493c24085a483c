// Two mistakes of the system that Roundhouse replaces, which cannot be made here any more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minutesSince } from './history-of.js';
import type { OtlpBatch } from './model.js';
import { readStatement } from './statements.js';
import {
  applyBatch,
  applyReading,
  batchOf,
  claudeMeaning,
  interactive,
  interactiveTotals,
  requestRecord,
  usageIn,
} from './testing.js';
import { emptyUsageState, usageStateSchema, usageStateText, type UsageState } from './usage-state.js';

const stored = (state: UsageState): UsageState => usageStateSchema.parse(JSON.parse(usageStateText(state)));
const logsOf = (...items: ReturnType<typeof requestRecord>[]): OtlpBatch => ({ signal: 'logs', items });

/** Taking the greatest of the points instead of their sum made this of six requests of $0.010325. */
const greatestPoint = 10_325_000;

describe('the six-times-too-low cost of the main seed is impossible', () => {
  const batches = interactive.map(batchOf);
  const thrice = [...batches, ...batches, ...batches];

  it('in any order, each batch three times, cut by a restart anywhere', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(thrice, { minLength: thrice.length }),
        fc.nat(thrice.length),
        (order, restart) => {
          let state = emptyUsageState();
          for (const [index, batch] of order.entries()) {
            if (index === restart) state = stored(state);
            state = applyBatch(state, batch).state;
          }
          const usage = usageIn(state);
          expect(usage).toMatchObject({ ...interactiveTotals, requests: 6 });
          expect(usage?.costNanos).toBe(6 * greatestPoint);
          const rows = minutesSince(state, 0, claudeMeaning).flatMap(({ models }) => models);
          expect(rows.reduce((sum, { costNanos }) => sum + costNanos, 0)).toBe(6 * greatestPoint);
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the cache-blind context bar is impossible', () => {
  const state = interactive.reduce(
    (before, body) => applyBatch(before, batchOf(body)).state,
    emptyUsageState(),
  );
  const at = Date.parse('2026-11-21T02:00:00Z');
  const statusLine = {
    model: { id: 'claude-opus-4-8' },
    context_window: {
      context_window_size: 200_000,
      current_usage: {
        input_tokens: 1200,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 98_500,
      },
    },
  };
  const fields = {
    context_used: [
      'context_window.current_usage.input_tokens',
      'context_window.current_usage.cache_creation_input_tokens',
      'context_window.current_usage.cache_read_input_tokens',
    ],
    context_window: 'context_window.context_window_size',
  };
  const saidAt = (ms: number) => readStatement({ source: 'status-line', document: statusLine, ms }, fields);
  const request = (ms: number, input: number) =>
    logsOf(
      requestRecord(
        {
          request_id: String(ms),
          input_tokens: input,
          cache_read_tokens: 10_000,
          cost_usd: 0.1,
          query_source: 'sdk',
          model: 'claude-opus-4-8',
        },
        { time: BigInt(ms) * 1_000_000n },
      ),
    );
  const compaction = (ms: number) =>
    logsOf(
      requestRecord(
        { post_tokens: 4_000 },
        { time: BigInt(ms) * 1_000_000n, body: 'claude_code.compaction' },
      ),
    );

  it('from requests: everything that was sent, 2,400 and not 1,200', () => {
    expect(usageIn(state)?.context).toEqual({ used: 2400, window: 1_000_000, source: 'request' });
  });

  it('from the status line: all three kinds of its input, and its own window', () => {
    const said = applyReading(emptyUsageState(), { observations: saidAt(at), refused: 0 });
    const full = { used: 100_000, window: 200_000, source: 'status-line' };
    expect(usageIn(said.state)?.context).toEqual(full);
    // A request of the same moment is less exact; one that is much newer is not.
    const soon = applyBatch(said.state, request(at + 2_000, 500)).state;
    expect(usageIn(soon)?.context).toEqual(full);
    const later = applyBatch(said.state, request(at + 31_000, 500)).state;
    expect(usageIn(later)?.context).toMatchObject({ used: 10_500, source: 'request' });
  });

  it('after a compaction: what is left, until the next request says more', () => {
    const said = applyReading(emptyUsageState(), { observations: saidAt(at), refused: 0 }).state;
    const compacted = applyBatch(said, compaction(at + 1_000)).state;
    expect(usageIn(compacted)?.context).toMatchObject({ used: 4_000, source: 'compaction' });
    const next = applyBatch(compacted, request(at + 2_000, 90)).state;
    expect(usageIn(next)?.context).toMatchObject({ used: 10_090, source: 'request' });
    const again = applyReading(next, { observations: saidAt(at + 3_000), refused: 0 }).state;
    expect(usageIn(again)?.context).toMatchObject({ used: 100_000, source: 'status-line' });
  });
});

import { minutesPerFact, sessionIdSchema, type Fact, type UsageMinute } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeUsage, type UsageFact } from './merge-usage.js';
import { planFacts } from './outbox-plan.js';

const sessionId = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const minute = (number: number, rev: number): UsageMinute => ({
  minute: new Date(number * 60_000).toISOString(),
  rev,
  models: [],
  tools: [],
  workingMs: rev,
  waitingMs: 0,
  idleMs: 0,
  linesAdded: 0,
  linesRemoved: 0,
  commits: 0,
  pullRequests: 0,
  prompts: 0,
});
const usage = (rev: number, minutes: readonly number[]): UsageFact => ({
  kind: 'session.usage',
  sessionId,
  epoch: 1,
  usage: {
    rev,
    model: null,
    tokens: { input: rev, output: 0, cacheRead: 0, cacheCreation: 0, reasoning: 0 },
    costNanos: 0,
    costSource: 'none',
    context: null,
    requests: 1,
    activeSeconds: null,
  },
  ...(minutes.length > 0 && { minutes: minutes.map((number) => minute(number, rev)) }),
});

/** What a hub has after these facts: the newest revision of everything. */
function known(facts: readonly UsageFact[]): { totals: number; minutes: Record<string, number> } {
  const minutes: Record<string, number> = {};
  let totals = 0;
  for (const fact of facts) {
    totals = Math.max(totals, fact.usage.rev);
    for (const { minute: at, rev } of fact.minutes ?? []) minutes[at] = Math.max(minutes[at] ?? 0, rev);
  }
  return { totals, minutes };
}

const revisions = fc
  .array(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: minutesPerFact }), { maxLength: 40 })
  .map((all) => all.map((minutes, index) => usage(index + 1, minutes)));

describe('usage that waits', () => {
  it('tells the same when it is united, in whatever groups it comes', () => {
    fc.assert(
      fc.property(revisions, fc.array(fc.integer({ min: 1, max: 5 })), (all, sizes) => {
        let facts: Fact[] = [];
        const waiting = [...all];
        for (let group = 0; waiting.length > 0; group += 1) {
          const plan = planFacts(waiting.splice(0, sizes[group] ?? 3), {
            at: 'x',
            nextSeq: facts.length + 1,
            unsent: () => facts.at(-1),
            room: 1_000,
          });
          const byNumber = new Map([...facts, ...plan.facts].map((fact) => [fact.seq, fact]));
          facts = [...byNumber.values()].sort((a, b) => a.seq - b.seq);
        }
        const bodies = facts.map(({ body }) => body as UsageFact);
        expect(known(bodies)).toEqual(known(all));
        expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1));
        for (const { minutes = [] } of bodies) expect(minutes.length).toBeLessThanOrEqual(minutesPerFact);
      }),
    );
  });

  it('keeps what an older daemon says as it is: totals without minutes', () => {
    expect(mergeUsage(usage(1, []), usage(2, []))).toEqual(usage(2, []));
    // With minutes the hub would not count what those totals grew by.
    expect(mergeUsage(usage(1, []), usage(2, [3]))).toBeNull();
  });

  it('loses history and never totals where there is no room', () => {
    const older: Fact = { seq: 7, at: 'x', body: usage(1, [1, 2, 3, 4, 5, 6, 7, 8, 9]) };
    const context = { at: 'y', nextSeq: 8, room: 0 };
    const united = planFacts([usage(2, [10, 11])], { ...context, unsent: () => older });
    expect(united.holes).toBe(1);
    expect(united.facts).toMatchObject([{ seq: 7, body: { usage: { rev: 2 } } }]);
    expect((united.facts[0]?.body as UsageFact).minutes).toHaveLength(9);
    const fresh = planFacts([usage(2, [10, 11])], { ...context, unsent: () => undefined });
    expect(fresh.facts).toEqual([{ seq: 8, at: 'y', body: { ...usage(2, []), minutes: [] } }]);
  });
});

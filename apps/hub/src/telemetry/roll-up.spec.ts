import type { UsageMinute } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  additionOf,
  minuteKey,
  minuteOf,
  rollUp,
  usagePart,
  type BucketChange,
  type Minute,
} from './roll-up.js';
import { grainMs, grainNames } from './bucket-tables.js';

const session = { sessionId: '44444444-4444-4444-8444-444444444444', epoch: 1 };
const start = Date.parse('2026-03-28T23:57:00Z');
const count = fc.nat(1_000);

const minute = fc.record({
  minute: fc.nat(200).map((index) => new Date(start + index * 60_000).toISOString()),
  rev: fc.integer({ min: 1, max: 5 }),
  models: fc.array(
    fc.record({
      model: fc.constantFrom(null, 'opus', 'haiku'),
      agent: fc.constantFrom(null, 'Explore'),
      role: fc.constantFrom('main', 'subagent', 'auxiliary'),
      tokens: fc.record({
        ...{ input: count, output: count, cacheRead: count, cacheCreation: count, reasoning: count },
      }),
      ...{ costNanos: count, estimatedNanos: count, unpricedTokens: count },
      ...{ requests: count, errors: count, retries: count },
    }),
    { maxLength: 4 },
  ),
  tools: fc.array(
    fc.record({
      tool: fc.constantFrom('Bash', 'Edit'),
      ...{ calls: count, failed: count, rejected: count, durationMs: count },
      histogram: fc.array(count, { minLength: 16, maxLength: 16 }),
    }),
    { maxLength: 3 },
  ),
  ...{ workingMs: count, waitingMs: count, idleMs: count, linesAdded: count, linesRemoved: count },
  ...{ commits: count, pullRequests: count, prompts: count },
}) as fc.Arbitrary<UsageMinute>;

/** A database: what `rollUp` says is added, row by row. */
class Store {
  readonly rows = new Map<string, BucketChange>();
  readonly minutes = new Map<string, Minute>();

  push(reports: readonly Minute[], additions: readonly Minute[] = []): void {
    for (const change of rollUp(reports, this.minutes, additions)) this.#add(change);
  }

  #add(change: BucketChange): void {
    const key = JSON.stringify([change.grain, minuteKey(change), change.table, change.keys]);
    const before = this.rows.get(key);
    const counts = change.counts.map((one, index) => one + (before?.counts[index] ?? 0));
    const row = { ...change, counts, rev: Math.max(change.rev, before?.rev ?? 0) };
    this.rows.set(key, row);
    if (change.grain !== 'minute') return;
    const { sessionId, epoch, at } = change;
    const kept = this.minutes.get(minuteKey(change)) ?? { sessionId, epoch, at, rev: 0, parts: [] };
    const others = kept.parts.filter(
      (part) => part.table !== change.table || part.keys.join() !== change.keys.join(),
    );
    const rev = change.table === 'activity' ? row.rev : kept.rev;
    this.minutes.set(minuteKey(change), { ...kept, rev, parts: [...others, row] });
  }

  /** Every row that is not zero, as text. */
  dump(): string[] {
    return [...this.rows.values()]
      .filter(({ counts }) => counts.some((one) => one !== 0))
      .map(({ grain, table, keys, at, counts }) => JSON.stringify([grain, at, table, keys, counts]))
      .sort();
  }
}

/** Hours, days and minutes of the newest revisions, added up without any cleverness. */
function reference(minutes: readonly UsageMinute[]): string[] {
  const newest = new Map<string, UsageMinute>();
  for (const one of minutes) {
    if ((newest.get(one.minute)?.rev ?? 0) < one.rev) newest.set(one.minute, one);
  }
  const rows = new Map<string, number[]>();
  for (const one of newest.values()) {
    const { at, parts } = minuteOf(session, one);
    for (const { table, keys, counts } of parts) {
      for (const grain of grainNames) {
        const key = JSON.stringify([grain, Math.floor(at / grainMs[grain]) * grainMs[grain], table, keys]);
        const before = rows.get(key) ?? counts.map(() => 0);
        rows.set(
          key,
          before.map((sum, index) => sum + (counts[index] ?? 0)),
        );
      }
    }
  }
  return [...rows]
    .filter(([, counts]) => counts.some((one) => one !== 0))
    .map(([key, counts]) => JSON.stringify([...(JSON.parse(key) as unknown[]), counts]))
    .sort();
}

describe('minutes into hours and days (R:C11)', () => {
  it('any order, repeats and revisions give the sums of the newest minutes', () => {
    const reports = fc.array(minute, { maxLength: 12 }).map((list) => {
      // One revision of one minute says one thing.
      const said = new Map<string, UsageMinute>();
      for (const one of list) said.set(`${one.minute} ${String(one.rev)}`, one);
      return [...said.values()];
    });
    const order = fc.array(fc.nat(), { minLength: 40, maxLength: 40 });
    const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(reports, order, cuts, (list, picks, sizes) => {
        const sent = list.length === 0 ? [] : picks.map((pick) => list[pick % list.length]);
        const all = [...sent, ...list].filter((one) => one !== undefined);
        const store = new Store();
        let at = 0;
        for (const size of [...sizes, all.length]) {
          store.push(all.slice(at, at + size).map((one) => minuteOf(session, one)));
          at += size;
        }
        expect(store.dump()).toEqual(reference(list));
      }),
    );
  });

  it('a revision that knows less takes back what it said', () => {
    const [one] = fc.sample(minute, { numRuns: 1, seed: 7 });
    if (!one) throw new Error('no sample');
    const store = new Store();
    store.push([minuteOf(session, { ...one, rev: 1 })]);
    const empty = { ...one, rev: 2, models: [], tools: [] };
    store.push([minuteOf(session, empty)]);
    expect(store.dump()).toEqual(reference([empty]));
  });

  it('what a daemon without minutes counted is added to the moment it came', () => {
    const part = usagePart({
      ...{ model: 'opus', agent: null, role: 'main', costNanos: 5, estimatedNanos: 0, unpricedTokens: 0 },
      tokens: { input: 1, output: 2, cacheRead: 3, cacheCreation: 4, reasoning: 0 },
      ...{ requests: 1, errors: 0, retries: 0 },
    });
    const store = new Store();
    store.push([], [additionOf(session, start + 1_234, part), additionOf(session, start + 2_345, part)]);
    store.push([], [additionOf(session, start + 3_456, part)]);
    const counts = [3, 6, 9, 12, 0, 15, 0, 0, 3, 0, 0];
    expect(store.dump()).toEqual(
      [
        ['day', Date.parse('2026-03-28T00:00:00Z')],
        ['hour', Date.parse('2026-03-28T23:00:00Z')],
        ['minute', start],
      ].map(([grain, at]) => JSON.stringify([grain, at, 'usage', ['opus', '', 'main'], counts])),
    );
  });

  it('a host with a wild clock stays within what can be stored', () => {
    const [one] = fc.sample(minute, { numRuns: 1 });
    if (!one) throw new Error('no sample');
    expect(minuteOf(session, { ...one, minute: '0000-01-01T00:00:00Z' }).at).toBe(0);
    expect(minuteOf(session, { ...one, minute: '9999-12-31T23:59:00Z' }).at).toBe(Date.UTC(9999, 11, 31));
  });
});

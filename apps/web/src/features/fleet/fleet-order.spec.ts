// Sorting by need, filters and their counts, search, what counts as ended, sums.
import { describe, expect, it } from 'vitest';
import { doing, makeHost, makeSession, minutesAgo, testNow } from '../../testing/entities.js';
import { byNeed, countByFilter, groupFleet, isPast, sumCost } from './fleet-order.js';

const host = makeHost();
const named = (name: string, change: object) => makeSession(host, { name, ...change });
const crashed = named('crashed', { state: 'exited', exitCode: 137, endedAt: minutesAgo(5) });
const waitingOld = named('waiting-old', doing('waiting', 9));
const waitingNew = named('waiting-new', doing('waiting', 1));
const working = named('working', doing('working', 3));
const idle = named('idle', doing('idle', 30));
const done = named('done', { state: 'exited', exitCode: 0, endedAt: minutesAgo(2) });
const all = [idle, done, working, waitingNew, crashed, waitingOld];
const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
const group = (change: object = {}) =>
  groupFleet({ hosts: [host], sessions: all, filter: 'all', query: '', now: testNow, ...change });

describe('byNeed', () => {
  it('puts the longest waiting first, then crashed, working, idle', () => {
    expect(names(all.toSorted(byNeed))).toEqual([
      'waiting-old',
      'waiting-new',
      'crashed',
      'working',
      'idle',
      'done',
    ]);
  });
});

describe('isPast', () => {
  it('keeps a bad end in sight for a day; a good end folds away at once', () => {
    expect(isPast(crashed, testNow)).toBe(false);
    expect(isPast(crashed, testNow + 25 * 3_600_000)).toBe(true);
    expect(isPast(done, testNow)).toBe(true);
  });

  it('folds away what somebody stopped, whatever its exit code', () => {
    expect(isPast({ ...crashed, desired: 'stopped' }, testNow)).toBe(true);
  });
});

describe('countByFilter', () => {
  it('counts each session once and leaves the ended out of all', () => {
    expect(countByFilter(all, testNow)).toEqual({
      ...{ all: 5, waiting: 2, crashed: 1, working: 1, idle: 1, unknown: 0, ended: 1 },
    });
  });
});

describe('groupFleet', () => {
  it('separates what goes on from what has ended', () => {
    const [only] = group();
    expect(names(only?.current ?? [])).toEqual(['waiting-old', 'waiting-new', 'crashed', 'working', 'idle']);
    expect(names(only?.past ?? [])).toEqual(['done']);
  });

  it('shows only what the filter asks for, and drops hosts without a match', () => {
    const empty = makeHost({ name: 'empty' });
    const [only, ...more] = group({ hosts: [host, empty], filter: 'waiting' });
    expect(names(only?.current ?? [])).toEqual(['waiting-old', 'waiting-new']);
    expect(more).toEqual([]);
    expect(group({ hosts: [host, empty] })).toHaveLength(2);
  });

  it('finds every word of a query in names, project, branch, agent and host', () => {
    expect(names(group({ query: 'atlas WORKING api' })[0]?.current ?? [])).toEqual(['working']);
    expect(group({ query: 'nothing-like-this' })).toEqual([]);
  });

  it('keeps a held order; what is new follows by need', () => {
    const held = [idle.id, working.id];
    expect(names(group({ held })[0]?.current ?? []).slice(0, 3)).toEqual(['idle', 'working', 'waiting-old']);
  });

  it('puts hosts that cannot be used last, the others by name', () => {
    const hosts = [
      makeHost({ name: 'b2' }),
      makeHost({ name: 'a', state: 'offline' }),
      makeHost({ name: 'b10' }),
    ];
    expect(group({ hosts, sessions: [] }).map((each) => each.host.name)).toEqual(['b2', 'b10', 'a']);
  });
});

describe('sums', () => {
  it('adds exact nano-dollars, and one estimate makes the sum one', () => {
    const paid = named('paid', { costNanos: 1_200_000_001, costSource: 'reported' });
    const guess = named('guess', { costNanos: 9, costSource: 'estimated' });
    const shell = named('shell', { costNanos: 500, costSource: 'none' });
    expect(sumCost([paid, shell])).toMatchObject({ nanos: 1_200_000_001, source: 'reported' });
    expect(sumCost([paid, guess])).toMatchObject({ nanos: 1_200_000_010, source: 'estimated' });
    expect(sumCost([shell])).toMatchObject({ nanos: 0, source: 'none' });
  });
});

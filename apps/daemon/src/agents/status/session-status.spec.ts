import { ManualClock } from '@roundhouse/kit';
import type { Activity, ActivityKind } from '@roundhouse/protocol';
import { expect, it } from 'vitest';
import { addMinutes, addTimes, noTime, type MinuteTimes } from './durations.js';
import { SessionStatus } from './session-status.js';
import type { ActivitySource } from '@roundhouse/protocol';

function setUp() {
  const clock = new ManualClock();
  const told: (Activity | null)[] = [];
  let minutes: MinuteTimes = new Map();
  const status = new SessionStatus({
    clock,
    onActivity: (activity) => told.push(activity),
    onTime: (more) => {
      minutes = addMinutes(minutes, more);
    },
    onChanged: () => undefined,
  });
  const say = (source: ActivitySource, kind: ActivityKind, why: string = source): void => {
    const at = clock.monotonic();
    status.signal({ source, kinds: [kind], waitsFor: null, ask: null, until: null, why, at });
  };
  const kinds = () => told.splice(0).map((activity) => activity?.kind ?? null);
  const spent = () => [...minutes.values()].reduce(addTimes, noTime);
  return { clock, status, say, kinds, told, spent };
}

it('tells each change at once, and what time alone brings', () => {
  const { clock, say, kinds } = setUp();
  say('process', 'starting');
  say('hook', 'working');
  clock.advance(1_000);
  say('title', 'idle');
  expect(kinds()).toEqual(['starting', 'working']);
  clock.advance(299);
  expect(kinds()).toEqual([]);
  clock.advance(1);
  expect(kinds()).toEqual(['idle']);
});

it('tells ten changes a second at most, and then the newest', () => {
  const { clock, say, kinds } = setUp();
  for (let index = 0; index < 100; index += 1) {
    say('hook', index % 2 === 0 ? 'working' : 'waiting');
    clock.advance(5);
  }
  say('hook', 'idle');
  expect(kinds()).toHaveLength(10);
  clock.advance(2_000);
  expect(kinds()).toEqual(['idle']);
});

it('R:C10 counts the time by the monotonic clock and shows the wall clock, which may jump', () => {
  const { clock, status, say, spent, told } = setUp();
  say('hook', 'working');
  clock.advance(70_000);
  clock.jump(3_600_000);
  say('hook', 'waiting');
  clock.advance(30_000);
  clock.jump(-7_200_000);
  status.count();
  expect(spent()).toEqual({ ...noTime, workingMs: 70_000, waitingMs: 30_000 });
  expect(told.map((activity) => activity?.kind)).toEqual(['working', 'waiting']);
  const explained = status.explain();
  expect(explained.signs).toMatchObject([{ source: 'hook', ageMs: 30_000, overruled: null }]);
  expect(explained.changes.map(({ kind }) => kind)).toEqual(['waiting', 'working']);
});

it('says what overruled a sign', () => {
  const { clock, status, say } = setUp();
  say('hook', 'waiting', 'PermissionRequest Bash');
  clock.advance(1_000);
  say('title', 'working', 'title ⠂ shop');
  clock.advance(1_000);
  expect(status.explain().signs).toMatchObject([
    { source: 'hook', why: 'PermissionRequest Bash', overruled: 'title ⠂ shop' },
    { source: 'title', overruled: null },
  ]);
});

it('is silent once it is over', () => {
  const { clock, status, say, kinds } = setUp();
  say('hook', 'working');
  kinds();
  status.dispose();
  say('hook', 'idle');
  clock.advance(5_000);
  expect(kinds()).toEqual([]);
});

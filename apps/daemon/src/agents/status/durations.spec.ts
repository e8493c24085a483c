import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addMinutes, addTimes, minutesOf, noTime, type MinuteTimes, type TimeSpent } from './durations.js';

const minute = 60_000;
const start = Date.UTC(2026, 0, 1, 12);
const total = (minutes: MinuteTimes): TimeSpent => [...minutes.values()].reduce(addTimes, noTime);

it('divides a stretch between its minutes', () => {
  const times = minutesOf({ kind: 'working', waitsFor: null, ms: 90_000, until: start + 75_000 });
  expect([...times]).toEqual([
    [start + minute, { ...noTime, workingMs: 15_000 }],
    [start, { ...noTime, workingMs: 60_000 }],
    [start - minute, { ...noTime, workingMs: 15_000 }],
  ]);
});

it('counts as blocked on a person what only a person can answer', () => {
  const of = (kind: 'waiting' | 'error', waitsFor: 'permission' | 'input' | null) =>
    total(minutesOf({ kind, waitsFor, ms: 100, until: start + 500 }));
  expect(of('waiting', 'permission')).toEqual({ ...noTime, waitingMs: 100, blockedMs: 100 });
  expect(of('waiting', 'input')).toEqual({ ...noTime, waitingMs: 100 });
  expect(of('error', null)).toEqual({ ...noTime, idleMs: 100 });
});

it('R:C10 counts each millisecond once, wherever the wall clock jumps to', () => {
  const stretch = fc.record({
    ms: fc.integer({ min: 0, max: 400_000 }),
    jump: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  });
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 20 }), (stretches) => {
      let wall = start;
      let minutes: MinuteTimes = new Map();
      for (const { ms, jump } of stretches) {
        wall += ms + jump;
        minutes = addMinutes(minutes, minutesOf({ kind: 'working', waitsFor: null, ms, until: wall }));
      }
      const sum = stretches.reduce((all, { ms }) => all + ms, 0);
      expect(total(minutes)).toEqual({ ...noTime, workingMs: sum });
      for (const at of minutes.keys()) expect(at % minute).toBe(0);
    }),
  );
});

it('does not tell a long sleep minute by minute', () => {
  const times = minutesOf({ kind: 'idle', waitsFor: null, ms: 86_400_000, until: start });
  expect(times.size).toBe(60);
  expect(total(times).idleMs).toBe(86_400_000);
});

// How long an agent worked, waited and rested in each minute: each millisecond counts once, by a clock that only goes on. Pure.
import type { ActivityKind, WaitsFor } from '@roundhouse/protocol';

export interface TimeSpent {
  readonly workingMs: number;
  readonly waitingMs: number;
  readonly idleMs: number;
  /** The part of `waitingMs` in which only a person could go on: a permission, a plan, a question. */
  readonly blockedMs: number;
}

/** Wall time of the minute's beginning, in milliseconds. */
export type MinuteTimes = ReadonlyMap<number, TimeSpent>;

export const noTime: TimeSpent = { workingMs: 0, waitingMs: 0, idleMs: 0, blockedMs: 0 };

const minuteMs = 60_000;
/** A machine that slept for days is not told minute by minute: older ones are added to the first. */
const minutesMax = 60;

export interface Held {
  readonly kind: ActivityKind;
  readonly waitsFor: WaitsFor | null;
  /** For so long, by the monotonic clock. */
  readonly ms: number;
  /** Wall time at the end of it. */
  readonly until: number;
}

/** The minutes of one stretch in which nothing changed. Their sum is `ms`, whatever the wall clock did meanwhile. */
export function minutesOf(held: Held): MinuteTimes {
  const times = new Map<number, TimeSpent>();
  let left = Math.round(held.ms);
  let end = held.until;
  while (left > 0) {
    const start = Math.floor((end - 1) / minuteMs) * minuteMs;
    const part = times.size === minutesMax - 1 ? left : Math.min(left, Math.ceil(end - start));
    times.set(start, spent(held, part));
    left -= part;
    end = start;
  }
  return times;
}

export const addTimes = (a: TimeSpent, b: TimeSpent): TimeSpent => ({
  workingMs: a.workingMs + b.workingMs,
  waitingMs: a.waitingMs + b.waitingMs,
  idleMs: a.idleMs + b.idleMs,
  blockedMs: a.blockedMs + b.blockedMs,
});

export function addMinutes(a: MinuteTimes, b: MinuteTimes): MinuteTimes {
  const sum = new Map(a);
  for (const [minute, times] of b) sum.set(minute, addTimes(sum.get(minute) ?? noTime, times));
  return sum;
}

function spent({ kind, waitsFor }: Held, ms: number): TimeSpent {
  if (kind === 'starting') return noTime;
  if (kind === 'working') return { ...noTime, workingMs: ms };
  if (kind !== 'waiting') return { ...noTime, idleMs: ms };
  return { ...noTime, waitingMs: ms, blockedMs: waitsFor === null || waitsFor === 'input' ? 0 : ms };
}

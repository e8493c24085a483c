// The state of one agent from its signs: keeps the last of each source, decides, and remembers what changed. Pure.
import {
  explainedChangesMax,
  type Activity,
  type ActivityExplanation,
  type ActivityKind,
} from '@roundhouse/protocol';
import { decide, isSpent, type View } from './decide.js';
import { admits, isReading, sameKinds, sameMeaning, type Signal, type Slots } from './signal.js';
import { readingOf } from './reading.js';
import { rankOf } from './settle.js';

/** Newest first, as the wire has it. */
export type Change = ActivityExplanation['changes'][number];

export interface StatusState extends View {
  readonly activity: Activity | null;
  readonly changes: readonly Change[];
  /** Monotonic milliseconds: when to look again without a new sign. */
  readonly lookAt: number;
}

export interface Now {
  readonly monotonic: number;
  /** Wall time in milliseconds, for display alone. */
  readonly wall: number;
}

export const nothingKnown: StatusState = {
  ...{ slots: {}, reading: null, spentTo: Number.NEGATIVE_INFINITY, before: null },
  ...{ activity: null, changes: [] },
  lookAt: Number.POSITIVE_INFINITY,
};

/** @param signal null when only time has passed */
export function reduce(state: StatusState, signal: Signal | null, now: Now): StatusState {
  const slots = signal ? withSignal(state, signal) : state.slots;
  const reading = readingOf(slots);
  const decision = decide({ ...state, slots, reading }, now.monotonic);
  const { kind, kept, spentTo, lookAt } = decision;
  const next = { ...state, slots, reading, spentTo, lookAt };
  if (kept) return next;
  return kind === null ? { ...next, activity: null, before: null } : settled(next, kind, now);
}

function settled(state: StatusState, kind: ActivityKind, now: Now): StatusState {
  const before = state.activity;
  const agreeing = Object.values(state.slots)
    .filter((slot) => admits(slot.kinds, kind) && !isSpent(slot, state.spentTo))
    .sort((a, b) => rankOf[b.source] - rankOf[a.source] || a.at - b.at);
  const [best] = agreeing;
  if (!best) return before?.kind === kind ? state : changed(state, bare(kind, now));
  const waitsFor = kind === 'waiting' ? firstOf(agreeing, (slot) => slot.waitsFor) : null;
  const isSame = before?.kind === kind && before.waitsFor === waitsFor;
  const activity: Activity = {
    ...{ kind, waitsFor, why: best.why, source: best.source },
    since: isSame ? before.since : instant(now),
    ask: firstOf(agreeing, (slot) => slot.ask),
    until: kind === 'rate-limited' ? firstOf(agreeing, (slot) => slot.until) : null,
  };
  return isSame ? { ...state, activity } : changed(state, activity);
}

function changed(state: StatusState, activity: Activity): StatusState {
  const { kind, why, waitsFor, since, source } = activity;
  const change: Change = { at: since, kind, waitsFor, why, source: source ?? 'process' };
  const changes = [change, ...state.changes].slice(0, explainedChangesMax);
  return { ...state, activity, before: kind, changes };
}

const bare = (kind: ActivityKind, now: Now): Activity => ({
  ...{ kind, why: '', since: instant(now), waitsFor: null, source: null, ask: null, until: null },
});

const instant = ({ wall }: Now): string => new Date(wall).toISOString();

function firstOf<T>(slots: readonly Signal[], pick: (slot: Signal) => T | null): T | null {
  for (const slot of slots) {
    const found = pick(slot);
    if (found !== null) return found;
  }
  return null;
}

function withSignal({ slots, spentTo }: StatusState, signal: Signal): Slots {
  const { source } = signal;
  const before = slots[source];
  if (isReading(source)) return withReading(slots, source, signal);
  // A repeat without words (a notification after the request) does not take them away.
  const repeats = before && !isSpent(before, spentTo) && sameKinds(before.kinds, signal.kinds);
  if (repeats && signal.ask === null && (signal.waitsFor === null || signal.waitsFor === before.waitsFor)) {
    return { ...slots, [source]: { ...before, until: signal.until ?? before.until, at: signal.at } };
  }
  return { ...slots, [source]: signal };
}

function withReading(slots: Slots, source: 'title' | 'screen', signal: Signal): Slots {
  const before = slots[source];
  if (signal.kinds.length > 0) {
    return before && sameMeaning(before, signal) ? slots : { ...slots, [source]: signal };
  }
  const others = Object.values(slots).filter((slot) => slot.source !== source);
  const without: Slots = Object.fromEntries(others.map((slot) => [slot.source, slot]));
  if (before?.kinds.length !== 1 || before.kinds[0] !== 'waiting') {
    return before && sameKinds(before.kinds, noLonger) ? slots : without;
  }
  // The dialog is gone; more is not known.
  const gone = { ...signal, kinds: noLonger, waitsFor: null, ask: null, until: null };
  return { ...without, [source]: { ...gone, why: `${source}: the question is gone` } };
}

const noLonger: readonly ActivityKind[] = ['working', 'idle'];

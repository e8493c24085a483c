// Which of an agent's signs counts now, and when to look again. Pure: times come in, nothing is remembered.
import type { ActivityKind } from '@roundhouse/protocol';
import { admits, isReading, type Signal, type Slots } from './signal.js';
import { lingerMs, rankOf, silentStartMs, statementSettleMs } from './settle.js';

/** What title and screen say together; since when they mean that. */
export interface Reading {
  readonly kinds: readonly ActivityKind[];
  readonly at: number;
  /** Against a statement before it. */
  readonly settleMs: number;
  /** Against nothing: only what is half drawn is waited out. */
  readonly glanceMs: number;
  /** The stronger of those that took part. */
  readonly from: 'title' | 'screen';
  /** It cannot be taken for something else: a dialog, or a title that means one thing. */
  readonly clear: boolean;
}

export interface View {
  readonly slots: Slots;
  readonly reading: Reading | null;
  /** Statements up to here were proven wrong by what was visible later. */
  readonly spentTo: number;
  /** The kind until now. */
  readonly before: ActivityKind | null;
}

export interface Decision {
  readonly kind: ActivityKind | null;
  /** It is what it was, until what is visible now has stood a moment. */
  readonly kept: boolean;
  readonly spentTo: number;
  /** Monotonic milliseconds; something may change then without a new sign. */
  readonly lookAt: number;
}

interface Choice {
  readonly kind: ActivityKind | null;
  readonly kept?: true;
  readonly lookAt: number;
  /** The statement that is refuted by it. */
  readonly spends: Signal | null;
}

const never = Number.POSITIVE_INFINITY;

export function decide(view: View, now: number): Decision {
  let { spentTo } = view;
  let lookAt = never;
  for (;;) {
    const said = statement(view, spentTo, now);
    spentTo = said.spentTo;
    const choice = choose(view, said.signal, now);
    lookAt = Math.min(lookAt, said.lookAt, choice.lookAt);
    if (!choice.spends) return { kind: choice.kind, kept: choice.kept ?? false, spentTo, lookAt };
    // Others that said the same may be refuted with it.
    spentTo = choice.spends.at;
  }
}

/** Whether a statement still counts. */
export const isSpent = (signal: Signal, spentTo: number): boolean =>
  !isReading(signal.source) && signal.at <= spentTo;

/** From the strongest down: a weaker one counts when it is later, contradicts, and has stood for a while. */
function statement({ slots, before }: View, spent: number, now: number) {
  const said = Object.values(slots)
    .filter((signal) => !isReading(signal.source) && !isSpent(signal, spent))
    .sort((a, b) => rankOf[b.source] - rankOf[a.source]);
  let [signal = null] = said;
  // When it was said last, by whomever.
  let saidAt = signal?.at ?? spent;
  let lookAt = never;
  let spentTo = spent;
  for (const weaker of said.slice(1)) {
    if (!signal || weaker.at <= saidAt) continue;
    const settledAt = weaker.at + statementSettleMs[weaker.source];
    if (admits(weaker.kinds, kindOf(signal, before))) saidAt = weaker.at;
    else if (now < settledAt) lookAt = Math.min(lookAt, settledAt);
    else {
      // Else it would count again while the next weaker one settles.
      spentTo = Math.max(spentTo, saidAt);
      signal = weaker;
      saidAt = weaker.at;
    }
  }
  return { signal, lookAt, spentTo };
}

function choose(view: View, said: Signal | null, now: number): Choice {
  const { reading, before } = view;
  if (!reading) return unread(view, said, now);
  if (!said) return byReading(reading, null, before, now);
  const kind = kindOf(said, before);
  const agrees = admits(reading.kinds, kind);
  if (rankOf[reading.from] > rankOf[said.source]) {
    return agrees ? byReading(reading, kind, before, now) : { kind: null, lookAt: never, spends: said };
  }
  if (agrees) return { kind, lookAt: never, spends: null };
  const refutedAt = reading.at > said.at ? reading.at + reading.settleMs : lingersTo(reading, said);
  if (now >= refutedAt) return { kind: null, lookAt: never, spends: said };
  return { kind, lookAt: refutedAt, spends: null };
}

/** Without title and screen: what was said last; else what was so far; else that it starts, for a while. */
function unread({ slots, before }: View, said: Signal | null, now: number): Choice {
  const started = slots.process;
  if (!said || said === started) {
    if (before !== null && before !== 'starting') return { kind: before, lookAt: never, spends: null };
    const silentAt = (started?.at ?? now) + silentStartMs;
    return now < silentAt && started
      ? { kind: 'starting', lookAt: silentAt, spends: null }
      : { kind: null, lookAt: never, spends: null };
  }
  return { kind: kindOf(said, before), lookAt: never, spends: null };
}

function byReading(
  reading: Reading,
  said: ActivityKind | null,
  before: ActivityKind | null,
  now: number,
): Choice {
  const { kinds, at, glanceMs } = reading;
  const [first] = kinds;
  const several = kinds.length > 1;
  const known = said ?? (several && before !== null && admits(kinds, before) ? before : null);
  if (known !== null) return { kind: known, lookAt: never, spends: null };
  const kind = several && kinds.includes('idle') ? 'idle' : (first ?? before);
  if (before === null || before === kind || now >= at + glanceMs) {
    return { kind, lookAt: never, spends: null };
  }
  return { kind: before, kept: true, lookAt: at + glanceMs, spends: null };
}

/** What is clear and stays is stronger in the end than a sign that came after it. */
const lingersTo = ({ clear }: Reading, said: Signal): number => (clear ? said.at + lingerMs : never);

/** A statement means one thing; one that leaves several open means that nothing changed where that is one of them. */
function kindOf({ kinds }: Signal, before: ActivityKind | null): ActivityKind {
  if (before !== null && kinds.includes(before)) return before;
  return kinds[0] ?? 'idle';
}

// Why an agent is in its state, for a person: the signs there are, those that lost and to what, and the last changes. Pure.
import { isSpent } from './decide.js';
import type { Now, StatusState, Transition } from './reduce.js';
import { rankOf } from './settle.js';
import { admits, type ActivityKind, type ActivitySource } from './signal.js';

export interface ExplainedSlot {
  readonly source: ActivitySource;
  readonly kinds: readonly ActivityKind[];
  readonly why: string;
  readonly since: string;
  readonly ageMs: number;
  /** What is stronger; null for a sign that agrees. */
  readonly overruled: string | null;
}

export interface Explanation {
  readonly slots: readonly ExplainedSlot[];
  readonly transitions: readonly Transition[];
}

export function explain({ slots, spentTo, activity, transitions }: StatusState, now: Now): Explanation {
  const ordered = Object.values(slots).sort((a, b) => rankOf[b.source] - rankOf[a.source]);
  return {
    transitions,
    slots: ordered.map((slot) => {
      const { source, kinds, why, at } = slot;
      const ageMs = Math.max(0, Math.round(now.monotonic - at));
      const since = new Date(now.wall - ageMs).toISOString();
      const agrees = activity !== null && admits(kinds, activity.kind) && !isSpent(slot, spentTo);
      const by = activity?.why === '' || !activity ? 'nothing' : activity.why;
      return { source, kinds: [...kinds], why, since, ageMs, overruled: agrees ? null : by };
    }),
  };
}

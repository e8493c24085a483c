// Why an agent is in its state, for a person: the signs there are, those that lost and to what, and the last changes. Pure.
import type { ActivityExplanation } from '@roundhouse/protocol';
import { isSpent } from './decide.js';
import type { Now, StatusState } from './reduce.js';
import { rankOf } from './settle.js';
import { admits } from './signal.js';

export function explain({ slots, spentTo, activity, changes }: StatusState, now: Now): ActivityExplanation {
  const ordered = Object.values(slots).sort((a, b) => rankOf[b.source] - rankOf[a.source]);
  const signs = ordered.map((slot) => {
    const { source, kinds, why, at } = slot;
    const ageMs = Math.max(0, Math.round(now.monotonic - at));
    const since = new Date(now.wall - ageMs).toISOString();
    const agrees = activity !== null && admits(kinds, activity.kind) && !isSpent(slot, spentTo);
    return { source, kinds: [...kinds], why, since, ageMs, overruled: agrees ? null : (activity?.why ?? '') };
  });
  return { signs, changes: [...changes] };
}

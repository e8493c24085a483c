// What is still to be written of one session's activity: the newest, and a waiting that came before it. Pure.
import type { Activity } from '@roundhouse/protocol';

/** An inbox must learn that somebody was waited for, however short; of everything else only the newest counts. */
export function queued(waiting: readonly (Activity | null)[], next: Activity | null): (Activity | null)[] {
  const isWaiting = (one: Activity | null | undefined): boolean => one?.kind === 'waiting';
  const keepsLast = isWaiting(waiting.at(-1)) && !isWaiting(next);
  const before = keepsLast ? waiting : waiting.slice(0, -1);
  return [...(isWaiting(next) && isWaiting(before.at(-1)) ? [] : before), next].slice(-2);
}

/** Whether two states say the same to a person; `since` alone is the host's clock. */
export const activityKey = (activity: Activity | null): string =>
  JSON.stringify(
    activity && [
      activity.kind,
      activity.waitsFor,
      activity.why,
      activity.source,
      activity.ask,
      activity.until,
    ],
  );

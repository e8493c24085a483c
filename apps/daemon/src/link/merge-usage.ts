// Two facts about the usage of the same epoch as one: the newer totals, and the newer of each minute and prompt. Pure.
import { minutesPerFact, promptsPerFact, type FactBody } from '@roundhouse/protocol';

export type UsageFact = Extract<FactBody, { kind: 'session.usage' }>;

/** Null when together they would hold more than one fact may, or would say that they count minutes when one does not. */
export function mergeUsage(older: UsageFact, newer: UsageFact): UsageFact | null {
  if ((older.minutes === undefined) !== (newer.minutes === undefined)) return null;
  const minutes = newest(older.minutes, newer.minutes, ({ minute }) => minute);
  const prompts = newest(older.prompts, newer.prompts, ({ promptId }) => promptId);
  if ((minutes?.length ?? 0) > minutesPerFact || (prompts?.length ?? 0) > promptsPerFact) return null;
  return { ...withNewerTotals(older, newer), ...(minutes && { minutes }), ...(prompts && { prompts }) };
}

/** Where there is no room for more: the totals stay exact, the history gets a hole. */
export const withNewerTotals = (older: UsageFact, newer: UsageFact): UsageFact => ({
  ...older,
  usage: newer.usage.rev >= older.usage.rev ? newer.usage : older.usage,
});

/** Still one that counts minutes: without the field a hub would take all of it for the minute in which it came. */
export const withoutHistory = ({ minutes, prompts, ...fact }: UsageFact): UsageFact => ({
  ...fact,
  ...(minutes && { minutes: [] }),
  ...(prompts && { prompts: [] }),
});

function newest<T extends { readonly rev: number }>(
  older: readonly T[] | undefined,
  newer: readonly T[] | undefined,
  nameOf: (item: T) => string,
): T[] | undefined {
  if (older === undefined && newer === undefined) return undefined;
  const byName = new Map<string, T>();
  for (const item of [...(older ?? []), ...(newer ?? [])]) {
    const known = byName.get(nameOf(item));
    if (known === undefined || item.rev >= known.rev) byName.set(nameOf(item), item);
  }
  return [...byName.values()];
}

// Which facts a group of new ones makes: united with those that were not sent yet, or with numbers of their own. Pure.
import type { Fact, FactBody } from '@roundhouse/protocol';
import { mergeUsage, withNewerTotals, withoutHistory, type UsageFact } from './merge-usage.js';

interface PlanContext {
  readonly at: string;
  readonly nextSeq: number;
  /** The newest fact about the usage of a source, when it may still be replaced. */
  readonly unsent: (source: string) => Fact | undefined;
  /** Facts that may be added; beyond it history is left out, and nothing else. */
  readonly room: number;
}

interface Plan {
  /** What to write: facts with a number that is taken replace that one. In the order of their numbers. */
  readonly facts: readonly Fact[];
  /** Facts whose history was left out. */
  readonly holes: number;
}

/** Whose usage a fact tells; null for all others. */
export const sourceOf = (body: FactBody): string | null =>
  body.kind === 'session.usage' ? `${body.sessionId}.${String(body.epoch)}` : null;

export function planFacts(bodies: readonly FactBody[], { at, nextSeq, unsent, room }: PlanContext): Plan {
  const planned = new Map<number, Fact>();
  const newest = new Map<string, number>();
  let next = nextSeq;
  let holes = 0;
  const append = (body: FactBody): void => {
    planned.set(next, { seq: next, at, body });
    next += 1;
  };
  const addUsage = (body: UsageFact): void => {
    const source = sourceOf(body) ?? '';
    const known = newest.get(source);
    const older = known === undefined ? unsent(source) : planned.get(known);
    const full = next - nextSeq >= room;
    const merged = older?.body.kind === 'session.usage' ? mergeUsage(older.body, body) : null;
    const replaced =
      merged ?? (full && older?.body.kind === 'session.usage' ? withNewerTotals(older.body, body) : null);
    if (full && merged === null) holes += 1;
    if (older !== undefined && replaced !== null) {
      planned.set(older.seq, { seq: older.seq, at, body: replaced });
      newest.set(source, older.seq);
      return;
    }
    newest.set(source, next);
    append(full ? withoutHistory(body) : body);
  };
  for (const body of bodies) {
    if (body.kind === 'session.usage') addUsage(body);
    else append(body);
  }
  return { facts: [...planned.values()].sort((a, b) => a.seq - b.seq), holes };
}

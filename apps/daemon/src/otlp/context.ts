// How full the conversation's window is, from several sources: the most exact one that is not stale.
import type { ContextSource } from '@roundhouse/protocol';
import type { Moment } from './observation.js';
import { stampOf } from './stamp.js';

export interface SaidContext extends Moment {
  readonly source: ContextSource;
  readonly used: number;
  readonly model: string | null;
  /** Where the source tells it. */
  readonly window: number | null;
}

/** A less exact source counts when it is newer by this: the other one has fallen silent. Nanoseconds. */
const staleAfter = 30_000_000_000n;

const exactness: Readonly<Record<ContextSource, number>> = {
  'status-line': 2,
  transcript: 1,
  request: 0,
  compaction: 0,
};

/** Whether `a` was said after `b`. */
export function isAfter(a: Moment, b: Moment | null): boolean {
  if (b === null || a.at > b.at) return true;
  return a.at === b.at && a.sequence > b.sequence;
}

/** The one of the two that counts, whichever came first. */
export function betterContext<T extends SaidContext>(said: T, known: T | null): T {
  if (known === null) return said;
  const distance = exactness[said.source] - exactness[known.source];
  // After a compaction everything that was said before it is wrong.
  const reset = said.source === 'compaction' || known.source === 'compaction';
  if (distance === 0 || reset) return isAfter(said, known) ? said : known;
  const [exact, other] = distance > 0 ? [said, known] : [known, said];
  return other.at > shifted(exact.at, staleAfter) ? other : exact;
}

const shifted = (stamp: string, nanos: bigint): string => {
  let value = 0n;
  for (const digit of stamp) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  return stampOf(value + nanos);
};

// Where an observation is applied: the state, and the minute and row that it counts in.
import type { Meaning } from './meaning.js';
import { minuteAt, rowOf, type Minute, type MinuteRow } from './minutes.js';
import type { Who } from './observation.js';
import type { Pricer } from './pricing/price.js';
import type { RawTokens } from './tokens.js';
import type { UsageState } from './usage-state.js';
import { nameOf } from './who.js';

export interface ApplyContext {
  readonly meaning: Pick<Meaning, 'habits' | 'tellsCost'>;
  /** For what only counters told. */
  readonly price: Pricer;
  /** Receipt, in milliseconds since 1970. */
  readonly now: number;
}

export interface At {
  readonly state: UsageState;
  readonly context: ApplyContext;
  /** The state's, when something changes. */
  readonly revision: number;
  /** Tokens that counters added in this batch, by row: they are priced together. */
  readonly counted: Map<MinuteRow, RawTokens>;
}

/** The minute, marked as changed. */
export function minuteFor(ms: number, { state, context, revision }: At): Minute {
  const minute = minuteAt(state.minutes, ms, { since: state.since, now: context.now });
  minute.rev = revision;
  return minute;
}

export function rowFor({ who, ms }: { who: Who; ms: number }, at: At): MinuteRow {
  return rowOf(minuteFor(ms, at), nameOf(at.state, who));
}

// What observations do to an epoch's usage. Only the state changes, in place; the same again changes nothing.
import { minuteFor, type ApplyContext, type At } from './apply-context.js';
import { applyEvent } from './apply-event.js';
import { applyPoint, estimate } from './apply-point.js';
import { learnContext, learnLimits } from './learn.js';
import type { MinuteRow } from './minutes.js';
import type { Observation, ObservationOf } from './observation.js';
import type { Outcome } from './series.js';
import type { RawTokens } from './tokens.js';
import type { UsageState } from './usage-state.js';
import { noteConversation, roleOf } from './who.js';

export interface Applied {
  /** Observations that changed the state, and those that were known before. */
  readonly added: number;
  readonly known: number;
  readonly refused: number;
}

export function apply(
  state: UsageState,
  observations: readonly Observation[],
  context: ApplyContext,
): Applied {
  const counts = { added: 0, known: 0, refused: 0 };
  const revision = state.rev + 1;
  const counted = new Map<MinuteRow, RawTokens>();
  const at: At = { state, context, revision, counted };
  for (const observation of observations) counts[applyOne(observation, at)] += 1;
  if (counts.added > 0) state.rev = revision;
  estimate(at);
  return counts;
}

function applyOne(observation: Observation, at: At): Outcome {
  const { state } = at;
  switch (observation.is) {
    case 'point':
      return applyPoint(observation, at);
    case 'context':
      return learnContext(state, { ...observation.moment, ...observation });
    case 'limits':
      return learnLimits(state, observation);
    case 'spent':
      return applySpent(observation, at);
    case 'compaction':
      noteConversation(state, observation.who, null);
      if (roleOf(state, observation.who) !== 'main') return 'known';
      return learnContext(state, {
        ...observation.moment,
        source: 'compaction',
        used: observation.used,
        model: null,
        window: null,
      });
    default:
      return applyEvent(observation, at);
  }
}

function applySpent(spent: ObservationOf<'spent'>, at: At): Outcome {
  const { workingMs, waitingMs, idleMs } = spent;
  if (workingMs + waitingMs + idleMs === 0) return 'known';
  const minute = minuteFor(spent.ms, at);
  minute.workingMs += workingMs;
  minute.waitingMs += waitingMs;
  minute.idleMs += idleMs;
  at.state.tallies.workingMs += workingMs;
  at.state.tallies.blockedMs += spent.blockedMs;
  return 'added';
}

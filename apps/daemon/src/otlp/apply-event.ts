// What an event does to the usage: totals, its minute, its prompt. Each counts once.
import { minuteFor, rowFor, type At } from './apply-context.js';
import { learnFromRequest } from './learn.js';
import { addMoney, addRequestTo, addToolTo, type Money } from './minutes.js';
import type { Observation, ObservationOf } from './observation.js';
import { addRequestToPrompt, promptOf, setLatest, type OpenPrompt } from './prompts.js';
import type { Outcome } from './series.js';
import { addTokens, totalOf } from './tokens.js';
import { noteConversation, roleOf } from './who.js';

/**
 * Events remembered to recognise one that is sent again. Exporters resend for a minute at most,
 * and no agent makes that many requests in it.
 */
export const maxSeen = 2_048;

type Identified = Exclude<
  Observation,
  ObservationOf<'point' | 'context' | 'limits' | 'spent' | 'compaction'>
>;

export function applyEvent(event: Identified, at: At): Outcome {
  const { state } = at;
  if (state.seen.has(event.id)) return 'known';
  if (event.is === 'request' && state.seen.has(event.earlierId ?? event.id)) return 'known';
  noteConversation(state, event.who, event.is === 'conversation' ? event : null);
  const outcome = applyNew(event, at);
  if (outcome === 'refused') return outcome;
  state.seen.add(event.id);
  for (const oldest of state.seen) {
    if (state.seen.size <= maxSeen) break;
    state.seen.delete(oldest);
  }
  return outcome;
}

function applyNew(event: Identified, at: At): Outcome {
  const { tallies } = at.state;
  switch (event.is) {
    case 'request':
      return applyRequest(event, at);
    case 'tool':
      return applyTool(event, at);
    case 'prompt':
      return applyPrompt(event, at);
    case 'error':
      tallies.errors += 1;
      tallies.retries += event.retries;
      rowFor(event, at).errors += 1;
      rowFor(event, at).retries += event.retries;
      return 'added';
    case 'retry':
      tallies.retries += 1;
      rowFor(event, at).retries += 1;
      return 'added';
    case 'cost':
      at.state.extra.reportedNanos += event.nanos;
      addMoney(rowFor(event, at).counted, { costNanos: event.nanos, estimatedNanos: 0, unpricedTokens: 0 });
      return 'added';
    case 'subagent':
      tallies.subagents += 1;
      return 'added';
    case 'conversation':
      return 'added';
  }
}

function applyRequest(event: ObservationOf<'request'>, at: At): Outcome {
  const { state } = at;
  const { told } = state;
  const money = moneyOf(event);
  const tokens = addTokens(told.tokens, event.tokens);
  const costNanos = told.costNanos + money.costNanos;
  if (![...Object.values(tokens), costNanos].every(Number.isSafeInteger)) return 'refused';
  if (told.requests === 0) leaveCounters(at);
  told.tokens = tokens;
  told.requests += 1;
  if (event.cost !== null && !event.estimated) told.reported += 1;
  if (event.cost !== null && event.estimated) told.estimated += 1;
  addMoney(told, money);
  addRequestTo(rowFor(event, at), event.tokens, money);
  const role = roleOf(state, event.who);
  const model = learnFromRequest(state, event, role === 'main');
  const prompt = promptFor(event, at, role !== 'auxiliary');
  if (prompt !== null) {
    addRequestToPrompt(prompt, { ...event, model, main: role === 'main' });
    prompt.rev = at.revision;
  }
  return 'added';
}

/** Events count from here on, and counters do not: minutes that were told by counters are told again. */
function leaveCounters({ state, revision }: At): void {
  for (const minute of state.minutes.open.values()) {
    if (minute.rows.some(({ counted }) => Object.values(counted.tokens).some((count) => count > 0))) {
      minute.rev = revision;
      state.leftCounters = true;
    }
  }
}

const moneyOf = ({ cost, estimated, tokens }: ObservationOf<'request'>): Money => ({
  costNanos: cost ?? 0,
  estimatedNanos: estimated ? (cost ?? 0) : 0,
  unpricedTokens: cost === null ? totalOf(tokens) : 0,
});

function applyTool(event: ObservationOf<'tool'>, at: At): Outcome {
  const { tallies } = at.state;
  addToolTo(minuteFor(event.ms, at), event);
  if (event.outcome === 'rejected') return 'added';
  tallies.toolCalls += 1;
  if (event.outcome === 'failed') tallies.toolFailures += 1;
  const prompt = promptFor(event, at, true);
  if (prompt !== null) {
    prompt.toolCalls += 1;
    prompt.rev = at.revision;
  }
  return 'added';
}

function promptFor(
  { prompt, who, ms }: ObservationOf<'request' | 'tool'>,
  { state }: At,
  mayOpen: boolean,
): OpenPrompt | null {
  const id = prompt ?? state.prompts.latest.get(who.conversation ?? '') ?? null;
  if (id === null || (!mayOpen && !state.prompts.open.has(id))) return null;
  return promptOf(state.prompts, id, ms);
}

function applyPrompt(event: ObservationOf<'prompt'>, at: At): Outcome {
  const { state, revision } = at;
  // A helper's instructions are no prompt of a person.
  if (roleOf(state, event.who) !== 'main') return 'known';
  state.tallies.prompts += 1;
  minuteFor(event.ms, at).prompts += 1;
  if (event.unnamed) setLatest(state.prompts, event.who.conversation ?? '', event.prompt);
  const prompt = promptOf(state.prompts, event.prompt, event.ms);
  if (prompt !== null) {
    prompt.at = Math.min(prompt.at, event.ms);
    prompt.characters = event.characters;
    prompt.rev = revision;
  }
  return 'added';
}

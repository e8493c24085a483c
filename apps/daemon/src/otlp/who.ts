// Who made a request: the conversation itself, a subagent, or a helper with a conversation of its own.
import { parseModel } from './models.js';
import type { MinuteRow } from './minutes.js';
import type { Who } from './observation.js';
import type { UsageState } from './usage-state.js';

/** Subagents' conversations that are remembered; far more than one conversation has. */
const maxChildren = 64;

export function nameOf(state: UsageState, who: Who): Pick<MinuteRow, 'model' | 'agent' | 'role'> {
  const role = roleOf(state, who);
  const model = parseModel(who.model)?.name ?? null;
  return { model, role, agent: role === 'subagent' ? who.agent : null };
}

/** What its own words say, corrected by what is known of its conversation. */
export function roleOf({ conversations }: UsageState, { role, conversation, among }: Who): Who['role'] {
  if (conversation === null || among === null || role !== 'main') return role;
  if (among === 'parentless') return conversations.children.includes(conversation) ? 'subagent' : 'main';
  return conversation === conversations.lowest ? 'main' : 'auxiliary';
}

/** @param told of an event about the conversation itself: which one started it */
export function noteConversation(
  state: UsageState,
  { conversation, among }: Who,
  told: { readonly parent: string | null } | null,
): void {
  if (conversation === null) return;
  const { conversations } = state;
  if (among === 'parentless' && told !== null) {
    if (told.parent === null) conversations.latest = conversation;
    else if (!conversations.children.includes(conversation)) {
      conversations.children = [...conversations.children, conversation].slice(-maxChildren);
    }
  }
  if (among === 'lowest' && (conversations.lowest === null || conversation < conversations.lowest)) {
    // What was taken for the main conversation was a helper's.
    if (conversations.lowest !== null && state.context?.source === 'request') state.context = null;
    conversations.lowest = conversation;
  }
}

/** The id of the main conversation, where telemetry tells it. */
export const mainConversation = ({ conversations }: UsageState): string | null =>
  conversations.latest ?? conversations.lowest;

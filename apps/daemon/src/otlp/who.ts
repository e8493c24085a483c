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
  return conversation === (conversations.learnt ?? conversations.lowest) ? 'main' : 'auxiliary';
}

export function noteConversation(
  state: UsageState,
  { conversation, among }: Who,
  parent: string | null,
): void {
  if (conversation === null) return;
  const { conversations } = state;
  if (among === 'parentless' && parent !== null && !conversations.children.includes(conversation)) {
    conversations.children = [...conversations.children, conversation].slice(-maxChildren);
  }
  if (among !== 'lowest' || (conversations.lowest !== null && conversations.lowest <= conversation)) return;
  const other = conversations.lowest !== null && conversations.learnt === null;
  conversations.lowest = conversation;
  // What was taken for the main conversation was a helper's.
  if (other && state.context?.source === 'request') state.context = null;
}

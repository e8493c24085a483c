// Conversations that were begun outside of Roundhouse, or in it, for people to choose from. Read-only.
import type { Profile } from '@roundhouse/profiles';
import {
  AppError,
  conversationIdSchema,
  foundConversationsMax,
  type FoundConversation,
  type SessionId,
} from '@roundhouse/protocol';
import { isIdOf } from '../../sessions/conversation.js';
import type { ConversationStores, StoredConversation } from './conversation-stores.js';

export interface DiscoverParts {
  readonly profiles: () => readonly Profile[];
  readonly stores: Pick<ConversationStores, 'list'>;
  /** The session that has the conversation. */
  readonly holderOf: (id: string) => SessionId | null;
}

export interface DiscoverQuery {
  readonly project: string | null;
  readonly profile: string | null;
}

/** Newest first. @throws AppError PROFILE_NOT_FOUND */
export async function discoverConversations(
  { project, profile: name }: DiscoverQuery,
  { profiles, stores, holderOf }: DiscoverParts,
  signal?: AbortSignal,
): Promise<FoundConversation[]> {
  const asked = profiles().filter((profile) => name === null || profile.name === name);
  if (name !== null && asked.length === 0) {
    throw new AppError('PROFILE_NOT_FOUND', { message: `This host has no profile ${name}` });
  }
  const found: FoundConversation[] = [];
  for (const profile of asked) {
    const query = { cwd: project ?? undefined, limit: foundConversationsMax, signal };
    for (const stored of await stores.list(profile, query)) {
      const conversation = told(profile, stored, holderOf);
      if (conversation) found.push(conversation);
    }
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, foundConversationsMax);
}

/** Null for an id that could not be resumed by. */
function told(
  profile: Profile,
  { id, title, cwd, at, sizeBytes }: StoredConversation,
  holderOf: DiscoverParts['holderOf'],
): FoundConversation | null {
  const parsed = conversationIdSchema.safeParse(id);
  if (!parsed.success || !isIdOf(profile, id)) return null;
  const place = cwd !== null && cwd.length <= 4096 ? cwd : null;
  const when = new Date(at).toISOString();
  return { profile: profile.name, id, title, cwd: place, at: when, sizeBytes, sessionId: holderOf(id) };
}

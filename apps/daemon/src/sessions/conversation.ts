// Which conversation of the agent a start begins or goes on with. Pure.
import { supportsResume, type Profile } from '@roundhouse/profiles';
import { AppError, type ResumeKind, type SessionMode } from '@roundhouse/protocol';

export interface ConversationWish {
  readonly profile: Profile;
  readonly mode: SessionMode;
  readonly resume: ResumeKind;
  readonly sessionId: string;
  /** The agent's own id, chosen or learnt, or named by a person. */
  readonly known: string | null;
  /** A person named it: another one in its place would be wrong. */
  readonly named: boolean;
  /** Whether the agent's store has it; null when that cannot be told. */
  readonly exists: boolean | null;
}

export type ConversationCommand = 'new' | 'exact' | 'last' | 'fork';

export interface ConversationPlan {
  readonly command: ConversationCommand;
  /** Stands for `{conversation}` in the command; null when the agent is not told one. */
  readonly given: string | null;
  /** What the session is resumed by next time, until another is learnt. */
  readonly kept: string | null;
  /** For a person, when something else happens than was asked for. */
  readonly note: string | null;
}

/** @throws AppError CONVERSATION_NOT_FOUND, RESUME_UNSUPPORTED */
export function planConversation(wish: ConversationWish): ConversationPlan {
  const { profile, mode, resume, known } = wish;
  if (mode === 'new') return begin(wish, null);
  if (resume === 'last') return last(wish, null);
  if (known === null) return last(wish, `${profile.display_name} did not tell the id of its conversation`);
  requireId(profile, known);
  if (wish.exists === false) return absent(wish, known);
  if (resume === 'fork') return fork(profile, known);
  if (!profile.resume_by_id?.length) return last(wish, `${profile.display_name} cannot be resumed by an id`);
  return { command: 'exact', given: known, kept: known, note: null };
}

/** An id goes into a command line: one that does not look like an id of this agent never does. @throws AppError */
function requireId(profile: Profile, id: string): void {
  if (isIdOf(profile, id)) return;
  throw new AppError('CONVERSATION_NOT_FOUND', {
    message: `That is no id of a conversation of ${profile.display_name}`,
  });
}

/** Letters, digits and a few marks: never an option, a path or a blank, whatever the profile says. */
const ID = /^[A-Za-z0-9][\w.:-]{0,199}$/;

export function isIdOf({ conversation_id: pattern }: Profile, id: string): boolean {
  if (!ID.test(id)) return false;
  if (pattern === undefined) return true;
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(id);
  } catch {
    return false;
  }
}

function begin({ profile, sessionId }: ConversationWish, note: string | null): ConversationPlan {
  const own = (profile.session_id?.length ?? 0) > 0 ? sessionId : null;
  return { command: 'new', given: own, kept: own, note };
}

/** What the agent had last in this directory; a new conversation where it cannot do that. */
function last(wish: ConversationWish, why: string | null): ConversationPlan {
  const { profile, known } = wish;
  if (!supportsResume(profile))
    return begin(wish, `${profile.display_name} cannot resume: this conversation is new`);
  const note = why === null ? null : `${why}: its newest conversation of the directory is resumed`;
  return { command: 'last', given: null, kept: why === null ? null : known, note };
}

function fork(profile: Profile, known: string): ConversationPlan {
  if (!profile.fork?.length) {
    throw new AppError('RESUME_UNSUPPORTED', {
      message: `${profile.display_name} cannot copy a conversation`,
    });
  }
  // The copy gets an id of its own, which is learnt.
  return { command: 'fork', given: known, kept: null, note: null };
}

/** The agent ended before its first prompt, or somebody deleted it. */
function absent(wish: ConversationWish, known: string): ConversationPlan {
  const { profile, named, resume } = wish;
  if (named || resume === 'fork') {
    throw new AppError('CONVERSATION_NOT_FOUND', {
      message: `${profile.display_name} has no conversation ${known} on this host`,
    });
  }
  const note = `${profile.display_name} has not kept the conversation: nothing was said in it, or it was deleted`;
  const own = (profile.session_id?.length ?? 0) > 0 ? known : null;
  return { command: 'new', given: own, kept: own, note };
}

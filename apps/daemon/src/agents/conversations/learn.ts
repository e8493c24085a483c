// Learns the ids of agents' conversations from what each agent says in its own session's channel.
import type { Logger } from '@roundhouse/kit';
import type { Profile } from '@roundhouse/profiles';
import type { SessionId } from '@roundhouse/protocol';
import { isIdOf } from '../../sessions/conversation.js';
import type { HookEvent, HookListener } from '../hooks/hook-event.js';
import type { ConversationStores } from './conversation-stores.js';
import { valueAt } from './store-head.js';

export interface ToldConversation {
  readonly sessionId: SessionId;
  readonly epoch: number;
  /** As the agent told it: anything. */
  readonly id: unknown;
  /** False for subagents, helper threads and side calls: theirs is not what is resumed. */
  readonly main: boolean;
  /** The channel carries side conversations without saying so: only one that the agent's store has for this directory counts. */
  readonly doubtful?: boolean;
}

export interface LearnerOptions {
  /** What a session runs, and where; null when it is gone. */
  readonly agentOf: (sessionId: SessionId) => { readonly profile: Profile; readonly cwd: string } | null;
  /** Keeps it, when it is news. */
  readonly learn: (sessionId: SessionId, epoch: number, id: string) => Promise<void>;
  readonly stores: Pick<ConversationStores, 'list'>;
  readonly logger: Logger;
}

/** Lives that are remembered, so that a repeat with each hook costs nothing; and ids of side conversations. */
const REMEMBERED_MAX = 2_000;
/** The newest of a directory in which a doubtful id is looked for. */
const LOOKED_THROUGH = 50;

export class ConversationLearner {
  /** The id that was told last, by life. */
  readonly #last = new Map<string, string>();
  readonly #sides = new Set<string>();
  readonly #looking = new Set<string>();

  constructor(private readonly options: LearnerOptions) {}

  /** The newest main id wins: an agent may begin another conversation without ending. Never throws. */
  async tell({ sessionId, epoch, id, main, doubtful = false }: ToldConversation): Promise<void> {
    if (typeof id !== 'string') return;
    const life = `${sessionId}.${String(epoch)}`;
    const named = `${life} ${id}`;
    if (this.#last.get(life) === id || this.#sides.has(named)) return;
    // An id that a side tells first is the side's for good; subagents may also speak under the id of the main one.
    if (!main) {
      remember(this.#sides, named);
      return;
    }
    const agent = this.options.agentOf(sessionId);
    // It will stand in a command line one day.
    if (!agent || !isIdOf(agent.profile, id)) return;
    if (doubtful && !(await this.#isStored(named, id, agent))) return;
    if (this.#last.size >= REMEMBERED_MAX) this.#last.clear();
    this.#last.set(life, id);
    await this.options.learn(sessionId, epoch, id).catch((error: unknown) => {
      this.#last.delete(life);
      this.options.logger.warn({ err: error, sessionId }, 'the id of a conversation was not kept');
    });
  }

  /** For the intake of hooks: each carries the conversation it is about, as the profile says where. */
  readonly onHook: HookListener = ({ sessionId, epoch, payload }: HookEvent) => {
    const fields = this.options.agentOf(sessionId)?.profile.hooks?.fields;
    if (fields?.conversation === undefined) return;
    const side = fields.agent === undefined ? undefined : valueAt(payload, fields.agent);
    const main = side === undefined || side === null || side === '';
    return this.tell({ sessionId, epoch, id: valueAt(payload, fields.conversation), main });
  };

  async #isStored(
    named: string,
    id: string,
    { profile, cwd }: { profile: Profile; cwd: string },
  ): Promise<boolean> {
    if (this.#looking.has(named)) return false;
    this.#looking.add(named);
    try {
      const found = await this.options.stores.list(profile, { cwd, limit: LOOKED_THROUGH });
      return found.some((each) => each.id === id);
    } catch (error) {
      this.options.logger.warn({ err: error }, "an agent's store was not read");
      return false;
    } finally {
      this.#looking.delete(named);
    }
  }
}

function remember(set: Set<string>, value: string): void {
  if (set.size >= REMEMBERED_MAX) set.clear();
  set.add(value);
}

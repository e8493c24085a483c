// What the hub asks about agents before they run and while they do: preflight, found conversations, another model.
import { AppError } from '@roundhouse/protocol';
import type { TrustStore } from '../git/trust.js';
import type { HostInventory } from '../inventory/inventory.js';
import type { HubHandlers } from '../link/handlers.js';
import { confine } from '../policy/confinement.js';
import { isRefusal, type LocalPolicy, type Refused } from '../policy/local-policy.js';
import type { SessionManager } from '../sessions/session-manager.js';
import type { ConversationStores } from './conversations/conversation-stores.js';
import { discoverConversations } from './conversations/discover.js';
import { switchModel } from './model-switch.js';
import { preflight } from './preflight/preflight.js';

export interface LifeParts {
  readonly sessions: SessionManager;
  readonly inventory: HostInventory;
  readonly trust: TrustStore;
  readonly policy: LocalPolicy;
  readonly conversations: ConversationStores;
  readonly stateDir: string;
  readonly baseEnv: NodeJS.ProcessEnv;
}

export type LifeEvents = 'session.preflight' | 'session.model' | 'conversations.list';

export function lifeHandlers(parts: LifeParts): Pick<HubHandlers, LifeEvents> {
  const { sessions, inventory, trust, policy, conversations, stateDir, baseEnv } = parts;
  const profileOf = (name: string) => inventory.profileOf(name);
  return {
    'session.preflight': (request) =>
      preflight(request, {
        ...{ profileOf, policy, trust, stateDir, baseEnv },
        tools: inventory.tools,
        running: () => sessions.running,
        room: () => sessions.room(),
        enforcement: sessions.enforcement,
      }),
    'session.model': async ({ sessionId, epoch, model }) => {
      const session = sessions.require(sessionId);
      if (session.record.epoch !== epoch) throw new AppError('STALE_EPOCH');
      const { profile, project } = session.record;
      const switching = {
        profile: profileOf(profile),
        activity: session.report().activity ?? null,
        type: (client: string, data: Buffer) => session.output.input(epoch, client, 1, data),
      };
      await noted(policy, { sessionId, profile, project }, () => switchModel(switching, model));
      return {};
    },
    'conversations.list': async ({ project, profile }) => {
      const cwd = project === null ? null : await inside(project, policy);
      const stores = { profiles: () => inventory.profiles, stores: conversations };
      const holderOf = sessions.holderOf.bind(sessions);
      return { items: await discoverConversations({ project: cwd, profile }, { ...stores, holderOf }) };
    },
  };
}

/** A hub asks about projects of this host and no other place. @throws AppError PATH_OUTSIDE_ROOTS, DIRECTORY_MISSING */
const inside = (project: string, policy: LocalPolicy): Promise<string> =>
  noted(policy, { project }, async () => (await confine(project, policy.roots)).path);

/** The owner of the host can read what was refused. */
async function noted<T>(policy: LocalPolicy, asked: Refused, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error)) await policy.journal(error, asked);
    throw error;
  }
}

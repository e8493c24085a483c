// What this daemon does when its hub asks: each event one line, to the part that owns it.
import { AppError, type SpawnOp } from '@roundhouse/protocol';
import type { TrustStore } from './git/trust.js';
import type { Worktrees } from './git/worktrees.js';
import type { HostInventory } from './inventory/inventory.js';
import type { HubHandlers } from './link/handlers.js';
import { confine } from './policy/confinement.js';
import { isRefusal, type LocalPolicy } from './policy/local-policy.js';
import type { SessionManager } from './sessions/session-manager.js';

export interface HandlerParts {
  readonly sessions: SessionManager;
  readonly inventory: HostInventory;
  readonly trust: TrustStore;
  readonly worktrees: Worktrees;
  readonly policy: LocalPolicy;
}

export function hubHandlers(parts: HandlerParts): HubHandlers {
  return { ...sessionHandlers(parts), ...terminalHandlers(parts), ...hostHandlers(parts) };
}

type SessionEvents = 'command' | 'session.forget' | 'worktree.status' | 'worktree.remove';

function sessionHandlers({
  sessions,
  worktrees,
  inventory,
  policy,
}: HandlerParts): Pick<HubHandlers, SessionEvents> {
  return {
    command: async ({ op, commandId, ttlMs }) => {
      if (ttlMs <= 0) throw new AppError('TIMEOUT', { message: 'The order is too old to be begun' });
      if (op.kind === 'stop') sessions.stop(op);
      else {
        await checkSpawn(op, policy);
        await sessions.spawn(op, commandId);
        if (op.trust) void inventory.trustChanged();
      }
      return {};
    },
    'session.forget': async ({ sessionId }) => {
      await sessions.forget(sessionId);
      return {};
    },
    'worktree.status': ({ sessionId }) => worktrees.status(sessionId),
    'worktree.remove': ({ sessionId, confirm }) => worktrees.remove({ sessionId, confirm }),
  };
}

/** Paths outside of the roots are refused before anything is written for the session. */
async function checkSpawn(op: SpawnOp, policy: LocalPolicy): Promise<void> {
  try {
    await confine(op.project, policy.roots);
  } catch (error) {
    if (isRefusal(error)) {
      await policy.journal(op, error);
      throw error;
    }
  }
}

type TerminalEvents = Extract<keyof HubHandlers, `terminal.${string}`>;

function terminalHandlers({ sessions }: HandlerParts): Pick<HubHandlers, TerminalEvents> {
  return {
    'terminal.open': async ({ sessionId, epoch, from }, answering) => {
      const { info, begin } = await sessions.require(sessionId).openStream(epoch, from);
      answering.afterAnswer(() => {
        void begin().catch(() => undefined);
      });
      return info;
    },
    'terminal.close': async ({ sessionId }) => {
      await sessions.get(sessionId)?.closeStream();
      return {};
    },
    'terminal.ack': ({ sessionId, epoch, offset }) => {
      sessions.get(sessionId)?.ack(epoch, offset);
    },
    'terminal.info': ({ sessionId, epoch }) => sessions.require(sessionId).info(epoch),
    'terminal.read': ({ sessionId, epoch, from }) => sessions.require(sessionId).read(epoch, from),
    'terminal.input': async ({ sessionId, epoch, client, seq, data }) => {
      await sessions.require(sessionId).input(epoch, client, seq, data);
      return { seq };
    },
    'terminal.resize': async ({ sessionId, epoch, cols, rows }) => {
      await sessions.require(sessionId).resize(epoch, cols, rows);
      return {};
    },
  };
}

type HostEvents = 'inventory.rescan' | 'project.trust';

function hostHandlers({ inventory, trust, policy }: HandlerParts): Pick<HubHandlers, HostEvents> {
  return {
    'inventory.rescan': async () => {
      const { projects, profiles } = await inventory.scan();
      return { projects: projects.length, profiles: profiles.length };
    },
    'project.trust': async ({ path }) => {
      await trust.trust((await confine(path, policy.roots)).path);
      await inventory.trustChanged();
      return {};
    },
  };
}

// What this daemon does when its hub asks: each event one line, to the part that owns it.
import { AppError, type SessionId } from '@roundhouse/protocol';
import type { Clock, Lateness, Logger } from '@roundhouse/kit';
import { lifeHandlers, type LifeParts } from './agents/life-handlers.js';
import type { StatusBook } from './agents/status/status-book.js';
import type { Worktrees } from './git/worktrees.js';
import type { HubHandlers } from './link/handlers.js';
import type { PriceBook } from './otlp/pricing/price-book.js';
import { confine } from './policy/confinement.js';
import { isRefusal } from './policy/local-policy.js';
import type { Previews } from './terminal/previews.js';
import type { Uploads } from './terminal/uploads.js';

export interface HandlerParts extends LifeParts {
  readonly status: Pick<StatusBook, 'explain'>;
  readonly worktrees: Worktrees;
  /** How long what this connection's hub sends is under way. */
  readonly line: () => Lateness;
  readonly clock: Clock;
  /** Somebody types into it. */
  readonly typed: (sessionId: SessionId) => void;
  readonly previews: Previews;
  readonly uploads: Uploads;
  readonly prices: Pick<PriceBook, 'keep'>;
  /** Makes a new key of this host and registers it. */
  readonly rotateKey: () => Promise<void>;
  readonly logger: Logger;
}

export function hubHandlers(parts: HandlerParts): HubHandlers {
  return {
    ...sessionHandlers(parts),
    ...terminalHandlers(parts),
    ...hostHandlers(parts),
    ...screenHandlers(parts),
    ...agentHandlers(parts),
    ...lifeHandlers(parts),
  };
}

type SessionEvents = 'command' | 'session.forget' | 'worktree.status' | 'worktree.remove';

function sessionHandlers({ sessions, worktrees }: HandlerParts): Pick<HubHandlers, SessionEvents> {
  return {
    command: async ({ op, commandId, ttlMs }) => {
      // One that was taken in time and only not heard of stays taken.
      if (ttlMs <= 0 && !sessions.hasTaken(op)) throw new AppError('COMMAND_EXPIRED');
      if (op.kind === 'stop') sessions.stop(op);
      else await sessions.spawn(op, commandId);
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

type TerminalEvents = Extract<keyof HubHandlers, `terminal.${string}`>;

function terminalHandlers(parts: HandlerParts): Pick<HubHandlers, TerminalEvents> {
  const { sessions, logger, line, clock, typed } = parts;
  const isLate = (sentMs: number | undefined) =>
    sentMs !== undefined && line().isLate(sentMs, clock.monotonic());
  return {
    'terminal.open': async ({ sessionId, epoch, from, sentMs }, answering) => {
      isLate(sentMs);
      const { info, begin } = await sessions.require(sessionId).output.openStream(epoch, from);
      answering.afterAnswer(() => {
        begin().catch((error: unknown) => {
          logger.warn({ err: error, sessionId }, 'the stream did not begin; the hub has to open it again');
        });
      });
      return info;
    },
    'terminal.close': async ({ sessionId }) => {
      await sessions.get(sessionId)?.output.closeStream();
      return {};
    },
    'terminal.ack': ({ sessionId, epoch, offset }) => {
      sessions.get(sessionId)?.output.ack(epoch, offset);
    },
    'terminal.info': ({ sessionId, epoch }) => sessions.require(sessionId).output.info(epoch),
    'terminal.read': ({ sessionId, epoch, from }) => sessions.require(sessionId).output.read(epoch, from),
    'terminal.times': async ({ sessionId, epoch, from }) => ({
      marks: await sessions.require(sessionId).output.times(epoch, from),
    }),
    'terminal.input': async ({ sessionId, epoch, client, seq, data, sentMs }) => {
      if (isLate(sentMs)) throw new AppError('INPUT_LATE');
      const { output } = sessions.require(sessionId);
      typed(sessionId);
      await output.input(epoch, client, seq, data);
      return { seq };
    },
    'terminal.resize': async ({ sessionId, epoch, cols, rows }) => {
      await sessions.require(sessionId).resize(epoch, cols, rows);
      return {};
    },
    'terminal.snapshot': ({ sessionId, epoch, scrollback }) =>
      sessions.require(sessionId).screen.snapshot(epoch, scrollback),
    'terminal.grid': ({ sessionId, epoch, atLeast }) =>
      sessions.require(sessionId).screen.grid(epoch, atLeast),
  };
}

type ScreenEvents = 'preview.watch' | 'upload.write';

function screenHandlers(parts: HandlerParts): Pick<HubHandlers, ScreenEvents> {
  const { sessions, previews, uploads } = parts;
  return {
    'preview.watch': ({ sessionIds }) => {
      previews.watch(sessionIds);
      return {};
    },
    'upload.write': ({ sessionId, ...piece }) => uploads.write(sessions.require(sessionId).uploadsDir, piece),
  };
}

type AgentEvents = 'session.explain' | 'prices';

function agentHandlers({ status, prices }: HandlerParts): Pick<HubHandlers, AgentEvents> {
  return {
    'session.explain': ({ sessionId }) => status.explain(sessionId),
    prices: async (list) => {
      await prices.keep(list);
      return {};
    },
  };
}

type HostEvents = 'inventory.rescan' | 'project.trust' | 'key.renew';

function hostHandlers({ inventory, trust, policy, rotateKey }: HandlerParts): Pick<HubHandlers, HostEvents> {
  return {
    'key.renew': async () => {
      await rotateKey();
      return {};
    },
    'inventory.rescan': async () => {
      const { projects, profiles } = await inventory.rescan();
      return { projects: projects.length, profiles: profiles.length };
    },
    'project.trust': async ({ path }) => {
      try {
        await trust.trust((await confine(path, policy.roots)).path);
      } catch (error) {
        if (isRefusal(error)) await policy.journal(error, { project: path });
        throw error;
      }
      await inventory.trustChanged();
      return {};
    },
  };
}

// Brings the rows of a host in line with what its daemon says. Nothing is ever killed silently.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock, Logger, NewId } from '@roundhouse/kit';
import {
  endStates,
  hasEnded,
  type HostId,
  type ReportedSession,
  type Session,
  type SessionId,
} from '@roundhouse/protocol';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER, NEW_ID } from '../platform/tokens.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { reconcile, type ReconcileAction } from './reconcile.js';
import { reasonOf, transition, type SessionEvent } from './session-state.js';
import { SessionRepository, type SessionPatch } from './session.repository.js';

@Injectable()
export class ReconcileService implements OnApplicationBootstrap, OnModuleDestroy {
  #stopListening: () => void = () => undefined;

  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(Database) private readonly database: Database,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  onApplicationBootstrap(): void {
    this.#stopListening = this.bus.on('host.disconnected', ({ hostId }) => {
      void this.hostGone(hostId).catch((error: unknown) => {
        this.logger.error({ err: error, hostId }, 'sessions of a host that left were not marked');
      });
    });
    void this.#afterRestart().catch((error: unknown) => {
      this.logger.error({ err: error }, 'sessions were not marked after a restart');
    });
  }

  onModuleDestroy(): void {
    this.#stopListening();
  }

  /** @returns sessions that the daemon must forget, since they were deleted here */
  async hello(hostId: HostId, reported: readonly ReportedSession[]): Promise<SessionId[]> {
    return this.#run(hostId, reported, true);
  }

  async status(hostId: HostId, reported: readonly ReportedSession[]): Promise<SessionId[]> {
    return this.#run(hostId, reported, false);
  }

  /** The host does not answer: its sessions are unknown, not ended. Spawns that were never sent stay queued. */
  async hostGone(hostId: HostId): Promise<void> {
    const commands = await this.commands.unfinished(hostId);
    const unsent = new Set(
      commands.filter(({ state }) => state === 'pending').map(({ sessionId }) => sessionId),
    );
    for (const session of await this.sessions.unfinished(hostId)) {
      const waits = session.state === 'queued' && unsent.has(session.id);
      if (!waits && !hasEnded(session.state)) await this.#move(session.id, { kind: 'host-gone' });
    }
  }

  async #afterRestart(): Promise<void> {
    await this.database.whenReady();
    const rows = await this.sessions.list({ limit: 100_000, states: ['starting', 'running', 'stopping'] });
    for (const hostId of new Set(rows.map((row) => row.hostId))) await this.hostGone(hostId);
  }

  async #run(hostId: HostId, reported: readonly ReportedSession[], complete: boolean): Promise<SessionId[]> {
    const ids = reported.map(({ sessionId }) => sessionId);
    const rows = await this.sessions.byIds(ids);
    for (const row of await this.sessions.unfinished(hostId)) rows.set(row.id, row);
    const own = await this.#ownOnly(hostId, reported, rows);
    const missing = own.map(({ sessionId }) => sessionId).filter((id) => !rows.has(id));
    const actions = reconcile({
      rows,
      reported: own,
      tombstones: await this.sessions.tombstones(missing),
      commands: await this.commands.unfinished(hostId),
      now: new Date(this.clock.now()),
      complete,
    });
    for (const action of actions) await this.#act(hostId, action);
    return actions.flatMap((action) => (action.kind === 'forget' ? [action.sessionId] : []));
  }

  /** A daemon may speak only for its own sessions. */
  async #ownOnly(
    hostId: HostId,
    reported: readonly ReportedSession[],
    rows: ReadonlyMap<SessionId, Session>,
  ) {
    const own: ReportedSession[] = [];
    for (const report of reported) {
      const row = rows.get(report.sessionId);
      if (!row || row.hostId === hostId) own.push(report);
      else {
        await this.audit.record('HOST_FORBIDDEN', {
          actor: null,
          subject: { kind: 'session', id: row.id },
          details: { hostId },
        });
      }
    }
    return own;
  }

  async #act(hostId: HostId, action: ReconcileAction): Promise<void> {
    switch (action.kind) {
      case 'orphan': {
        const orphan = await this.sessions.createOrphan(hostId, action.seen, new Date(this.clock.now()));
        if (orphan) this.bus.emit('session.changed', orphan);
        return;
      }
      case 'observed':
        await this.#observed(action.seen);
        return;
      case 'lost':
        await this.#move(action.session.id, { kind: 'lost', state: 'lost', reason: reasonOf('HOST_FORGOT') });
        return;
      case 'expire':
        await this.dispatcher.expire(action.command);
        return;
      case 'stop':
        await this.#orderStop(action.session);
        return;
      case 'forget':
        return;
    }
  }

  async #observed(seen: ReportedSession): Promise<void> {
    if (endStates.includes(seen.state)) return;
    const state = seen.state === 'running' || seen.state === 'stopping' ? seen.state : 'starting';
    const { cwd, branch, remoteUrl, pid, warnings, cols, rows } = seen;
    const patch = { cwd, branch, remoteUrl, pid, warnings, cols, rows };
    await this.#move(seen.sessionId, { kind: 'observed', state }, patch);
  }

  async #orderStop(session: Session): Promise<void> {
    await this.sessions.transaction(async (tx) => {
      const open = await this.commands.ofSession(session.id, tx);
      if (open.some(({ op }) => op.kind === 'stop')) return;
      const op = { kind: 'stop', sessionId: session.id, epoch: session.epoch, force: false } as const;
      await this.commands.create({ id: this.newId(), hostId: session.hostId, op, deadlineAt: null }, tx);
    });
    this.dispatcher.kick(session.hostId);
  }

  async #move(id: SessionId, event: SessionEvent, patch: SessionPatch = {}): Promise<void> {
    const changed = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) return null;
      const to = transition(before, event);
      if (to) return this.sessions.move(id, { to, patch, now: new Date(this.clock.now()) }, tx);
      return differs(before, patch) ? this.sessions.update(id, patch, tx) : null;
    });
    if (changed) this.bus.emit('session.changed', changed);
  }
}

/** Whether the patch says anything new: most heartbeats do not, and must not write. */
function differs(session: Session, patch: SessionPatch): boolean {
  const now: Readonly<Record<string, unknown>> = session;
  return Object.entries(patch).some(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value));
}

// Brings the rows of a host in line with what its daemon says. Nothing is ever killed silently.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock, Logger, NewId } from '@roundhouse/kit';
import {
  hasEnded,
  type HostId,
  type ReportedSession,
  type Session,
  type SessionId,
  type Sidecar,
} from '@roundhouse/protocol';
import { failureLevel } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER, NEW_ID } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { ActivityService } from './activity.service.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { ForeignClaims } from './foreign-claims.service.js';
import { Heartbeats } from './heartbeats.js';
import { reconcile, type ReconcileAction } from './reconcile.js';
import { withNotes } from './session-notes.js';
import { reasonOf, transition, type SessionEvent } from './session-state.js';
import { SessionRepository, type SessionPatch } from './session.repository.js';

@Injectable()
export class ReconcileService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => void)[] = [];
  readonly #heartbeats: Heartbeats;

  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(Database) private readonly database: Database,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(ForeignClaims) private readonly foreign: ForeignClaims,
    @Inject(ActivityService) private readonly activities: ActivityService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {
    this.#heartbeats = new Heartbeats(clock);
    this.#stops.push(
      bus.on('session.changed', (session) => {
        if (!activities.isOnlyActivity(session)) this.#heartbeats.forget(session.hostId);
      }),
      bus.on('session.deleted', () => {
        this.#heartbeats.forget(null);
      }),
    );
  }

  onApplicationBootstrap(): void {
    const onGone = this.bus.on('host.disconnected', ({ hostId }) => {
      this.#heartbeats.forget(hostId);
      void this.hostGone(hostId).catch((error: unknown) => {
        this.logger[failureLevel(error)](
          { err: error, hostId },
          'sessions of a host that left were not marked',
        );
      });
    });
    const mark = (): void => {
      this.#markAll().catch((error: unknown) => {
        this.logger[failureLevel(error)]({ err: error }, 'sessions of hosts that are away were not marked');
      });
    };
    // Which hosts left while nothing could be stored was not noted.
    this.#stops.push(onGone, this.database.onReturn(mark));
    mark();
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }

  /** @returns sessions that the daemon must forget, since they were deleted here */
  async hello(hostId: HostId, reported: readonly ReportedSession[]): Promise<SessionId[]> {
    this.#heartbeats.forget(hostId);
    const { forget } = await this.#run(hostId, reported, true);
    this.activities.heard(hostId, reported);
    return forget;
  }

  async status(hostId: HostId, reported: readonly ReportedSession[]): Promise<SessionId[]> {
    const settled = this.#heartbeats.begin(hostId, reported);
    if (!settled) {
      this.activities.heard(hostId, reported);
      return [];
    }
    const { forget, nothingToDo } = await this.#run(hostId, reported, false);
    this.activities.heard(hostId, reported);
    // What was changed is told as `session.changed`, and so is not remembered either.
    if (nothingToDo) settled();
    return forget;
  }

  /**
   * The host does not answer: its sessions are unknown, not ended. Spawns that were never sent stay queued.
   * Nothing happens when it is back already.
   */
  async hostGone(hostId: HostId): Promise<void> {
    const commands = await this.commands.unfinished(hostId);
    const unsent = new Set(
      commands.filter(({ state }) => state === 'pending').map(({ sessionId }) => sessionId),
    );
    for (const session of await this.sessions.unfinished(hostId)) {
      if (this.daemons.get(hostId)) return;
      const waits = session.state === 'queued' && unsent.has(session.id);
      if (!waits && !hasEnded(session.state)) await this.#move(session.id, { kind: 'host-gone' });
    }
  }

  async #markAll(): Promise<void> {
    await this.database.whenReady();
    for (const hostId of await this.sessions.hostsWithUnfinished()) await this.hostGone(hostId);
  }

  async #run(hostId: HostId, reported: readonly ReportedSession[], complete: boolean) {
    const { rows, others } = await this.#rowsOf(hostId, reported);
    const own = reported.filter(({ sessionId }) => {
      const owner = rows.get(sessionId)?.hostId ?? others.get(sessionId)?.hostId ?? hostId;
      // A daemon may speak only for its own sessions.
      if (owner !== hostId) this.foreign.record(hostId, sessionId);
      return owner === hostId;
    });
    const isKnown = (id: SessionId): boolean => rows.has(id) || others.has(id);
    const unknown = own.map(({ sessionId }) => sessionId).filter((id) => !isKnown(id));
    const actions = reconcile({
      rows: new Map([...rows].filter(([, row]) => row.hostId === hostId)),
      known: others,
      reported: own,
      tombstones: await this.sessions.tombstones(unknown),
      commands: complete ? await this.commands.unfinished(hostId) : [],
      now: this.#now(),
      complete,
    });
    for (const action of actions) await this.#act(hostId, action);
    return {
      forget: actions.flatMap((action) => (action.kind === 'forget' ? [action.sessionId] : [])),
      nothingToDo: own.length === reported.length && actions.every(({ kind }) => kind === 'observed'),
    };
  }

  /** Of the many sessions that have ended there and here, no more is read than what may be news. */
  async #rowsOf(hostId: HostId, reported: readonly ReportedSession[]) {
    const rows = new Map((await this.sessions.unfinished(hostId)).map((row) => [row.id, row]));
    const rest = reported.filter(({ sessionId }) => !rows.has(sessionId));
    const [over, live] = [rest.filter(isOver), rest.filter((report) => !isOver(report))];
    for (const [id, row] of await this.sessions.byIds(live.map(idOf))) rows.set(id, row);
    return { rows, others: await this.sessions.ended(over.map(idOf)) };
  }

  async #act(hostId: HostId, action: ReconcileAction): Promise<void> {
    switch (action.kind) {
      case 'orphan': {
        const orphan = await this.sessions.createOrphan(hostId, action.seen, this.#now());
        if (orphan) this.bus.emit('session.changed', orphan);
        return;
      }
      case 'observed':
        await this.#observed(action.session, action.seen);
        return;
      case 'lost':
        await this.#move(action.session.id, { kind: 'lost', state: 'lost', reason: reasonOf('HOST_FORGOT') });
        return;
      case 'expire':
        await this.dispatcher.expire(action.command);
        return;
      case 'learnt':
        await this.#learn(action.seen);
        return;
      case 'stop':
        await this.#orderStop(action.session, action.anew);
        return;
      case 'forget':
        return;
    }
  }

  async #observed(session: Session, seen: ReportedSession): Promise<void> {
    const state = seen.state === 'running' || seen.state === 'stopping' ? seen.state : 'starting';
    const event = { kind: 'observed', state } as const;
    const { cwd, branch, remoteUrl, pid, cols, rows } = seen;
    const warnings = [
      ...seen.warnings.filter((warning) => warning !== 'budget'),
      // The hub's own, which no daemon knows.
      ...session.warnings.filter((warning) => warning === 'budget'),
    ];
    const patch = { cwd, branch, remoteUrl, pid, warnings, cols, rows, ...learnt(session, seen) };
    // Most heartbeats say nothing new: they must not cost a transaction for each session.
    if (transition(session, event) || differs(session, patch)) await this.#move(session.id, event, patch);
  }

  async #learn({ sessionId, epoch, conversationId = null }: ReportedSession): Promise<void> {
    const changed = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(sessionId, tx);
      // It goes on by now: its own life tells.
      if (before?.epoch !== epoch || !hasEnded(before.state)) return null;
      return this.sessions.update(sessionId, { conversationId }, tx);
    });
    if (changed) this.bus.emit('session.changed', changed);
  }

  async #orderStop(session: Session, anew: boolean): Promise<void> {
    const { id: sessionId, hostId, epoch } = session;
    await this.sessions.transaction(async (tx) => {
      await this.sessions.lock(sessionId, tx);
      const open = await this.commands.ofSession(sessionId, tx);
      if (open.some(({ op, state }) => op.kind === 'stop' && !(anew && state === 'taken'))) return;
      const op = { kind: 'stop', sessionId, epoch, force: false } as const;
      await this.commands.create({ id: this.newId(), hostId, op, deadlineAt: null }, tx);
      this.logger.warn(
        { hostId, sessionId, state: session.state },
        'a session that should not run is stopped',
      );
    });
    this.dispatcher.kick(hostId);
  }

  async #move(id: SessionId, event: SessionEvent, patch: SessionPatch = {}): Promise<void> {
    const changed = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) return null;
      const to = transition(before, event);
      if (event.kind === 'lost' && to) await this.commands.finishAll(id, tx);
      if (to) return this.sessions.move(id, { to, patch, now: this.#now() }, tx);
      return differs(before, patch) ? this.sessions.update(id, patch, tx) : null;
    });
    if (changed) this.bus.emit('session.changed', changed);
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

/** What an older daemon does not tell stays; what was known here before the start stays with what the host adds. */
function learnt(session: Session, { conversationId, notes, sidecar }: ReportedSession): SessionPatch {
  return {
    ...(conversationId === undefined || conversationId === null ? {} : { conversationId }),
    ...(!sidecar || sameTexts(session.sidecar, sidecar) ? {} : { sidecar }),
    ...withNotes(session, notes),
  };
}

/** PostgreSQL keeps the keys in an order of its own. */
const sameTexts = (a: Sidecar | null, b: Sidecar): boolean =>
  JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b).sort());

const isOver = ({ state }: ReportedSession): boolean => hasEnded(state);
const idOf = ({ sessionId }: ReportedSession): SessionId => sessionId;

/** Whether the patch says anything new: most heartbeats do not, and must not write. */
function differs(session: Session, patch: SessionPatch): boolean {
  const now: Readonly<Record<string, unknown>> = session;
  return Object.entries(patch).some(([key, value]) => JSON.stringify(now[key]) !== JSON.stringify(value));
}

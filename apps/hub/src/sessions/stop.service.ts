// Stop: what is wanted is stored first, so that a host that is away stops the session when it returns.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  hasEnded,
  type Reason,
  type Session,
  type SessionId,
  type StopOp,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { transition } from './session-state.js';
import { SessionRepository, type Tx } from './session.repository.js';

interface StopOrder {
  readonly force: boolean;
  /** Null when the hub stops it itself. */
  readonly actor: Actor | null;
  readonly reason: Reason | null;
  readonly details: Readonly<Record<string, string | boolean>>;
}

@Injectable()
export class StopService {
  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  /** Stopping what has ended answers with it as it is. @throws AppError NOT_FOUND */
  stop(id: SessionId, force: boolean, actor: Actor): Promise<Session> {
    return this.#stop(id, { force, actor, reason: null, details: { force } });
  }

  /** A stop by the hub itself; the session keeps the reason. @throws AppError NOT_FOUND */
  stopFor(id: SessionId, reason: Reason, details: Readonly<Record<string, string>>): Promise<Session> {
    return this.#stop(id, { force: false, actor: null, reason, details: { ...details, code: reason.code } });
  }

  async #stop(id: SessionId, { force, actor, reason, details }: StopOrder): Promise<Session> {
    const session = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) throw new AppError('NOT_FOUND', { message: 'There is no such session' });
      const subject = { kind: 'session', id } as const;
      await this.audit.record('SESSION_STOPPED', { actor, subject, details }, tx);
      if (hasEnded(before.state)) return before;
      return (await this.#cancel(before, reason, tx)) ?? (await this.#order(before, { force, reason }, tx));
    });
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  /** A spawn that the host has not been sent is simply taken back. */
  async #cancel(session: Session, reason: Reason | null, tx: Tx): Promise<Session | null> {
    if (session.state !== 'queued') return null;
    const open = await this.commands.ofSession(session.id, tx);
    const spawn = open.find(({ op }) => op.kind === 'spawn' && op.epoch === session.epoch);
    if (spawn?.state !== 'pending' || !(await this.commands.move(spawn.id, ['pending'], 'expired', tx)))
      return null;
    const to = transition(session, { kind: 'cancelled', reason });
    return to && this.sessions.move(session.id, { to, now: this.#now() }, tx);
  }

  async #order(
    session: Session,
    { force, reason }: Pick<StopOrder, 'force' | 'reason'>,
    tx: Tx,
  ): Promise<Session> {
    const op = { kind: 'stop', sessionId: session.id, epoch: session.epoch, force } as const;
    if (!(await this.#isOrdered(op, tx)))
      await this.commands.create({ id: this.newId(), hostId: session.hostId, op, deadlineAt: null }, tx);
    const to = transition(session, { kind: 'stop', reason });
    return to ? this.sessions.move(session.id, { to, now: this.#now() }, tx) : session;
  }

  /** Whether the same order, or a harder one, still waits to be taken by the host. */
  async #isOrdered({ sessionId, epoch, force }: StopOp, tx: Tx): Promise<boolean> {
    const open = await this.commands.ofSession(sessionId, tx);
    return open.some(
      ({ op, state }) =>
        op.kind === 'stop' && state !== 'taken' && op.epoch === epoch && (op.force || !force),
    );
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

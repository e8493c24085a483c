// Spawn and resume: the row and its command are written together; the dispatcher does the rest.
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  sessionIdSchema,
  spawnDeadlineS,
  type Session,
  type SessionId,
  type SessionSpawn,
  type SpawnOp,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { refusal } from '../auth/policy.js';
import { AuditService } from '../audit/audit.service.js';
import { HostsService } from '../hosts/hosts.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import type { Faults } from '../platform/faults.js';
import { CLOCK, FAULTS, NEW_ID } from '../platform/tokens.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { IdempotencyRepository, type IdempotentCall } from './idempotency.repository.js';
import { requireEnded } from './session-state.js';
import { SessionRepository, type Tx } from './session.repository.js';
import { deadlineOf, defaultName, planSpawn } from './spawn-request.js';

@Injectable()
export class SpawnService {
  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(IdempotencyRepository) private readonly idempotency: IdempotencyRepository,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(HostsService) private readonly hosts: HostsService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
    @Inject(FAULTS) private readonly faults: Faults,
  ) {}

  /**
   * Makes one session per key, however often it is asked.
   * @throws AppError IDEMPOTENCY_MISMATCH, FORBIDDEN to trust the project, and those of `planSpawn`
   */
  async spawn(request: SessionSpawn, actor: Actor, key: string): Promise<Session> {
    const untrusting = request.trust ? refusal(actor, 'project.trust') : null;
    if (untrusting) throw untrusting;
    const call = { userId: actor.userId, key, bodyHash: hashBody(request) };
    const earlier = await this.#answered(call);
    if (earlier) return earlier;
    const op = await this.#plan(request);
    await this.faults.reach('spawn.before-insert');
    const session = await this.#insert(request, op, { call, actor }).catch(async (error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      const first = await this.#answered(call);
      if (first) return first;
      throw error;
    });
    if (session.id !== op.sessionId) return session;
    await this.faults.reach('spawn.after-insert');
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  /** Starts an ended session again, with the next epoch. @throws AppError NOT_FOUND, SESSION_RUNNING */
  async resume(id: SessionId, size: { cols: number; rows: number }, actor: Actor): Promise<Session> {
    const session = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) throw new AppError('NOT_FOUND', { message: 'There is no such session' });
      requireEnded(before);
      const deadlineAt = new Date(this.clock.now() + spawnDeadlineS * 1000);
      const op: SpawnOp = { ...resumeOp(before), ...size };
      // Orders of the life that is over, such as a stop that nobody answered.
      await this.commands.finishAll(id, tx);
      await this.commands.create({ id: this.newId(), hostId: before.hostId, op, deadlineAt }, tx);
      const patch = {
        epoch: op.epoch,
        exitCode: null,
        signal: null,
        deadlineAt,
        pid: null,
        startedAt: null,
        orphan: false,
        ...size,
      };
      const to = { state: 'queued', desired: 'running', stateReason: null, ended: false } as const;
      return this.sessions.move(id, { to, patch, now: this.#now() }, tx);
    });
    await this.audit.record('SESSION_RESUMED', { actor, subject: { kind: 'session', id } });
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  async #plan(request: SessionSpawn): Promise<SpawnOp> {
    const host = await this.hosts.get(request.hostId);
    const companion = request.companionOf ? await this.sessions.find(request.companionOf) : null;
    return planSpawn(request, { host, companion, sessionId: this.newId() });
  }

  #insert(request: SessionSpawn, op: SpawnOp, by: { call: IdempotentCall; actor: Actor }): Promise<Session> {
    return this.sessions.transaction(async (tx: Tx) => {
      const now = this.clock.now();
      const deadlineAt = deadlineOf(request, now);
      const session = await this.sessions.create(
        {
          id: op.sessionId,
          hostId: request.hostId,
          createdBy: by.actor.userId,
          createdAt: new Date(now),
          deadlineAt,
          name: request.name ?? defaultName(request, op.sessionId),
          task: op.task,
          profile: op.profile,
          mode: op.mode,
          project: op.project,
          projectName: op.project.split('/').at(-1) ?? op.project,
          baseBranch: op.baseBranch,
          worktree: op.worktree,
          companionOf: op.companionOf,
          cols: op.cols,
          rows: op.rows,
        },
        tx,
      );
      await this.idempotency.keep(by.call, session, tx);
      await this.commands.create({ id: this.newId(), hostId: request.hostId, op, deadlineAt }, tx);
      const subject = { kind: 'session', id: session.id } as const;
      await this.audit.record(
        'SESSION_SPAWNED',
        { actor: by.actor, subject, details: { profile: op.profile, trust: op.trust } },
        tx,
      );
      await this.faults.reach('spawn.in-transaction');
      return session;
    });
  }

  async #answered(call: IdempotentCall): Promise<Session | null> {
    const kept = await this.idempotency.find(call);
    if (!kept) return null;
    if (kept.bodyHash !== call.bodyHash) throw new AppError('IDEMPOTENCY_MISMATCH');
    return kept.answer;
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

/** The order that starts a session again, in the directory that the daemon keeps for it. */
function resumeOp(session: Session): SpawnOp {
  return {
    kind: 'spawn',
    sessionId: sessionIdSchema.parse(session.id),
    epoch: session.epoch + 1,
    profile: session.profile,
    project: session.project,
    mode: 'resume',
    worktree: session.worktree,
    baseBranch: session.baseBranch,
    trust: false,
    companionOf: session.companionOf,
    task: null,
    cols: session.cols,
    rows: session.rows,
  };
}

/** Bodies are parsed before, so that their keys are known; their order does not count. */
const hashBody = (body: SessionSpawn): string => {
  const sorted = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
};

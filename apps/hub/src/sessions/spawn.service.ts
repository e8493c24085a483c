// Spawn and resume: the row and its command are written together; the dispatcher does the rest.
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  hasEnded,
  spawnDeadlineS,
  type Host,
  type HostId,
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
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { BudgetService } from '../telemetry/budget.service.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { IdempotencyRepository, type IdempotentCall } from './idempotency.repository.js';
import { forkOp, resumeOp, type ResumeRequest } from './resume-order.js';
import { requireEnded } from './session-state.js';
import { SessionRepository, type Tx } from './session.repository.js';
import { requireDaemonFor } from './spawn-options.js';
import { deadlineOf, defaultName, planSpawn, projectNameOf, type SpawnPlan } from './spawn-request.js';

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
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(BudgetService) private readonly budgets: BudgetService,
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
    const plan = await this.#plan(request);
    await this.faults.reach('spawn.before-insert');
    const session = await this.#insert(request, plan, { call, actor }).catch(async (error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      const first = await this.#answered(call);
      if (first) return first;
      throw error;
    });
    if (session.id !== plan.op.sessionId) return session;
    await this.faults.reach('spawn.after-insert');
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  /**
   * Starts an ended session again, with the next epoch; or, as a fork, another that goes on from its conversation.
   * @throws AppError NOT_FOUND, SESSION_RUNNING, DAEMON_TOO_OLD, and those of `resumeOp` and `forkOp`
   */
  resume(id: SessionId, request: ResumeRequest, actor: Actor): Promise<Session> {
    return request.resume === 'fork' ? this.#fork(id, request, actor) : this.#resume(id, request, actor);
  }

  async #resume(id: SessionId, request: ResumeRequest, actor: Actor): Promise<Session> {
    const host = await this.#hostOf(id);
    const asked = await this.sessions.find(id);
    if (asked && hasEnded(asked.state)) await this.#requireBudget(host, asked, id);
    const session = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) throw notFound();
      requireEnded(before);
      const deadlineAt = new Date(this.clock.now() + spawnDeadlineS * 1000);
      const op = resumeOp(before, request, host);
      requireDaemonFor(op, this.daemons.get(host.id));
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
        notes: [],
        options: op.options ?? {},
        cols: op.cols,
        rows: op.rows,
      };
      const to = { state: 'queued', desired: 'running', stateReason: null, ended: false } as const;
      const moved = await this.sessions.move(id, { to, patch, now: this.#now() }, tx);
      const { permissionMode } = moved.options;
      const details = permissionMode === undefined ? {} : { permissionMode };
      await this.audit.record('SESSION_RESUMED', { actor, subject: { kind: 'session', id }, details }, tx);
      return moved;
    });
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  async #fork(id: SessionId, request: ResumeRequest, actor: Actor): Promise<Session> {
    const host = await this.#hostOf(id);
    const before = await this.sessions.find(id);
    if (!before) throw notFound();
    const op = forkOp(before, request, { host, sessionId: this.newId() });
    requireDaemonFor(op, this.daemons.get(host.id));
    await this.#requireBudget(host, before, null);
    const deadlineAt = new Date(this.clock.now() + spawnDeadlineS * 1000);
    const name = `${before.name.slice(0, 73)} (copy)`;
    const session = await this.sessions.transaction(async (tx) => {
      const row = { ...rowOf(op, { hostId: host.id, actor, now: this.#now(), deadlineAt }), name };
      // It shares the directory of the other, and is not its companion.
      const made = await this.sessions.create({ ...row, companionOf: null, resumedFrom: id }, tx);
      await this.commands.create({ id: this.newId(), hostId: host.id, op, deadlineAt }, tx);
      const details = { profile: op.profile, copyOf: id };
      const subject = { kind: 'session', id: made.id } as const;
      await this.audit.record('SESSION_SPAWNED', { actor, subject, details }, tx);
      return made;
    });
    this.bus.emit('session.changed', session);
    this.dispatcher.kick(session.hostId);
    return session;
  }

  async #hostOf(id: SessionId): Promise<Host> {
    const hostId = (await this.sessions.hostsOf([id])).get(id);
    if (!hostId) throw notFound();
    return this.hosts.get(hostId);
  }

  async #plan(request: SessionSpawn): Promise<SpawnPlan> {
    const host = await this.hosts.get(request.hostId);
    const companion = request.companionOf ? await this.sessions.find(request.companionOf) : null;
    const plan = planSpawn(request, { host, companion, sessionId: this.newId() });
    requireDaemonFor(plan.op, this.daemons.get(request.hostId));
    const { profile, project } = plan.op;
    await this.#requireBudget(host, { profile, project, projectName: projectNameOf(project) }, null);
    return plan;
  }

  /** A shell uses nothing: with a spent budget one can still look at what was done. @throws AppError BUDGET_SPENT */
  async #requireBudget(
    host: Host,
    { profile, project, projectName }: Pick<Session, 'profile' | 'project' | 'projectName'>,
    id: SessionId | null,
  ): Promise<void> {
    const telemetry = host.profiles.find(({ name }) => name === profile)?.telemetry;
    if (telemetry === 'sidecar') return;
    await this.budgets.requireLeft({ profile, project, projectName }, id);
  }

  #insert(
    request: SessionSpawn,
    { op, notes }: SpawnPlan,
    by: { call: IdempotentCall; actor: Actor },
  ): Promise<Session> {
    return this.sessions.transaction(async (tx: Tx) => {
      const deadlineAt = deadlineOf(request, this.clock.now());
      const { hostId } = request;
      const session = await this.sessions.create(
        {
          ...rowOf(op, { hostId, actor: by.actor, now: this.#now(), deadlineAt }),
          name: request.name ?? defaultName(request, op.sessionId),
          notes: [...notes],
        },
        tx,
      );
      await this.idempotency.keep(by.call, session, tx);
      await this.commands.create({ id: this.newId(), hostId: request.hostId, op, deadlineAt }, tx);
      const subject = { kind: 'session', id: session.id } as const;
      await this.audit.record('SESSION_SPAWNED', { actor: by.actor, subject, details: detailsOf(op) }, tx);
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

interface RowFacts {
  readonly hostId: HostId;
  readonly actor: Actor;
  readonly now: Date;
  readonly deadlineAt: Date;
}

/** The row of the session that an order makes. */
const rowOf = (op: SpawnOp, { hostId, actor, now, deadlineAt }: RowFacts) => ({
  id: op.sessionId,
  hostId,
  createdBy: actor.userId,
  createdAt: now,
  deadlineAt,
  task: op.task,
  profile: op.profile,
  mode: op.mode,
  project: op.project,
  projectName: projectNameOf(op.project),
  baseBranch: op.baseBranch,
  worktree: op.worktree,
  companionOf: op.companionOf,
  options: op.options ?? {},
  conversationId: op.resume === 'fork' ? null : (op.conversation ?? null),
  cols: op.cols,
  rows: op.rows,
});

/** What an owner wants to find again: who let an agent do what. */
function detailsOf({ profile, trust, options = {}, conversation }: SpawnOp) {
  const { permissionMode, preset, model, args = [], env = {}, envNames = [] } = options;
  const names = [...Object.keys(env), ...envNames];
  return {
    ...{ profile, trust },
    ...(permissionMode === undefined ? {} : { permissionMode }),
    ...(preset === undefined ? {} : { preset }),
    ...(model === undefined ? {} : { model }),
    ...(args.length === 0 ? {} : { args: args.length }),
    ...(names.length === 0 ? {} : { variables: names.join(' ') }),
    ...(conversation === undefined || conversation === null ? {} : { conversation }),
  };
}

const notFound = (): AppError => new AppError('NOT_FOUND', { message: 'There is no such session' });

/** Bodies are parsed before, so that their keys are known; their order does not count. */
const hashBody = (body: SessionSpawn): string => {
  const sorted = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
};

// The services of hosts and sessions on a real database of their own, with a clock and daemons that a spec moves.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, newId, silentLogger, systemClock } from '@roundhouse/kit';
import {
  factSchema,
  hostIdSchema,
  sessionIdSchema,
  sessionSpawnSchema,
  userIdSchema,
  type FactBody,
  type HostId,
  type Session,
  type SessionId,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditService } from '../audit/audit.service.js';
import type { EventBus as Bus } from '../platform/event-bus/event-bus.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { Database } from '../platform/database/database.js';
import type { TestServer } from '../platform/database/test-server.js';
import { noFaults, type FaultPoint, type Faults } from '../platform/faults.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { HostRepository } from '../hosts/host.repository.js';
import type { HostsService } from '../hosts/hosts.service.js';
import { PresenceService } from '../hosts/presence.service.js';
import { ActivityService } from '../sessions/activity.service.js';
import { CommandDispatcher } from '../sessions/command-dispatcher.service.js';
import { CommandRepository } from '../sessions/command.repository.js';
import { ExpiryService } from '../sessions/expiry.service.js';
import { FactsService } from '../sessions/facts.service.js';
import { ForeignClaims } from '../sessions/foreign-claims.service.js';
import { IdempotencyRepository } from '../sessions/idempotency.repository.js';
import { OutboxPosition } from '../sessions/outbox-position.repository.js';
import { ReconcileService } from '../sessions/reconcile.service.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SpawnService } from '../sessions/spawn.service.js';
import { StopService } from '../sessions/stop.service.js';
import { BudgetKeeper } from '../sessions/budget-keeper.service.js';
import { BudgetRepository } from '../telemetry/budget.repository.js';
import { BudgetService } from '../telemetry/budget.service.js';
import { BucketRepository } from '../telemetry/bucket.repository.js';
import { IngestCounters } from '../telemetry/ingest-counters.js';
import { UsageRepository } from '../telemetry/usage.repository.js';
import { UsageService } from '../telemetry/usage.service.js';
import { hostOf } from './entities.js';
import { ScriptedDaemon } from './scripted-daemon.js';

const { projects, profiles } = hostOf();

/** Something that happens once, where a spec says. */
class NextFault implements Faults {
  readonly #next = new Map<FaultPoint, () => void>();

  next(point: FaultPoint, fault: () => void): void {
    this.#next.set(point, fault);
  }

  reach(point: FaultPoint): void {
    const fault = this.#next.get(point);
    this.#next.delete(point);
    fault?.();
  }
}

export class HubRig {
  readonly clock = new ManualClock();
  readonly faults = new NextFault();
  readonly bus: Bus = new EventBus();
  readonly daemons = new DaemonRegistry();
  readonly audit: AuditService;
  readonly hostRows: HostRepository;
  readonly rows: SessionRepository;
  readonly presence: PresenceService;
  readonly spawning: SpawnService;
  readonly stopping: StopService;
  readonly sessions: SessionsService;
  readonly facts: FactsService;
  readonly reconciler: ReconcileService;
  readonly activities: ActivityService;
  readonly expiry: ExpiryService;
  readonly budgets: BudgetService;
  readonly budgetKeeper: BudgetKeeper;
  readonly actor: Actor;
  /** Sessions that browsers were told of, in order. */
  readonly told: Session[] = [];
  #generation = 0;

  private constructor(
    readonly database: Database,
    private readonly stateDir: string,
  ) {
    const { clock, bus, daemons } = this;
    const logger = silentLogger();
    const userId = userIdSchema.parse(newId());
    this.actor = {
      userId,
      username: 'ada',
      role: 'admin',
      scopes: null,
      via: { kind: 'session', id: newId() },
    };
    this.audit = new AuditService(new AuditRepository(database), clock);
    this.hostRows = new HostRepository(database);
    this.rows = new SessionRepository(database);
    this.presence = new PresenceService(this.hostRows, daemons, database, bus, clock, logger);
    const commands = new CommandRepository(database);
    const foreign = new ForeignClaims(this.rows, this.audit, clock, logger);
    const dispatcher = new CommandDispatcher(commands, this.rows, daemons, bus, clock, logger, noFaults);
    const hosts = { get: (id: HostId) => this.hostRows.find(id) } as unknown as HostsService;
    const keys = new IdempotencyRepository(database);
    const counters = new IngestCounters();
    const usage = new UsageService(new UsageRepository(), new BucketRepository(), counters, clock);
    const budgetRows = new BudgetRepository(database);
    this.budgets = new BudgetService(budgetRows, bus, this.audit, clock, newId);
    this.spawning = new SpawnService(
      ...([
        this.rows,
        commands,
        keys,
        dispatcher,
        hosts,
        bus,
        this.audit,
        clock,
        newId,
        noFaults,
        daemons,
        this.budgets,
      ] as const),
    );
    this.stopping = new StopService(this.rows, commands, dispatcher, bus, this.audit, clock, newId);
    this.sessions = new SessionsService(this.rows, daemons, bus, this.audit, newId, clock);
    this.facts = new FactsService(
      ...([
        this.rows,
        commands,
        new OutboxPosition(database),
        usage,
        counters,
        bus,
        foreign,
        clock,
        logger,
        this.faults,
      ] as const),
    );
    this.activities = new ActivityService(this.rows, foreign, bus, clock, logger);
    this.reconciler = new ReconcileService(
      ...([this.rows, commands, dispatcher, database, bus, daemons, foreign] as const),
      ...([this.activities, clock, logger, newId] as const),
    );
    this.budgetKeeper = new BudgetKeeper(
      ...([this.budgets, this.rows, this.stopping] as const),
      ...([database, bus, clock, logger] as const),
    );
    this.expiry = new ExpiryService(commands, dispatcher, database, clock, logger);
    bus.on('session.changed', (session) => this.told.push(session));
  }

  static async start(server: TestServer): Promise<HubRig> {
    const stateDir = await mkdtemp(path.join(tmpdir(), 'rh-rig-'));
    const url = await server.createDatabase();
    const database = new Database({ url, stateDir, clock: systemClock, logger: silentLogger() });
    database.start();
    await database.whenReady();
    const rig = new HubRig(database, stateDir);
    const { userId: id, username } = rig.actor;
    await database.client.user.create({ data: { id, username, passwordHash: 'none' } });
    rig.presence.onApplicationBootstrap();
    rig.reconciler.onApplicationBootstrap();
    rig.expiry.onApplicationBootstrap();
    rig.budgetKeeper.onApplicationBootstrap();
    return rig;
  }

  async close(): Promise<void> {
    for (const service of [
      ...[this.presence, this.reconciler, this.activities, this.expiry, this.budgetKeeper],
    ])
      service.onModuleDestroy();
    await this.database.dispose();
    await rm(this.stateDir, { recursive: true, force: true });
  }

  /** A host that has enrolled and reported its project and profile. */
  async host(): Promise<HostId> {
    const id = hostIdSchema.parse(newId());
    await this.database.client.host.create({ data: { id, name: `host ${id}`, projects, profiles } });
    return id;
  }

  connect(hostId: HostId): ScriptedDaemon {
    this.#generation += 1;
    const daemon = new ScriptedDaemon(hostId, this.#generation);
    this.daemons.set(daemon);
    return daemon;
  }

  async disconnect(daemon: ScriptedDaemon): Promise<void> {
    this.daemons.remove(daemon);
    this.bus.emit('host.disconnected', { hostId: daemon.hostId, generation: daemon.generation });
    await this.settle();
  }

  spawn(hostId: HostId, key: string = newId(), change: object = {}): Promise<Session> {
    const request = { hostId, profile: 'bash', project: '/srv/shop', cols: 80, rows: 24, ...change };
    return this.spawning.spawn(sessionSpawnSchema.parse(request), this.actor, key);
  }

  /** A session of a connected host that runs. */
  async running(hostId: HostId): Promise<Session> {
    const { id } = await this.spawn(hostId);
    await this.fact(hostId, { kind: 'session.started', sessionId: id, ...started });
    return this.sessions.get(id);
  }

  /** Applies one fact of a stream of its own. */
  fact(hostId: HostId, body: object): Promise<number> {
    return this.facts.apply(hostId, newId(), [factOf(1, body)]);
  }

  /** Waits until the session is as wanted; work in the background takes as long as the database does. */
  async until(id: SessionId, wanted: (session: Session) => boolean): Promise<Session> {
    for (let turn = 0; turn < 400; turn += 1) {
      const session = await this.sessions.get(id);
      if (wanted(session)) return session;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const { state, stateReason } = await this.sessions.get(id);
    throw new Error(`The session stayed ${state} ${stateReason?.code ?? ''}`);
  }

  /** Lets work in the background, if there is any, reach the database. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 60));
  }

  commands() {
    return this.database.client.command.findMany({ orderBy: { createdAt: 'asc' } });
  }

  audits(code: string) {
    return this.database.client.auditEvent.findMany({ where: { code } });
  }
}

export const started = {
  ...{ epoch: 1, commandId: newId(), pid: 4711, cwd: '/srv/shop', branch: 'main', remoteUrl: null },
  ...{ cols: 80, rows: 24 },
};

export const factOf = (seq: number, body: object | FactBody) =>
  factSchema.parse({ seq, at: '2026-01-01T00:00:00Z', body });

export const newSessionId = (): SessionId => sessionIdSchema.parse(newId());

// Sessions: spawn, stop, states, commands, facts, reconciliation.
import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.js';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { ActivityService } from './activity.service.js';
import { AgentQuestions } from './agent-questions.service.js';
import { AgentsController } from './agents.controller.js';
import { BudgetKeeper } from './budget-keeper.service.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';
import { ExpiryService } from './expiry.service.js';
import { FactsService } from './facts.service.js';
import { ForeignClaims } from './foreign-claims.service.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import { OutboxPosition } from './outbox-position.repository.js';
import { ReconcileService } from './reconcile.service.js';
import { SessionRepository } from './session.repository.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SpawnService } from './spawn.service.js';
import { StatusService } from './status.service.js';
import { StopService } from './stop.service.js';
import { WorktreeService } from './worktree.service.js';

@Module({
  imports: [HostsModule, TelemetryModule],
  controllers: [AgentsController, SessionsController],
  providers: [
    ActivityService,
    AgentQuestions,
    BudgetKeeper,
    CommandDispatcher,
    CommandRepository,
    ExpiryService,
    FactsService,
    ForeignClaims,
    IdempotencyRepository,
    OutboxPosition,
    ReconcileService,
    SessionRepository,
    SessionsService,
    SpawnService,
    StatusService,
    StopService,
    WorktreeService,
  ],
  exports: [
    ActivityService,
    CommandDispatcher,
    FactsService,
    ForeignClaims,
    ReconcileService,
    SessionRepository,
    SessionsService,
  ],
})
export class SessionsModule {}

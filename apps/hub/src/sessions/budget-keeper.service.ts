// Holds running sessions to budgets: warns of spent ones, and stops what they stop. Looks after every report, when
// budgets change, and now and then, because days and months begin.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { AppError, type Budget, type SessionId } from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { BudgetService, spentWords } from '../telemetry/budget.service.js';
import { reasonOf } from './session-state.js';
import { SessionRepository } from './session.repository.js';
import { StopService } from './stop.service.js';

/** A new day is noticed within a minute. */
const againMs = 60_000;

@Injectable()
export class BudgetKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #ends: Cancel[] = [];
  #looking: Promise<void> | null = null;
  #again = false;
  /** There is no budget and nothing to take back: reports, many a second, need no look. */
  #idle = false;

  constructor(
    @Inject(BudgetService) private readonly budgets: BudgetService,
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(StopService) private readonly stopping: StopService,
    @Inject(Database) private readonly database: Database,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const look = (): void => {
      if (!this.#idle) this.#kick();
    };
    this.#ends.push(
      this.bus.on('usage.written', look),
      this.bus.on('budgets.changed', () => {
        this.#idle = false;
        this.#kick();
      }),
      this.clock.every(againMs, look),
    );
  }

  onModuleDestroy(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#again = false;
  }

  /** One look at a time; what comes meanwhile is looked at once, after it. */
  #kick(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    if (this.database.state !== 'ready') return;
    this.#looking = this.#look()
      .catch((error: unknown) => {
        this.logger.warn({ err: error }, 'budgets were not looked at');
      })
      .finally(() => {
        this.#looking = null;
        if (!this.#again) return;
        this.#again = false;
        this.#kick();
      });
  }

  async #look(): Promise<void> {
    const limited = await this.budgets.any();
    const verdicts = await this.budgets.verdicts();
    const changing = verdicts.filter(({ session, verdict }) => session.warned !== verdict.warned);
    const idsOf = (warned: boolean): SessionId[] =>
      changing.filter(({ verdict }) => verdict.warned === warned).map(({ session }) => session.sessionId);
    const changed = [
      ...(await this.budgets.warn(idsOf(true), true)),
      ...(await this.budgets.warn(idsOf(false), false)),
    ];
    for (const session of (await this.sessions.byIds(changed)).values())
      this.bus.emit('session.changed', session);
    for (const { session, verdict } of verdicts) {
      if (verdict.stop && session.wanted) await this.#stop(session.sessionId, verdict.stop);
    }
    // One that was made meanwhile has asked for another look.
    this.#idle = !limited && !this.#again;
  }

  async #stop(id: SessionId, budget: Budget): Promise<void> {
    this.logger.info({ sessionId: id, budgetId: budget.id }, 'a spent budget stops a session');
    try {
      await this.stopping.stopFor(id, reasonOf('BUDGET_SPENT', spentWords(budget)), { budgetId: budget.id });
    } catch (error) {
      // It was deleted meanwhile.
      if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error;
    }
  }
}

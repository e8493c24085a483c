// Budgets: what there is, how far each is used, and what may be started.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  budgetIdSchema,
  budgetsMax,
  type Budget,
  type BudgetId,
  type BudgetState,
  type BudgetTerms,
  type SessionId,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import {
  budgetWords,
  isSpent,
  nothingUsed,
  refusing,
  verdictOn,
  type BudgetTarget,
  type Verdict,
} from './budget-policy.js';
import { BudgetRepository, type BudgetSession } from './budget.repository.js';

@Injectable()
export class BudgetService {
  /** Reports come many times a second; a hub without budgets must not pay for each. */
  #known: Promise<readonly Budget[]> | null = null;

  constructor(
    @Inject(BudgetRepository) private readonly rows: BudgetRepository,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  async list(): Promise<BudgetState[]> {
    const budgets = await this.#budgets();
    const sums = await this.rows.periodSums(budgets, this.clock.now());
    const greatest = await this.rows.greatestOfSessions(budgets);
    return budgets.map((budget) => {
      const used = sums.get(budget.id) ?? greatest.get(budget.id) ?? nothingUsed;
      const { costNanos: usedNanos, tokens: usedTokens } = used;
      return { ...budget, usedNanos, usedTokens, spent: isSpent(budget, used) };
    });
  }

  /** @throws AppError CONFLICT when there are too many */
  async create(terms: BudgetTerms, actor: Actor, ip: string): Promise<BudgetState> {
    if ((await this.#budgets()).length >= budgetsMax) {
      const message = `There are ${String(budgetsMax)} budgets already`;
      throw new AppError('CONFLICT', { message, hint: 'Remove one first.' });
    }
    const id = budgetIdSchema.parse(this.newId());
    const createdAt = new Date(this.clock.now()).toISOString();
    const scopeKey = terms.scope === 'session' ? (terms.scopeKey?.toLowerCase() ?? null) : terms.scopeKey;
    const budget: Budget = { ...terms, scopeKey, id, createdBy: actor.userId, createdAt };
    await this.rows.transaction(async (tx) => {
      await this.rows.create(budget, tx);
      const subject = { kind: 'budget', id };
      await this.audit.record('BUDGET_CREATED', { actor, ip, subject, details: { ...terms } }, tx);
    });
    this.#changed();
    const made = (await this.list()).find((each) => each.id === id);
    if (!made) throw new AppError('CONFLICT');
    return made;
  }

  /** @throws AppError NOT_FOUND */
  async remove(id: BudgetId, actor: Actor, ip: string): Promise<void> {
    await this.rows.transaction(async (tx) => {
      if (!(await this.rows.remove(id, tx)))
        throw new AppError('NOT_FOUND', { message: 'There is no such budget' });
      await this.audit.record('BUDGET_DELETED', { actor, ip, subject: { kind: 'budget', id } }, tx);
    });
    this.#changed();
  }

  /** Whether anything is limited at all. */
  async any(): Promise<boolean> {
    return (await this.#budgets()).length > 0;
  }

  /** For a session that starts: anew with the id, or for the first time without. @throws AppError BUDGET_SPENT */
  async requireLeft(
    target: Omit<BudgetTarget, 'sessionId' | 'used'>,
    sessionId: SessionId | null,
  ): Promise<void> {
    const budgets = await this.#budgets();
    if (budgets.length === 0) return;
    const used = (sessionId && (await this.rows.session(sessionId))?.used) ?? nothingUsed;
    const sums = await this.rows.periodSums(budgets, this.clock.now());
    const budget = refusing(budgets, sums, { ...target, sessionId, used });
    if (budget)
      throw new AppError('BUDGET_SPENT', { message: spentWords(budget), details: { budgetId: budget.id } });
  }

  /** What budgets demand of every session that they may act on. */
  async verdicts(): Promise<{ session: BudgetSession; verdict: Verdict }[]> {
    const budgets = await this.#budgets();
    const sums = await this.rows.periodSums(budgets, this.clock.now());
    const sessions = await this.rows.sessions();
    return sessions.map((session) => ({ session, verdict: verdictOn(budgets, sums, session) }));
  }

  /** Sets or takes away the warning. @returns the sessions that changed */
  warn(ids: readonly SessionId[], warned: boolean): Promise<SessionId[]> {
    return this.rows.warn(ids, warned);
  }

  #changed(): void {
    this.#known = null;
    this.bus.emit('budgets.changed', {});
  }

  #budgets(): Promise<readonly Budget[]> {
    if (this.#known) return this.#known;
    const asked = this.rows.list();
    this.#known = asked;
    asked.catch(() => {
      if (this.#known === asked) this.#known = null;
    });
    return asked;
  }
}

export const spentWords = (budget: Budget): string => `The budget of ${budgetWords(budget)} is spent`;

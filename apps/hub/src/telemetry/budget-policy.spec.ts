// What budgets demand.
import { newId } from '@roundhouse/kit';
import { budgetActions, budgetIdSchema, type Budget } from '@roundhouse/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  budgetWords,
  covers,
  isSpent,
  nothingUsed,
  periodStart,
  refusing,
  verdictOn,
  type BudgetTarget,
  type Used,
} from './budget-policy.js';

const dollar = 1_000_000_000;
const budget = (change: Partial<Budget> = {}): Budget => ({
  ...{ id: budgetIdSchema.parse(newId()), scope: 'all', scopeKey: null, period: 'day' },
  ...{ limitNanos: 5 * dollar, limitTokens: null, action: 'stop' },
  ...{ createdBy: null, createdAt: '2026-01-01T00:00:00.000Z' },
  ...change,
});
const target = (change: Partial<BudgetTarget> = {}): BudgetTarget => ({
  ...{ sessionId: 's1', profile: 'claude', project: '/srv/shop', projectName: 'shop' },
  used: { costNanos: 1, tokens: 1 },
  ...change,
});
const used = (costNanos: number, tokens = 0): Used => ({ costNanos, tokens });

describe('a budget (F:F13)', () => {
  it('covers what its scope names', () => {
    expect(covers(budget(), target())).toBe(true);
    const named = (scope: Budget['scope'], scopeKey: string) => covers(budget({ scope, scopeKey }), target());
    expect([named('profile', 'claude'), named('profile', 'codex')]).toEqual([true, false]);
    expect([named('project', '/srv/shop'), named('project', 'shop'), named('project', 'sho')]).toEqual([
      ...[true, true, false],
    ]);
    expect([named('session', 's1'), named('session', 's2')]).toEqual([true, false]);
    expect(covers(budget({ scope: 'session', scopeKey: 's1' }), target({ sessionId: null }))).toBe(false);
  });

  it('is spent when either limit is reached, whatever of it was an estimate', () => {
    const both = budget({ limitTokens: 100 });
    expect(isSpent(both, used(5 * dollar - 1, 99))).toBe(false);
    expect(isSpent(both, used(5 * dollar, 0))).toBe(true);
    // Tokens without a price cost nothing that is known.
    expect(isSpent(both, used(0, 100))).toBe(true);
    expect(isSpent(budget(), used(0, 1e12))).toBe(false);
  });

  it('of a day or month begins in UTC, of a session with it', () => {
    const late = Date.parse('2026-03-31T23:59:59Z');
    expect(periodStart('day', late)).toEqual(new Date('2026-03-31T00:00:00Z'));
    expect(periodStart('day', late + 1_000)).toEqual(new Date('2026-04-01T00:00:00Z'));
    expect(periodStart('month', late)).toEqual(new Date('2026-03-01T00:00:00Z'));
    expect(periodStart('session', late)).toBeNull();
  });

  it('demands nothing until it is spent, and no more than its action', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...budgetActions),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(20),
        (action, limitTokens, tokens) => {
          const one = budget({ action, limitNanos: null, limitTokens });
          const sums = new Map([[one.id, used(0, tokens)]]);
          const spent = tokens >= limitTokens;
          expect(verdictOn([one], sums, target())).toEqual({
            warned: spent,
            stop: spent && action === 'stop' ? one : null,
          });
          expect(refusing([one], sums, target())).toBe(spent && action !== 'warn' ? one : null);
        },
      ),
    );
  });

  it('for each session is held against that session alone', () => {
    const each = budget({ period: 'session' });
    const spent = target({ used: used(5 * dollar, 1) });
    expect(verdictOn([each], new Map(), spent)).toEqual({ warned: true, stop: each });
    expect(refusing([each], new Map(), spent)).toBe(each);
    expect(refusing([each], new Map(), target({ sessionId: null, used: nothingUsed }))).toBeNull();
  });

  it('does not stop what has used nothing', () => {
    const one = budget();
    const sums = new Map([[one.id, used(9 * dollar)]]);
    const shell = target({ used: nothingUsed });
    expect(verdictOn([one], sums, shell)).toEqual({ warned: true, stop: null });
  });

  it('has words', () => {
    expect(budgetWords(budget())).toBe('$5.00 a day');
    expect(
      budgetWords(budget({ scope: 'project', scopeKey: 'shop', limitTokens: 20_000, period: 'month' })),
    ).toBe('$5.00 or 20,000 tokens a month for project shop');
    expect(budgetWords(budget({ scope: 'profile', scopeKey: 'claude', period: 'session' }))).toBe(
      '$5.00 for each session of profile claude',
    );
    expect(budgetWords(budget({ scope: 'session', scopeKey: 's1', period: 'session' }))).toBe(
      '$5.00 for this session',
    );
    expect(budgetWords(budget({ scope: 'session', scopeKey: 's1' }))).toBe('$5.00 a day for this session');
  });
});

import { newBudgetSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { checkBudget, emptyDraft, parseDollars, parseTokens, termsOf } from './budget-draft.js';

describe('a budget as it is typed', () => {
  it('reads amounts as people write them, and exactly', () => {
    expect(['5', '$0.50', '1,000.1', '0.01', '1000000'].map(parseDollars)).toEqual([
      ...[5e9, 5e8, 1_000_100_000_000, 1e7, 1e15],
    ]);
    expect(['', '0', '-1', '5.001', 'five', '1000001'].map(parseDollars)).toEqual(Array(6).fill(null));
    expect(['200000', '200k', '1.5M', '1,500', '2B'].map(parseTokens)).toEqual([
      ...[200_000, 200_000, 1_500_000, 1_500, 2e9],
    ]);
    expect(['', '0', '1g', '1.5.1', '1e5'].map(parseTokens)).toEqual(Array(5).fill(null));
  });

  it('says what is missing or wrong', () => {
    expect(Object.keys(checkBudget(emptyDraft))).toEqual(['dollars']);
    expect(Object.keys(checkBudget({ ...emptyDraft, scope: 'project', tokens: 'many' }))).toEqual([
      ...['scopeKey', 'tokens'],
    ]);
    expect(checkBudget({ ...emptyDraft, tokens: '2M' })).toEqual({});
  });

  it('makes terms that the hub takes', () => {
    const draft = {
      ...emptyDraft,
      scope: 'project',
      scopeKey: '/srv/shop',
      dollars: '5',
      tokens: '2M',
    } as const;
    expect(newBudgetSchema.parse(termsOf(draft))).toEqual({
      ...{ scope: 'project', scopeKey: '/srv/shop', period: 'day', action: 'warn' },
      ...{ limitNanos: 5e9, limitTokens: 2e6 },
    });
    // What was chosen for another scope is not sent.
    expect(newBudgetSchema.parse(termsOf({ ...draft, scope: 'all' })).scopeKey).toBeNull();
  });
});

import { noTokens, type Usage } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { sumUsage } from './sum-usage.js';

const usage = (change: Partial<Usage>): Usage => ({
  ...{ rev: 1, tokens: noTokens, costNanos: 0, costSource: 'none', model: null, context: null },
  ...{ requests: 0, activeSeconds: null },
  ...change,
});

describe('the lives of a session together', () => {
  it('add up tokens and money', () => {
    const one = { input: 1, output: 2, cacheRead: 3, cacheCreation: 4, reasoning: 1 };
    const sums = sumUsage([
      usage({
        tokens: one,
        costNanos: 61_950_000,
        costSource: 'reported',
        model: 'opus',
        context: { used: 9, window: 10 },
      }),
      usage({ tokens: one, costNanos: 1, costSource: 'reported' }),
    ]);
    expect(sums).toEqual({
      tokens: { input: 2, output: 4, cacheRead: 6, cacheCreation: 8, reasoning: 2 },
      ...{ costNanos: 61_950_001, costSource: 'reported', unpricedTokens: 0, model: 'opus', context: null },
    });
  });

  it('are an estimate as soon as a part is', () => {
    expect(sumUsage([usage({ costSource: 'reported' }), usage({ costSource: 'estimated' })]).costSource).toBe(
      'estimated',
    );
    expect(sumUsage([]).costSource).toBe('none');
  });
});

// Numbers as people read them.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { formatAgo, formatClock, formatDuration, formatMoney, formatTokens } from './format.js';

describe('formatMoney', () => {
  it.each([
    [null, 'reported', '—'],
    [0, 'none', '—'],
    [0, 'reported', '$0.00'],
    [1_200_000_000, 'reported', '$1.20'],
    [90_000_000, 'estimated', '~$0.09'],
    [4_100_000, 'reported', '$0.004'],
    [61_950_000, 'reported', '$0.06'],
    [100, 'estimated', '~<$0.001'],
    [1_234_000_000_000, 'reported', '$1,234'],
  ] as const)('%s %s is %s', (nanos, source, text) => {
    expect(formatMoney(nanos, source)).toBe(text);
  });
});

describe('formatTokens', () => {
  it.each([
    [831, '831'],
    [7200, '7.2k'],
    [412_000, '412k'],
    [999_600, '1M'],
    [1_060_000, '1.06M'],
    [15_600_000, '15.6M'],
    [880_400_000, '880M'],
    [999_600_000, '1B'],
    [2_340_000_000, '2.3B'],
  ])('%s is %s', (count, text) => {
    expect(formatTokens(count)).toBe(text);
  });

  it('never needs more than five characters below a thousand million', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_000_000 }), (count) => {
        expect(formatTokens(count).length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('times', () => {
  it('tells ages', () => {
    expect([10_000, 240_000, 7_200_000, 3 * 86_400_000].map((age) => formatAgo(0, age))).toEqual([
      'now',
      '4 min ago',
      '2 h ago',
      '3 d ago',
    ]);
  });
  it('tells spans', () => {
    expect([8000, 840_000, 4_320_000, 3 * 86_400_000 + 4 * 3_600_000].map(formatDuration)).toEqual([
      '8 s',
      '14 min',
      '1 h 12',
      '3 d 4 h',
    ]);
  });
  it('counts down to 0:00 at the end, not before', () => {
    expect([1, 0, -5, 41_000, 3_723_000].map(formatClock)).toEqual([
      '0:01',
      '0:00',
      '0:00',
      '0:41',
      '1:02:03',
    ]);
  });
});

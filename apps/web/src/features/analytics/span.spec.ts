// From the address to what the hub is asked for.
import { describe, expect, it } from 'vitest';
import { analyticsSearchSchema, splitOf } from './analytics-search.js';
import { daysOf, spanOf } from './span.js';
import { changeOf } from '../../lib/usage/usage-words.js';

const now = new Date(2026, 2, 20, 15, 0).getTime();
const DAY = 86_400_000;

describe('the span', () => {
  it('is the last day by default, in minutes', () => {
    expect(spanOf({}, now)).toEqual({ from: now - DAY, to: now, bucket: 'minute', live: true });
    expect(spanOf({ range: '30d' }, now).bucket).toBe('hour');
  });
  it('of own days holds the whole last day', () => {
    const span = spanOf({ range: 'custom', from: '2026-03-01', to: '2026-03-02' }, now);
    expect([span.from, span.to]).toEqual([new Date(2026, 2, 1).getTime(), new Date(2026, 2, 3).getTime()]);
    expect(span.live).toBe(false);
  });
  it.each([
    [{ from: '2026-03-19', to: '2026-03-01' }],
    [{ from: '2026-13-99' }],
    [{ from: '2030-01-01', to: '2030-01-02' }],
    [{ from: '1990-01-01' }],
  ])('is never empty, backwards or too long: %o', (days) => {
    const { from, to } = spanOf({ range: 'custom', ...days }, now);
    expect(to).toBeGreaterThan(from);
    expect(to - from).toBeLessThanOrEqual(400 * DAY);
  });
  it('drops what an address should not hold', () => {
    expect(analyticsSearchSchema.parse({ range: 'ever', by: 'colour', host: 'x', from: '<script>' })).toEqual(
      {},
    );
  });
});

describe('the days of a span', () => {
  it('are those that a custom range of them shows', () => {
    const span = spanOf({ range: '7d' }, now);
    const days = daysOf(span);
    expect(days.from < days.to).toBe(true);
    const custom = spanOf({ range: 'custom', ...days }, now);
    expect(custom.from).toBeLessThanOrEqual(span.from);
    expect(custom.to).toBe(span.to);
    expect(daysOf(custom)).toEqual(days);
  });
});

describe('what bars are split by', () => {
  it('is never the kind of token when money is shown, which the hub does not tell by kind', () => {
    expect(splitOf({})).toBe('kind');
    expect(splitOf({ what: 'cost' })).toBe('model');
    expect(splitOf({ what: 'cost', by: 'host' })).toBe('host');
  });
});

describe('a change', () => {
  it.each([
    [112, 100, '▲ 12%'],
    [97, 100, '▼ 3%'],
    [100, 100, '±0%'],
    [1500, 100, '▲ ×15'],
    [5, 0, null],
  ])('from %d to %d', (after, before, words) => {
    expect(changeOf(after, before)).toBe(words);
  });
});

import { describe, expect, it } from 'vitest';
import { families } from './families.js';
import { decimal, metricsText, type Sample } from './text.js';

const tokens = (samples: readonly Sample[], scale = 0): string[] => {
  const name = 'roundhouse_tokens_total';
  return metricsText([{ name, family: families[name], scale, samples }])
    .trimEnd()
    .split('\n')
    .slice(2);
};
const sample = (model: string, value: bigint): Sample => ({ labels: ['claude', model, 'input'], value });

describe('the text of Prometheus', () => {
  it('has money and time as exact decimals', () => {
    expect([61_950_000n, 0n, 1n, 1_000_000_000n, -5n].map((value) => decimal(value, 9))).toEqual([
      ...['0.06195', '0', '0.000000001', '1', '-0.000000005'],
    ]);
    expect(decimal(12_345_678_901_234_567_890n, 9)).toBe('12345678901.23456789');
    expect(decimal(42n, 0)).toBe('42');
  });

  it('escapes what agents choose', () => {
    expect(tokens([sample('a"b\\c\nd} 1\nroundhouse_fake 7', 5n)])).toEqual([
      String.raw`roundhouse_tokens_total{profile="claude",model="a\"b\\c\nd} 1\nroundhouse_fake 7",kind="input"} 5`,
    ]);
  });

  it('has so many series and no more: the smallest are one', () => {
    const samples = Array.from({ length: 700 }, (_, index) =>
      sample(`model ${String(index)}`, BigInt(index + 1)),
    );
    const lines = tokens(samples);
    expect(lines).toHaveLength(501);
    expect(lines.at(-1)).toBe(
      `roundhouse_tokens_total{profile="claude",model="other",kind="input"} ${String((200 * 201) / 2)}`,
    );
  });

  it('names a series once, also when long names are cut to the same', () => {
    const long = 'm'.repeat(200);
    expect(tokens([sample(`${long}1`, 1n), sample(`${long}2`, 2n)])).toEqual([
      `roundhouse_tokens_total{profile="claude",model="${long}",kind="input"} 3`,
    ]);
  });
});

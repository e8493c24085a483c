import { describe, expect, it } from 'vitest';
import { Lateness } from './lateness.js';

describe('what arrives too late', () => {
  it('is what took longer than the limit, whatever the clocks of both ends say', () => {
    for (const ahead of [-3_600_000, 0, 3_600_000]) {
      const line = new Lateness(5_000);
      expect(line.isLate(1_000, 1_040 + ahead)).toBe(false);
      expect(line.isLate(2_000, 6_900 + ahead)).toBe(false);
      expect(line.isLate(7_000, 12_100 + ahead)).toBe(true);
    }
  });

  it('is measured by the quickest message, not by the first', () => {
    const line = new Lateness(5_000);
    expect(line.isLate(0, 4_000)).toBe(false);
    expect(line.isLate(5_000, 5_010)).toBe(false);
    expect(line.isLate(6_000, 11_100)).toBe(true);
  });

  it('does not stay late when a clock was set: one is refused, the next is not', () => {
    const line = new Lateness(5_000);
    line.isLate(0, 10);
    expect(line.isLate(1_000, 61_010)).toBe(true);
    expect(line.isLate(2_000, 62_010)).toBe(false);
    expect(line.isLate(3_000, 68_100)).toBe(true);
  });

  it('allows for clocks that drift apart over days', () => {
    const line = new Lateness(5_000);
    const day = 86_400_000;
    for (const days of [0, 1, 4, 5]) {
      expect(line.isLate(days * day, days * day * 1.0002)).toBe(false);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { dayName, timeBuckets, timeZone } from './time-buckets.js';

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const days = (from: string, to: string, zone: string) => {
  const { starts, end } = timeBuckets({ from: Date.parse(from), to: Date.parse(to) }, 'day', zone);
  return [...starts, end].map(iso);
};

describe('days of a time zone', () => {
  it('have 23 hours when clocks go forward and 25 when they go back', () => {
    expect(days('2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z', 'Europe/Berlin')).toEqual([
      ...['2026-03-27T23:00', '2026-03-28T23:00', '2026-03-29T22:00', '2026-03-30T22:00'],
    ]);
    expect(days('2026-10-25T00:00:00Z', '2026-10-26T00:00:00Z', 'Europe/Berlin')).toEqual([
      ...['2026-10-24T22:00', '2026-10-25T23:00', '2026-10-26T23:00'],
    ]);
    expect(days('2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', 'America/New_York')).toEqual([
      ...['2026-11-01T04:00', '2026-11-02T05:00'],
    ]);
  });

  it('begin on half hours where the zone does', () => {
    expect(days('2026-01-01T00:00:00Z', '2026-01-01T20:00:00Z', 'Asia/Kolkata')).toEqual([
      ...['2025-12-31T18:30', '2026-01-01T18:30', '2026-01-02T18:30'],
    ]);
    expect(dayName(Date.parse('2026-01-01T18:30:00Z'), 'Asia/Kolkata')).toBe('2026-01-02');
  });

  it('of UTC are days', () => {
    expect(days('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z', 'UTC')).toEqual([
      ...['2026-03-28T00:00', '2026-03-29T00:00', '2026-03-30T00:00'],
    ]);
  });

  it('a zone that is none, and a chart without end, are refused', () => {
    expect(() => timeZone('Mars/Base')).toThrow('no such time zone');
    expect(timeZone('europe/berlin')).toBe('Europe/Berlin');
    const span = { from: 0, to: 400 * 86_400_000 };
    expect(() => timeBuckets(span, 'minute', 'UTC')).toThrow('576000 minutes');
    expect(timeBuckets(span, 'day', 'UTC').starts).toHaveLength(400);
  });
});

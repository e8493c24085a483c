import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grainMs, grainNames } from '../bucket-tables.js';
import { keptAt, segmentsOf, widened } from './segments.js';

const now = Date.parse('2026-05-17T13:37:42Z');
const day = grainMs.day;
const kept = keptAt(now, { minutesMs: 2 * day, hoursMs: 90 * day });
const text = (at: number): string => new Date(at).toISOString().slice(0, 16);
const read = (from: string, to: string, coarsest: 'day' | 'hour' | 'minute' = 'day') =>
  segmentsOf({ from: Date.parse(from), to: Date.parse(to) }, kept, { coarsest, finest: 'minute' }).map(
    (segment) => `${segment.grain} ${text(segment.from)} ${text(segment.to)}`,
  );

describe('rows that answer for a span', () => {
  it('are the coarsest that fit, with finer ones at the ends', () => {
    expect(read('2026-05-15T22:10:20Z', '2026-05-17T13:37:00Z')).toEqual([
      'minute 2026-05-15T22:10 2026-05-15T23:00',
      'hour 2026-05-15T23:00 2026-05-16T00:00',
      'day 2026-05-16T00:00 2026-05-17T00:00',
      'hour 2026-05-17T00:00 2026-05-17T13:00',
      'minute 2026-05-17T13:00 2026-05-17T13:37',
    ]);
    expect(read('2026-05-16T22:00:00Z', '2026-05-17T02:00:00Z', 'minute')).toEqual([
      'minute 2026-05-16T22:00 2026-05-17T02:00',
    ]);
  });

  it('are widened where finer ones are not kept any more', () => {
    expect(read('2026-04-01T10:20:00Z', '2026-04-01T11:40:00Z')).toEqual([
      'hour 2026-04-01T10:00 2026-04-01T12:00',
    ]);
    expect(read('2025-12-01T10:20:00Z', '2025-12-02T11:40:00Z', 'minute')).toEqual([
      'day 2025-12-01T00:00 2025-12-03T00:00',
    ]);
    expect(read('2026-02-10T10:20:00Z', '2026-05-17T13:30:00Z', 'hour')).toEqual([
      'day 2026-02-10T00:00 2026-02-17T00:00',
      'hour 2026-02-17T00:00 2026-05-17T13:00',
      'minute 2026-05-17T13:00 2026-05-17T13:30',
    ]);
  });

  it('follow each other without gap or overlap, on their own grain, and are all kept', () => {
    const at = fc.integer({ min: now - 400 * day, max: now });
    const grain = fc.constantFrom(...grainNames);
    fc.assert(
      fc.property(at, at, grain, grain, (one, two, coarsest, finest) => {
        const span = { from: Math.min(one, two), to: Math.max(one, two) + 1 };
        const segments = segmentsOf(span, kept, { coarsest, finest });
        const { from, to } = widened(span, kept, finest);
        expect(from).toBeLessThanOrEqual(span.from);
        expect(to).toBeGreaterThanOrEqual(span.to);
        expect([segments[0]?.from, segments.at(-1)?.to]).toEqual([from, to]);
        segments.forEach((segment, index) => {
          expect(segment.to).toBeGreaterThan(segment.from);
          expect([segment.from % grainMs[segment.grain], segment.to % grainMs[segment.grain]]).toEqual([
            0, 0,
          ]);
          expect(segments[index + 1]?.from ?? to).toBe(segment.to);
          if (segment.grain === 'minute') expect(segment.from).toBeGreaterThanOrEqual(kept.minutesFrom);
          if (segment.grain === 'hour') expect(segment.from).toBeGreaterThanOrEqual(kept.hoursFrom);
        });
      }),
    );
  });
});

// What a session may use: asked for, else the profile's, never more than the host allows; and what is not enforced.
import fc from 'fast-check';
import type { SessionLimits } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { effectiveLimits, notEnforced } from './effective-limits.js';

describe('F:N5 limits of a session', () => {
  it('are those asked for, else those of the profile, else the ceiling', () => {
    const profile = { limits: { memory_mb: 2048, time_minutes: 60 } };
    expect(effectiveLimits({ memoryMb: 512 }, profile, { cpuPercent: 200 })).toEqual({
      limits: { memoryMb: 512, timeMinutes: 60, cpuPercent: 200 },
      notes: [],
    });
    expect(effectiveLimits({}, {}, {})).toEqual({ limits: {}, notes: [] });
    const capped = effectiveLimits({ memoryMb: 4096 }, profile, { memoryMb: 1024, timeMinutes: 90 });
    expect(capped.limits).toEqual({ memoryMb: 1024, timeMinutes: 60 });
    expect(capped.notes).toEqual(['The memory limit is 1024 MiB: this host allows no more']);
  });

  it('never pass the ceiling, whatever is asked', () => {
    const limits = fc.record(
      { timeMinutes: fc.integer({ min: 1, max: 9_999 }), memoryMb: fc.integer({ min: 64, max: 9_999 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(limits, limits, limits, (asked, own, ceiling: SessionLimits) => {
        const profile = { limits: { time_minutes: own.timeMinutes, memory_mb: own.memoryMb } };
        const told = effectiveLimits(asked, profile, ceiling);
        for (const name of ['timeMinutes', 'memoryMb'] as const) {
          const most = ceiling[name];
          if (most !== undefined) expect(told.limits[name]).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('that cannot be enforced are told, each with the reason; one of time always can', () => {
    const host = { memory: 'no groups', cpu: null };
    expect(notEnforced({ memoryMb: 512, cpuPercent: 50, timeMinutes: 5 }, host)).toEqual([
      'The memory limit of 512 MiB is not enforced here: no groups',
    ]);
    expect(notEnforced({}, host)).toEqual([]);
  });
});

import type { Activity, ActivityKind } from '@roundhouse/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { activityKey, queued } from './activity-queue.js';

const activity = (kind: ActivityKind, why = kind as string): Activity => ({
  ...{ kind, why, since: '2026-01-01T00:00:00.000Z' },
  ...{ waitsFor: null, source: 'hook', ask: null, until: null },
});
const play = (...kinds: (ActivityKind | null)[]) =>
  kinds
    .reduce<(Activity | null)[]>((list, kind) => queued(list, kind && activity(kind)), [])
    .map((one) => one?.kind ?? null);

it('keeps the newest, and that somebody was waited for', () => {
  expect(play('working', 'idle')).toEqual(['idle']);
  expect(play('working', 'waiting', 'working')).toEqual(['waiting', 'working']);
  expect(play('waiting', 'working', 'waiting')).toEqual(['waiting']);
  expect(play('waiting', 'working', 'waiting', 'idle')).toEqual(['waiting', 'idle']);
  expect(play('working', 'waiting', null)).toEqual(['waiting', null]);
});

it('ends with the newest, has two at most, and never loses a waiting altogether', () => {
  const kinds = fc.constantFrom<ActivityKind | null>('working', 'waiting', 'idle', 'error', null);
  fc.assert(
    fc.property(fc.array(kinds, { minLength: 1 }), (list) => {
      const kept = play(...list);
      expect(kept.at(-1)).toBe(list.at(-1) ?? null);
      expect(kept.length).toBeLessThanOrEqual(2);
      if (list.includes('waiting')) expect(kept).toContain('waiting');
    }),
  );
});

it('does not take another time of the host for another state', () => {
  const now = activity('idle');
  expect(activityKey({ ...now, since: '2027-01-01T00:00:00.000Z' })).toBe(activityKey(now));
  expect(activityKey(activity('idle', 'other'))).not.toBe(activityKey(now));
});

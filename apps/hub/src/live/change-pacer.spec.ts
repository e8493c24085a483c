// One change is told at once, many together and no more often than once a second, and of each entity what counts.
import { ManualClock } from '@roundhouse/kit';
import type { Activity } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { sessionOf } from '../testing/entities.js';
import { ChangePacer, type Changed } from './change-pacer.js';

const clockOf = () => {
  const clock = new ManualClock();
  const told: (readonly Changed[])[] = [];
  const pacer = new ChangePacer(clock, (changed) => told.push(changed));
  return { clock, told, pacer };
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const doing = (kind: Activity['kind']): Activity => ({
  ...{ kind, why: kind, since: '2026-01-01T00:00:00.000Z', source: 'hook', ask: null, until: null },
  waitsFor: kind === 'waiting' ? 'permission' : null,
});
const change = (id: string, version: number, kind: Activity['kind'] = 'working'): Changed => ({
  ...{ kind: 'session', id, version, entity: { ...sessionOf(), activity: doing(kind) } },
});
const versions = (told: readonly (readonly Changed[])[]) =>
  told.map((batch) => batch.map(({ id, version }) => `${id}${String(version)}`).join(' '));

describe('R:F32 what browsers are told', () => {
  it('is told at once when it is one, and with the others of its turn', async () => {
    const { pacer, told, clock } = clockOf();
    pacer.add(change('a', 1));
    await turn();
    clock.advance(1_000);
    pacer.add(change('a', 2));
    pacer.add(change('b', 1));
    await turn();
    expect(versions(told)).toEqual(['a1', 'a2 b1']);
  });

  it('comes once a second where a thousand sessions change all the time', async () => {
    const { pacer, told, clock } = clockOf();
    for (let ms = 0; ms < 10_000; ms += 5) {
      pacer.add(change(`s${String(ms % 1_000)}-`, ms));
      await turn();
      clock.advance(5);
    }
    expect(told.length).toBeLessThanOrEqual(14);
    // Of each the newest alone.
    expect(told.at(-1)?.length).toBe(200);
  });

  it('keeps that somebody was waited for, and no older version than it has', async () => {
    const { pacer, told, clock } = clockOf();
    for (let version = 0; version < 6; version += 1) pacer.add(change('x', version));
    await turn();
    pacer.add(change('a', 1));
    pacer.add(change('a', 2, 'waiting'));
    pacer.add(change('a', 4));
    pacer.add(change('a', 3, 'idle'));
    pacer.add({ kind: 'session', id: 'b', version: 9, deleted: true });
    clock.advance(999);
    await turn();
    expect(told.length).toBe(1);
    clock.advance(1);
    expect(versions(told)).toEqual(['x5', 'a2 a4 b9']);
    pacer.dispose();
  });
});

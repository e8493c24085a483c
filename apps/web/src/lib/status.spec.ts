// Which state a session shows.
import { sessionStates } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { makeActivity } from '../testing/entities.js';
import { t } from './i18n/t.js';
import { needRank, sessionStatus, type SessionStatusInput } from './status.js';

const base: SessionStatusInput = {
  state: 'running',
  desired: 'running',
  activity: null,
  exitCode: null,
  signal: null,
};

describe('sessionStatus', () => {
  it('has a word for every state of the wire', () => {
    for (const state of sessionStates) expect(t(`status.${sessionStatus({ ...base, state })}`)).not.toBe('');
  });
  it.each([
    [{ activity: makeActivity('waiting') }, 'waiting'],
    [{}, 'running'],
    [{ state: 'exited', exitCode: 0 }, 'exited'],
    [{ state: 'exited', exitCode: 137 }, 'crashed'],
    [{ state: 'exited', signal: 'SIGKILL' }, 'crashed'],
    [{ state: 'exited', exitCode: 129, desired: 'stopped' }, 'exited'],
    [{ state: 'unknown', activity: makeActivity('working') }, 'unknown'],
  ] as const)('%o is %s', (change, kind) => {
    expect(sessionStatus({ ...base, ...change })).toBe(kind);
  });
  it('sorts what waits before what works before what ended', () => {
    const order = (['exited', 'working', 'waiting', 'crashed'] as const).toSorted(
      (a, b) => needRank(a) - needRank(b),
    );
    expect(order).toEqual(['waiting', 'crashed', 'working', 'exited']);
  });
});

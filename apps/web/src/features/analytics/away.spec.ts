// Gaps of a chart: only of hosts that were connected before, neighbours as one.
import type { FleetActivity } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { makeHost } from '../../testing/entities.js';
import { awayOf } from './away.js';

const QUARTER = 15 * 60_000;
const host = makeHost({ name: 'atlas' });
/** `.` connected, `x` not. */
const activity = (slots: string): FleetActivity => ({
  from: new Date(0).toISOString(),
  hosts: [
    { hostId: host.id, slots: [...slots].map((c) => ({ workingMs: 0, waitingMs: 0, offline: c === 'x' })) },
  ],
  sessions: [],
});

describe('spans in which a host was away', () => {
  it('begin after it was there, and are one where they touch', () => {
    expect(awayOf(activity('xx..xx.x.'), [host])).toEqual([
      { name: 'atlas', from: 4 * QUARTER, to: 6 * QUARTER },
      { name: 'atlas', from: 7 * QUARTER, to: 8 * QUARTER },
    ]);
  });
  it('are none before its first connection, nor in the quarter that is now', () => {
    expect(awayOf(activity('xxxx'), [host])).toEqual([]);
    expect(awayOf(activity('...x'), [host])).toEqual([]);
  });
  it('are those of the hosts that are asked for', () => {
    expect(awayOf(activity('.x..'), [makeHost({ name: 'boreas' })])).toEqual([]);
  });
});

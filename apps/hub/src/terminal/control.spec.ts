import { describe, expect, it } from 'vitest';
import { grantsControl, heirOf, type ControlRequest } from './control.js';

const ada = { viewerId: 'a1', userId: 'ada', mayType: true };
const adaToo = { viewerId: 'a2', userId: 'ada', mayType: true };
const bob = { viewerId: 'b1', userId: 'bob', mayType: true };
const guest = { viewerId: 'g1', userId: 'ada', mayType: false };
const requests: ControlRequest[] = ['attach', 'input', 'take'];
const granted = (holder: typeof ada | null, by: typeof ada): boolean[] =>
  requests.map((request) => grantsControl(holder, by, request));

describe('control', () => {
  it('goes to whoever asks when nobody has it, and stays with who has it', () => {
    expect(granted(null, bob)).toEqual([true, true, true]);
    expect(granted(ada, ada)).toEqual([true, true, true]);
  });
  it('follows the input of one user, and an explicit take of another', () => {
    expect(granted(ada, adaToo)).toEqual([false, true, true]);
    expect(granted(ada, bob)).toEqual([false, false, true]);
  });
  it('is never with who may not type', () => {
    expect([...granted(null, guest), ...granted(ada, guest)]).not.toContain(true);
  });
  it('passes to the same user when its viewer leaves, to the one that was active last', () => {
    const third = { ...adaToo, viewerId: 'a3' };
    expect(heirOf(ada, [adaToo, third, bob, guest])).toBe(third);
    expect(heirOf(ada, [bob, guest])).toBeNull();
  });
});

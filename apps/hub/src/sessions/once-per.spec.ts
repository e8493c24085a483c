import { ManualClock } from '@roundhouse/kit';
import { describe, expect, it } from 'vitest';
import { OncePer } from './once-per.js';

describe('once per while', () => {
  it('lets a key pass once, again after the while, and others beside it', () => {
    const clock = new ManualClock();
    const once = new OncePer({ ms: 100, max: 10 }, clock);
    expect([once.pass('a'), once.pass('a'), once.pass('b')]).toEqual([true, false, true]);
    clock.advance(99);
    expect(once.pass('a')).toBe(false);
    clock.advance(1);
    expect(once.pass('a')).toBe(true);
  });

  it('remembers no more than it may', () => {
    const once = new OncePer({ ms: 100, max: 2 }, new ManualClock());
    for (const key of ['a', 'b', 'c']) once.pass(key);
    expect([once.pass('b'), once.pass('a')]).toEqual([false, true]);
  });
});

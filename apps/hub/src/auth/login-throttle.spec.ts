import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attempt, throttleRules, type ThrottleState } from './login-throttle.js';

const rule = throttleRules.account;
const minute = 60_000;

function fail(times: number, start: number): ThrottleState {
  let state: ThrottleState | null = null;
  for (let n = 0; n < times; n += 1) state = attempt(state, start, rule) ?? state;
  if (!state) throw new Error('no attempt');
  return state;
}

describe('the login throttle', () => {
  it('lets five through and stops the sixth (R:A4)', () => {
    const five = fail(5, 0);
    expect(five).toEqual({ points: 5, expiresAt: minute });
    expect(attempt(five, 0, rule)).toBeNull();
    expect(attempt(five, minute - 1, rule)).toBeNull();
  });

  it('doubles the wait with each further failure, up to an hour', () => {
    let state = fail(5, 0);
    const waits: number[] = [];
    for (let n = 0; n < 9; n += 1) {
      const now = state.expiresAt;
      state = attempt(state, now, rule) ?? state;
      waits.push((state.expiresAt - now) / minute);
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('forgets failures after the window, and blocks after a day', () => {
    const four = fail(4, 0);
    expect(attempt(four, 15 * minute, rule)).toMatchObject({ points: 1 });
    const five = fail(5, 0);
    expect(attempt(five, five.expiresAt + 24 * 60 * minute, rule)).toMatchObject({ points: 1 });
  });

  it('bounds what gets through in a quarter of an hour, however it is timed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { minLength: 1, maxLength: 80 }), (gaps) => {
        let now = 0;
        let state: ThrottleState | null = null;
        const passed: number[] = [];
        for (const gap of gaps) {
          now += gap;
          const next = attempt(state, now, rule);
          if (next) passed.push(now);
          state = next ?? state;
        }
        // The waits of 1, 2, 4 and 8 minutes let four more through in the worst quarter of an hour.
        for (const at of passed) {
          expect(passed.filter((t) => t >= at && t < at + 15 * minute).length).toBeLessThanOrEqual(9);
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.js';
import { delay, within } from './timeout.js';

const never = new Promise<never>(() => undefined);

describe('within', () => {
  it('gives what the promise gives, in time', async () => {
    const clock = new ManualClock();
    expect(await within(Promise.resolve(7), { ms: 10, what: 'seven', clock })).toBe(7);
    await expect(within(Promise.reject(new Error('no')), { ms: 10, what: 'x', clock })).rejects.toThrow('no');
  });

  it('names what did not answer', async () => {
    const clock = new ManualClock();
    const waiting = within(never, { ms: 5_000, what: 'the keeper', clock });
    clock.advance(5_000);
    await expect(waiting).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'the keeper: no answer within 5000 ms',
    });
  });

  it('ends with the reason of its signal', async () => {
    const clock = new ManualClock();
    const controller = new AbortController();
    const waiting = within(never, { ms: 5_000, what: 'x', clock, signal: controller.signal });
    controller.abort(new Error('shutting down'));
    await expect(waiting).rejects.toThrow('shutting down');
  });

  it('hears a promise that fails after it was given up, so that nobody else must', async () => {
    const unheard: unknown[] = [];
    const listener = (error: unknown): void => {
      unheard.push(error);
    };
    process.on('unhandledRejection', listener);
    const late = new Promise<never>((_, reject) =>
      setImmediate(() => {
        reject(new Error('too late'));
      }),
    );
    const signal = AbortSignal.abort(new Error('already over'));
    await expect(within(late, { ms: 10, what: 'x', clock: new ManualClock(), signal })).rejects.toThrow(
      'already over',
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listener);
    expect(unheard).toEqual([]);
  });
});

describe('delay', () => {
  it('waits, or ends with the signal', async () => {
    const clock = new ManualClock();
    const done = delay(100, clock);
    clock.advance(100);
    await done;
    const controller = new AbortController();
    const cut = delay(100, clock, controller.signal);
    controller.abort();
    await expect(cut).rejects.toThrow();
    await expect(delay(1, clock, controller.signal)).rejects.toThrow();
  });
});

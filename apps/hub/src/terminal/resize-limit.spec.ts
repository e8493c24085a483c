import { ManualClock } from '@roundhouse/kit';
import { describe, expect, it } from 'vitest';
import { ResizeLimit } from './resize-limit.js';

describe('the sizes of a session', () => {
  it('R:D18 reach the host ten times a second at most, the last one always', async () => {
    const clock = new ManualClock();
    const limit = new ResizeLimit(clock);
    const sent: { at: number; size: number }[] = [];
    const answers = Array.from({ length: 200 }, (_, size) => {
      clock.advance(5);
      return limit.request(() => {
        sent.push({ at: clock.monotonic(), size });
        return Promise.resolve();
      });
    });
    clock.advance(1_000);
    await Promise.all(answers);
    expect(sent[0]).toEqual({ at: 5, size: 0 });
    expect(sent.at(-1)?.size).toBe(199);
    expect(sent.filter(({ at }) => at < 1_005).length).toBeLessThanOrEqual(10);
  });

  it('tell everybody who asked what became of the last one', async () => {
    const clock = new ManualClock();
    const limit = new ResizeLimit(clock);
    await limit.request(() => Promise.resolve());
    const refused = [1, 2].map(() => limit.request(() => Promise.reject(new Error('gone'))));
    clock.advance(125);
    expect(await Promise.allSettled(refused)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
  });

  it('are forgotten with the session', async () => {
    const clock = new ManualClock();
    const limit = new ResizeLimit(clock);
    let sent = 0;
    const send = (): Promise<void> => {
      sent += 1;
      return Promise.resolve();
    };
    await limit.request(send);
    const waiting = limit.request(send);
    limit.dispose();
    clock.advance(1_000);
    await waiting;
    expect(sent).toBe(1);
  });
});

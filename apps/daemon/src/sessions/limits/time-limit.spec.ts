// The time of a session: a warning, then the end, by one clock, also when the daemon was away.
import { ManualClock } from '@roundhouse/kit';
import { expect, it } from 'vitest';
import type { SessionRecord } from '../session-record.js';
import { SessionTime } from './session-time.js';
import { TimeLimit } from './time-limit.js';

const minute = 60_000;

function run(minutes: number, startedAgo: number) {
  const clock = new ManualClock();
  const told: string[] = [];
  const at = clock.now();
  const note = (what: string) => told.push(`${what} ${String((clock.now() - at) / minute)}`);
  const limit = new TimeLimit({
    ...{ clock, minutes, startedAt: at - startedAgo * minute },
    onWarn: () => note('warn'),
    onEnd: () => note('end'),
  });
  return { clock, told, limit };
}

it('F:N5 warns five minutes before, or a tenth of a short time, and ends once', () => {
  const long = run(60, 0);
  for (let i = 0; i < 120; i += 1) long.clock.advance(minute);
  expect(long.told).toEqual(['warn 55', 'end 60']);
  const short = run(10, 0);
  for (let i = 0; i < 20; i += 1) short.clock.advance(minute);
  expect(short.told).toEqual(['warn 9', 'end 10']);
});

it('goes on after a restart of the daemon, ends at once what is over, and gives no more when the clock was set back', () => {
  const later = run(60, 58);
  for (let i = 0; i < 5; i += 1) later.clock.advance(minute);
  expect(later.told).toEqual(['warn 0', 'end 2']);
  const over = run(60, 90);
  over.clock.advance(0);
  expect(over.told).toEqual(['end 0']);
  const back = run(60, -600);
  for (let i = 0; i < 61; i += 1) back.clock.advance(minute);
  expect(back.told.at(-1)).toBe('end 60');
});

it('is over when it is let go', () => {
  const { clock, told, limit } = run(1, 0);
  limit.dispose();
  clock.advance(2 * minute);
  expect(told).toEqual([]);
});

it('F:N5 ends a session when its time is up, although the reason cannot be written down', async () => {
  const clock = new ManualClock();
  const works: Promise<void>[] = [];
  let stops = 0;
  const time = new SessionTime({
    clock,
    record: () =>
      ({ startedAt: new Date(clock.now()).toISOString(), limits: { timeMinutes: 1 } }) as SessionRecord,
    isOver: () => false,
    update: () => Promise.reject(new Error('no space')),
    reasonOf: (code) => ({ code, message: '', hint: '' }),
    background: (work) => works.push(work),
    stop: () => (stops += 1),
  });
  time.begin();
  clock.advance(minute);
  expect((await Promise.allSettled(works)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(stops).toBe(1);
});

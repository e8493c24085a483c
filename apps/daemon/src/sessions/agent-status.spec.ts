// The state of an agent from its own output, with a real keeper and screen, over the death of a daemon.
import { silentLogger, systemClock } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { afterEach, expect, it } from 'vitest';
import { StatusBook } from '../agents/status/status-book.js';
import { SessionBed } from './testing/session-bed.js';

const signals = [
  { from: 'osc', code: 7501, where: { state: '^working$' }, is: 'working' },
  { from: 'title', match: '^ask', is: 'waiting', for: 'permission' },
  { from: 'screen', match: 'Run it\\?', is: 'waiting', for: 'permission', ask: { command: '^\\$ (.+)' } },
];
/** Works, then asks until somebody answers, then works again. */
const agent =
  'printf "\\033]7501;state=working\\007"; sleep 0.3; printf "\\033]0;ask\\007\\$ make all\\nRun it?\\n"; read answer; ' +
  'printf "\\033]0;\\007\\033[2J\\033[H\\033]7501;state=working\\007"; sleep 30';

const beds: SessionBed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed[Symbol.asyncDispose]();
});

it('is told as it changes; the next daemon sees what is visible, and takes nothing of what is over for new', async () => {
  const bed = new SessionBed();
  beds.push(bed);
  await bed.profile('asker', agent, { fields: { signals } });
  const profile = parseProfile({ name: 'asker', signals });
  const kinds: string[] = [];
  const open = () => {
    const held: { screens?: Awaited<ReturnType<SessionBed['daemon']>>['screens'] } = {};
    const book = new StatusBook({
      ...{ clock: systemClock, logger: silentLogger() },
      profileOf: () => profile,
      recognise: (at, rules) => held.screens?.recognise(at, rules),
      onActivity: (_, activity) => kinds.push(activity?.kind ?? 'none'),
      onTime: () => undefined,
    });
    bed.watchers.splice(0, bed.watchers.length, book);
    bed.onScreens = (screens) => {
      held.screens = screens;
    };
    bed.onReading = (at) => {
      book.reading(at);
    };
    return book;
  };
  const first = open();
  const one = await bed.daemon();
  const op = await bed.spawn(one.sessions, 'asker');
  const now = (book: StatusBook) => book.report(op.sessionId, 1).activity;
  await expect.poll(() => now(first)?.ask?.command, { timeout: 10_000 }).toBe('make all');
  expect(kinds).toEqual(['starting', 'working', 'waiting']);
  first.dispose();
  await one.end();
  const second = open();
  const two = await bed.daemon();
  await expect.poll(() => now(second)?.ask?.command, { timeout: 10_000 }).toBe('make all');
  expect(now(second)).toMatchObject({ kind: 'waiting', waitsFor: 'permission' });
  await two.sessions.require(op.sessionId).output.input(1, 'test', 1, Buffer.from('y\r'));
  await expect.poll(() => now(second)?.kind, { timeout: 10_000 }).toBe('working');
  second.dispose();
});

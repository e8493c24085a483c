// The states of all agents of a host: who is heard, what is kept for the next daemon, and what is claimed of nobody.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, newId, silentLogger } from '@roundhouse/kit';
import { parseProfile, type Profile } from '@roundhouse/profiles';
import { sessionIdSchema, type Activity } from '@roundhouse/protocol';
import { afterEach, expect, it } from 'vitest';
import type { LogRecord } from '../../otlp/model.js';
import { SessionDir } from '../../sessions/session-record.js';
import type { SignalRules } from '../../terminal/screen/signal-rules.js';
import { StatusBook } from './status-book.js';

const profileText = {
  name: 'agent',
  hooks: { events: ['Ask', 'Go', 'Stop'], fields: { agent: 'agent_id' } },
  signals: [
    {
      from: 'hook',
      event: 'Ask',
      is: 'waiting',
      for: 'permission',
      ask: { tool: 'tool', command: 'in.command' },
      subagents: true,
    },
    { from: 'hook', event: 'Go', is: 'working' },
    { from: 'hook', event: 'Stop', is: 'idle' },
    { from: 'otlp', event: 'agent.limit', where: { status: '^429$' }, is: 'rate-limited', until: 'reset' },
    { from: 'title', match: '^!', is: 'waiting', for: 'answer' },
    { from: 'screen', match: 'busy', is: 'working' },
  ],
};

const dirs: string[] = [];
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

async function setUp() {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'status-book-'));
  dirs.push(stateDir);
  const sessionId = sessionIdSchema.parse(newId());
  const clock = new ManualClock();
  const profiles = new Map<string, Profile>([
    ['agent', parseProfile(profileText)],
    ['dumb', parseProfile({ name: 'dumb' })],
  ]);
  const dir = new SessionDir(stateDir, sessionId);

  await mkdir(dir.path, { recursive: true });
  const open = () => {
    const told: (Activity | null)[] = [];
    const given: SignalRules[] = [];
    const book = new StatusBook({
      ...{ clock, logger: silentLogger() },
      profileOf: (name) => profiles.get(name),
      recognise: (_, rules) => given.push(rules),
      onActivity: (_, activity) => told.push(activity),
      onTime: () => undefined,
    });
    const begin = (profile = 'agent', found = false, epoch = 1): void => {
      book.begun({ sessionId, epoch, profile, project: '/p', cwd: '/p', dir, found });
    };
    const hook = (event: string, payload = {}, { epoch = 1, ageMs = 0 } = {}): void => {
      book.hook({ sessionId, epoch, event, payload, receivedAt: clock.monotonic(), ageMs });
    };
    const kinds = () => told.splice(0).map((activity) => activity?.kind ?? null);
    return { book, begin, hook, told, kinds, given };
  };
  /** What a daemon that dies now leaves behind. */
  const kept = async () => {
    const text = await readFile(path.join(dir.path, 'activity.json'), 'utf8').catch(() => 'null');
    const file: { savedAt: number; activity: Activity | null } | null = JSON.parse(text);
    return file && { savedAt: file.savedAt, kind: file.activity?.kind };
  };
  return { clock, sessionId, profiles, open, kept };
}

it('tells of hooks what they mean and ask, of subagents only what the profile wants, and of other epochs nothing', async () => {
  const { open, sessionId } = await setUp();
  const { begin, hook, kinds, book } = open();
  hook('Go');
  begin();
  hook('Go');
  hook('Stop', { agent_id: 'sub' });
  hook('Ask', { agent_id: 'sub', tool: 'Bash', in: { command: 'rm -rf build' } });
  expect(book.report(sessionId, 1).activity).toMatchObject({
    ...{ kind: 'waiting', why: 'Ask Bash', waitsFor: 'permission', source: 'hook' },
    ask: { tool: 'Bash', command: 'rm -rf build', file: null, text: null },
  });
  hook('Stop', {}, { epoch: 2 });
  hook('Nonsense');
  expect(kinds()).toEqual(['starting', 'working', 'waiting']);
  book.ended({ sessionId, epoch: 1 });
  hook('Stop');
  expect(kinds()).toEqual([]);
  expect(book.report(sessionId, 1)).toEqual({ activity: null });
  expect(() => book.explain(sessionId)).toThrow('Nothing is known');
  book.dispose();
});

it('claims nothing of an agent whose signs are unknown', async () => {
  const { open, sessionId } = await setUp();
  const { begin, hook, told, given, book } = open();
  begin('dumb');
  hook('Go');
  expect([told, given, book.report(sessionId, 1).activity]).toEqual([[], [], null]);
  book.dispose();
});

it('believes telemetry that is new, and not a batch of the past', async () => {
  const { open, clock, sessionId } = await setUp();
  const { begin, told, kinds, book } = open();
  begin();
  kinds();
  const record = (ageMs: number, status: string): LogRecord => ({
    ...{ resource: new Map(), scope: { name: '', version: '' }, eventName: '', body: 'agent.limit' },
    attributes: new Map([
      ['status', status],
      ['reset', '2026-01-01T05:00:00Z'],
    ]),
    time: BigInt(clock.now() - ageMs) * 1_000_000n,
  });
  book.records({ sessionId, epoch: 1 }, [record(6_000, '429'), record(0, '500')]);
  expect(told).toEqual([]);
  book.records({ sessionId, epoch: 1 }, [record(1_000, '429')]);
  expect(told).toMatchObject([{ kind: 'rate-limited', until: '2026-01-01T05:00:00.000Z', source: 'otlp' }]);
  book.dispose();
});

it('reads the screen by the rules that it gave last', async () => {
  const { open, sessionId, profiles } = await setUp();
  const { begin, kinds, told, given, book } = open();
  begin();
  kinds();
  expect(given).toMatchObject([
    {
      rules: [
        { from: 'title', id: 4 },
        { from: 'screen', id: 5, flags: 'im' },
      ],
    },
  ]);
  const reading = (version: number, id: number | null, text: string): void => {
    book.reading({ sessionId, epoch: 1, reading: { source: 'title', version, id, text, ask: {} } });
  };
  reading(given[0]?.version ?? 0, 4, '! asks');
  expect(told).toMatchObject([{ kind: 'waiting', waitsFor: 'answer', why: 'title ! asks' }]);
  profiles.set('agent', parseProfile({ ...profileText, signals: profileText.signals.slice(0, 5) }));
  book.profilesChanged();
  expect(given).toHaveLength(2);
  kinds();
  reading(given[0]?.version ?? 0, null, '');
  expect(book.report(sessionId, 1).activity?.kind).toBe('waiting');
  book.dispose();
});

it('keeps what was said for the next daemon, which sees for itself what is visible', async () => {
  const { open, clock, sessionId } = await setUp();
  const first = open();
  first.begin();
  first.hook('Ask', { tool: 'Bash', in: { command: 'make' } });
  first.book.dispose();
  clock.advance(60_000);
  const second = open();
  second.begin('agent', true);
  await expect
    .poll(() => second.book.report(sessionId, 1).activity)
    .toMatchObject({ kind: 'waiting', why: 'Ask Bash', ask: { command: 'make' } });
  expect(second.told).toEqual([]);
  // Said while no daemon was there, and taken up only now.
  second.hook('Go', {}, { ageMs: 30_000 });
  expect(second.book.report(sessionId, 1).activity?.kind).toBe('working');
  second.book.dispose();
  // Of another life of the session nothing is known.
  const third = open();
  third.begin('agent', true, 2);
  await expect.poll(() => third.book.report(sessionId, 2).activity).toBeNull();
  third.book.dispose();
});

it('keeps what is new within seconds, and the same again from time to time', async () => {
  const { open, clock, kept } = await setUp();
  const { begin, hook, book } = open();
  begin();
  hook('Go');
  clock.advance(2_000);
  const first = clock.now();
  await expect.poll(kept).toEqual({ savedAt: first, kind: 'working' });
  for (let round = 0; round < 4; round += 1) {
    hook('Go');
    clock.advance(2_000);
  }
  hook('Go');
  clock.advance(2_000);
  await expect.poll(kept).toEqual({ savedAt: first + 10_000, kind: 'working' });
  hook('Stop');
  clock.advance(2_000);
  await expect.poll(kept).toEqual({ savedAt: first + 12_000, kind: 'idle' });
  book.dispose();
});

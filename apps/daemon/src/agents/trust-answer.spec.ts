// When an agent's question of trust is answered, and above all when it is not. Time is the test's.
import { ManualClock, newId, silentLogger, systemClock } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { sessionIdSchema } from '@roundhouse/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SessionBed } from '../sessions/testing/session-bed.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { TrustAnswers } from './trust-answer.js';

const dialog = [
  'Quick safety check: is this a folder you trust?',
  ' \u276f 1. Yes, I trust this folder',
  '   2. No, exit',
];
const profile = parseProfile({
  name: 'x',
  trust: { screen: 'quick safety check', keys: '1\\r' },
  signals: [
    { from: 'hook', event: 'SessionStart', is: 'idle' },
    { from: 'hook', event: 'UserPromptSubmit', is: 'working' },
  ],
});
const life = {
  ...{ sessionId: sessionIdSchema.parse(newId()), epoch: 3, profile: 'x' },
  ...{ project: '/p', cwd: '/p-worktree', found: false },
};

let clock: ManualClock;
let rows: readonly string[];
let typed: string[];
let trusted: boolean;
let answers: TrustAnswers;
beforeEach(() => {
  clock = new ManualClock();
  rows = [];
  typed = [];
  trusted = true;
  answers = new TrustAnswers({
    profileOf: () => profile,
    trust: { isTrusted: (path) => Promise.resolve(trusted && path === '/p') },
    screenOf: () => Promise.resolve(rows),
    type: ({ epoch }, text) => typed.push(`${String(epoch)} ${JSON.stringify(text)}`),
    clock,
    logger: silentLogger(),
  });
});
afterEach(() => {
  answers.dispose();
});

/** Steps that leave the promises in between their turn. */
async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('types the keys once, when the dialog is on the screen and stands still', async () => {
  answers.begun(life);
  await pass(1_000);
  expect(typed).toEqual([]);
  rows = dialog.slice(0, 1);
  await pass(200);
  rows = dialog;
  await pass(200);
  expect(typed).toEqual([]);
  await pass(500);
  expect(typed).toEqual(['3 "1\\r"']);
  await pass(70_000);
  expect(typed).toHaveLength(1);
});

it('a session that tells it began before it asks is answered all the same', async () => {
  answers.begun(life);
  for (const event of ['SessionStart', 'status', 'Unknown']) answers.heard({ ...life, event, payload: {} });
  rows = dialog;
  await pass(1_000);
  expect(typed).toHaveLength(1);
});

it('a project that nobody trusted here is left to its person', async () => {
  trusted = false;
  rows = dialog;
  answers.begun(life);
  await pass(5_000);
  expect(typed).toEqual([]);
});

it('other dialogs are not answered: the warning of a bypass begins with "No"', async () => {
  rows = [
    'WARNING: Claude Code running in Bypass Permissions mode',
    ' \u276f 1. No, exit',
    '   2. Yes, I accept',
  ];
  answers.begun(life);
  await pass(61_000);
  expect(typed).toEqual([]);
});

it('text that looks like it later is only text: the agent told something, ended, or has long been running', async () => {
  answers.begun(life);
  await pass(500);
  answers.heard({ ...life, event: 'UserPromptSubmit', payload: {} });
  rows = dialog;
  await pass(2_000);
  answers.begun({ ...life, epoch: 4 });
  answers.ended(life);
  await pass(2_000);
  rows = [];
  answers.begun({ ...life, epoch: 5 });
  await pass(60_500);
  rows = dialog;
  await pass(2_000);
  answers.begun({ ...life, epoch: 6, found: true });
  await pass(2_000);
  expect(typed).toEqual([]);
});

it('a dialog that is drawn again and again, or a screen that cannot be read, is waited for', async () => {
  answers.begun(life);
  for (let n = 0; n < 20; n += 1) {
    rows = [...dialog, String(n)];
    await pass(150);
  }
  expect(typed).toEqual([]);
  rows = dialog;
  await pass(700);
  expect(typed).toHaveLength(1);
});

it('with a real terminal: the question of a program is answered on its screen', async () => {
  await using bed = new SessionBed();
  await bed.profile(
    'asks',
    `printf 'Quick safety check\\r\\n 1. Yes\\r\\n'; read -r a; echo "got:$a:"; sleep 30`,
    {
      fields: { trust: { screen: '^Quick safety check', keys: '1\\r' } },
    },
  );
  const held: { answers?: TrustAnswers } = {};
  bed.watchers.push({
    begun: (begun) => held.answers?.begun(begun),
    ended: (ended) => held.answers?.ended(ended),
  });
  const { sessions } = await bed.daemon();
  held.answers = new TrustAnswers({
    profileOf: (name) => bed.profileOf(name),
    trust: { isTrusted: () => Promise.resolve(true) },
    screenOf: (id) => sessions.get(id)?.screen.text() ?? Promise.resolve([]),
    type: ({ sessionId, epoch }, text) => sessions.get(sessionId)?.screen.type(epoch, text),
    clock: systemClock,
    logger: silentLogger(),
  });
  const op = await bed.spawn(sessions, 'asks');
  const { begin } = await sessions.require(op.sessionId).output.openStream(1, 0);
  await begin();
  await eventually(() => bed.received.text.includes('got:1:'), 'the answer arrived');
  held.answers.dispose();
});

// Signals of the shipped profiles against what the programs really show and say, and the rules of matching.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compileSignals,
  matchEvent,
  matchOsc,
  matchScreen,
  matchTitle,
  parseProfile,
  screenText,
} from './index.js';
import type { CompiledSignals, SignalMatch } from './index.js';
import { loadProfileDirectories } from './node/load-directories.js';

const directory = fileURLToPath(new URL('../../../profiles', import.meta.url));
const compiled = new Map<string, CompiledSignals>();
beforeAll(async () => {
  const { profiles } = await loadProfileDirectories([directory]);
  for (const { profile } of profiles) compiled.set(profile.name, compileSignals(profile));
});
const of = (name: string): CompiledSignals => compiled.get(name) ?? { rules: [], broken: [] };
const compile = (signals: readonly object[], permission_patterns: string[] = []) =>
  compileSignals(parseProfile({ name: 'x', signals, permission_patterns }));

/** `waiting/permission`, `idle|waiting`, or `-` for nothing. */
const said = (match: SignalMatch | null): string =>
  match === null ? '-' : match.kinds.join('|') + (match.waitsFor === null ? '' : `/${match.waitsFor}`);

describe('titles, as recorded', () => {
  it.each([
    ['claude', '✳ Claude Code', 'idle|waiting'],
    ['claude', '⠂ Fake title', 'working'],
    ['claude', '⠐ Fake title', 'working'],
    ['claude', '', '-'],
    ['codex', 'proj', '-'],
    ['codex', '⠙ proj', 'working'],
    ['codex', '[ ! ] Action Required | proj', 'waiting/permission'],
    ['codex', '[ . ] Action Required | proj', 'waiting/permission'],
    ['gemini', '◇  Ready (proj)            ', 'idle|waiting'],
    ['qwen', 'Qwen - proj                ', 'idle|waiting'],
    ['qwen', '◐\uFE0E Qwen - proj            ', 'working'],
    ['qwen', '✳\uFE0E Qwen - proj            ', 'waiting/permission'],
    ['gemini', '✦  Working… (proj)         ', 'working'],
    ['gemini', '✋  Action Required (proj)  ', 'waiting/permission'],
    ['gemini', '', '-'],
    ['opencode', 'OC | word1 word2', '-'],
  ])('%s: %s', (name, title, expected) => expect(said(matchTitle(of(name), title))).toBe(expected));
});

describe('OSC sequences, as recorded', () => {
  it.each([
    ['codex', 7501, 'state=idle:app=codex', 'idle'],
    ['codex', 7501, 'state=done:app=codex', 'idle'],
    ['codex', 7501, 'state=working:app=codex', 'working'],
    ['codex', 7501, 'state=blocked:app=codex:kind=permission', 'waiting/permission'],
    ['codex', 7501, 'state=blocked:app=codex:kind=question', 'waiting/answer'],
    ['codex', 7501, 'state=clear:app=codex', '-'],
    ['codex', 7501, 'app=state=idle', '-'],
    ['codex', 777, 'notify;state=idle', '-'],
    ['claude', 9, 'Claude needs your permission to use Bash', 'waiting/permission'],
    ['gemini', 777, 'notify;Gemini CLI session complete;Run finished', '-'],
    ['bash', 133, 'C', 'working'],
    ['bash', 133, 'D;0', 'idle'],
    ['bash', 133, 'A', 'idle'],
  ])('%s: %i;%s', (name, code, text, expected) =>
    expect(said(matchOsc(of(name), { code, text }))).toBe(expected),
  );
});

const rule = '─'.repeat(60);
describe('screens, as recorded', () => {
  it.each([
    ['claude', [rule, '❯  ', rule, '  ? for shortcuts · ← for agents      ● high · /effort'], 'idle', null],
    ['claude', ['✽ Booping… (1s · ↓ 11 tokens)', rule, '❯  ', rule, '  esc to interrupt'], 'working', null],
    [
      'claude',
      [
        '● Bash(touch perm.txt)',
        '  ⎿  Waiting…',
        rule,
        ' Bash command',
        '',
        '   touch perm.txt',
        '   scripted command',
        '',
        ' Do you want to proceed?',
        ' ❯ 1. Yes',
        '   2. Yes, and always allow access',
        '   3. No',
        '',
        ' Esc to cancel',
      ],
      'waiting/permission',
      { command: 'touch perm.txt', text: 'Do you want to proceed?' },
    ],
    [
      'claude',
      [
        ' Create file',
        ' new.txt',
        '╌╌╌╌',
        '  1 line one',
        '╌╌╌╌',
        ' Do you want to create new.txt?',
        '   1. Yes',
        ' ❯ 2. Yes, allow all edits during this session (shift+tab)',
        '   3. No',
        '',
        ' Esc to cancel',
      ],
      'waiting/permission',
      { file: 'new.txt' },
    ],
    [
      'claude',
      [' Quick safety check: Is this a project you created?', ' ❯ 1. Yes, I trust this folder'],
      'waiting/input',
      {},
    ],
    ['claude', ['Pick a colour', '❯ 1. ☐ Red', '  2. ☐ Blue'], 'waiting/answer', null],
    [
      'codex',
      [
        '  Would you like to run the following command?',
        '',
        '  Environment: local',
        '',
        '  Reason: Scripted: may I run this?',
        '',
        '  $ touch cperm.txt',
        '',
        '› 1. Yes, proceed (y)',
        "  2. Yes, and don't ask again (p)",
        '  3. No (esc)',
      ],
      'waiting/permission',
      { command: 'touch cperm.txt', text: 'Scripted: may I run this?' },
    ],
    ['codex', ['• Working (1s • esc to interrupt)', '› Ask Codex to do anything'], 'working', null],
    [
      'codex',
      ['• cx command finished', '› Ask Codex to do anything', '  gpt-5.1-codex default'],
      'idle',
      null,
    ],
    [
      'codex',
      ['  Hooks need review', '› 1. Review hooks', '  2. Trust all and continue'],
      'waiting/input',
      {},
    ],
    [
      'gemini',
      [
        '│ ? Shell  touch g-please-allow.txt                    │',
        '│ ╭─────╮ │',
        '│ │ touch g-please-allow.txt │ │',
        '│ ╰─────╯ │',
        '│ Allow execution of [Shell]?                          │',
        '│ ● 1. Allow once        │',
        '│   3. No, suggest changes (esc)  │',
      ],
      'waiting/permission',
      { tool: 'Shell', command: 'touch g-please-allow.txt' },
    ],
    [
      'gemini',
      [' ⠴ Executing Hooks: hBeforeTool (esc to cancel, 2s)      ? for shortcuts', ' >   Type your message'],
      'working',
      null,
    ],
    ['gemini', [' Shift+Tab to accept edits', ' >   Type your message or @path/to/file'], 'idle', null],
    [
      'opencode',
      [
        '     $ ls',
        '  ┃  △ Permission required   ',
        '  ┃    # Shell command',
        '  ┃',
        '  ┃  $ touch operm.txt   ',
        '  ┃',
        '  ┃   Allow once   Allow always   Reject      ctrl+f fullscreen  enter confirm  ',
      ],
      'waiting/permission',
      { command: 'touch operm.txt' },
    ],
    ['opencode', ['   ■■■■■■⬝⬝  esc interrupt       tab agents  ctrl+p commands  '], 'working', null],
    ['opencode', ['   /home/dev/project/proj          2.2K (1%) · $0.02  ctrl+p commands  '], 'idle', null],
    [
      'aider',
      ['Create new file x.py? (Y)es/(N)o [Yes]: '],
      'waiting/permission',
      { text: 'Create new file x.py?' },
    ],
    ['aider', ['> '], 'idle', null],
  ] as const)('%s: %j', (name, lines, expected, ask) => {
    const match = matchScreen(of(name), [...lines, '', '']);
    expect(said(match)).toBe(expected);
    if (ask === null) expect(match?.ask).toBeNull();
    else expect(match?.ask).toMatchObject(ask);
  });
});

describe('hooks and events, as recorded', () => {
  const bash = {
    tool_name: 'Bash',
    tool_input: { command: 'touch perm.txt', description: 'scripted command' },
  };
  it.each([
    ['claude', 'SessionStart', { source: 'startup' }, 'idle'],
    ['claude', 'SessionStart', { source: 'compact' }, '-'],
    ['claude', 'UserPromptSubmit', { prompt: 'x' }, 'working'],
    ['claude', 'PermissionRequest', { tool_name: 'ExitPlanMode', tool_input: { plan: 'p' } }, 'waiting/plan'],
    ['claude', 'PermissionRequest', bash, 'waiting/permission'],
    ['claude', 'PreToolUse', bash, 'working'],
    ['claude', 'Stop', {}, 'idle'],
    ['claude', 'StopFailure', { error: 'rate_limit' }, 'rate-limited'],
    ['claude', 'StopFailure', { error: 'overloaded' }, 'error'],
    ['claude', 'Notification', { notification_type: 'idle_prompt' }, '-'],
    ['claude', 'SubagentStop', {}, '-'],
    ['qwen', 'Notification', { notification_type: 'idle_prompt' }, 'idle'],
    ['opencode', 'session.status', { sessionID: 'ses_1', status: { type: 'busy' } }, 'working'],
    [
      'opencode',
      'permission.asked',
      { permission: 'bash', metadata: { command: 'ls' } },
      'waiting/permission',
    ],
    ['opencode', 'permission.replied', {}, 'working'],
    ['opencode', 'session.idle', { sessionID: 'ses_1' }, 'idle'],
    ['opencode', 'message.updated', {}, '-'],
    ['qwen', 'PermissionRequest', bash, 'waiting/permission'],
    ['qwen', 'Stop', {}, 'idle'],
  ])('%s: %s %j', (name, event, payload, expected) =>
    expect(said(matchEvent(of(name), { source: 'file', event, payload }))).toBe(expected),
  );

  it('keeps what is asked, cut to its length', () => {
    const payload = { tool_name: 'Bash', tool_input: { command: 'x'.repeat(5000), description: 'why' } };
    const match = matchEvent(of('claude'), { source: 'file', event: 'PermissionRequest', payload });
    expect(match).toMatchObject({
      source: 'hook',
      ask: { tool: 'Bash', command: 'x'.repeat(2000), file: null, text: 'why' },
    });
  });

  it('a subagent can ask for permission, and nothing else it says is the state', () => {
    const at = { source: 'file', payload: bash, subagent: true } as const;
    expect(said(matchEvent(of('claude'), { ...at, event: 'PermissionRequest' }))).toBe('waiting/permission');
    expect(said(matchEvent(of('claude'), { ...at, event: 'Stop' }))).toBe('-');
  });
});

describe('rules of matching', () => {
  it('the first rule of a source wins; another source does not', () => {
    const signals = compile([
      { from: 'title', match: 'a', is: 'working' },
      { from: 'title', match: 'ab', is: 'idle' },
      { from: 'screen', match: 'zz', is: 'error' },
    ]);
    expect(said(matchTitle(signals, 'ab'))).toBe('working');
    expect(matchTitle(signals, 'zz')).toBeNull();
  });

  it('permission_patterns are screen rules behind all others, case-insensitive', () => {
    const signals = compile([{ from: 'screen', match: 'busy', is: 'working' }], ['proceed']);
    expect(said(matchScreen(signals, ['PROCEED']))).toBe('waiting/permission');
    expect(said(matchScreen(signals, ['busy, proceed']))).toBe('working');
  });

  it('a rule sees the lowest rows that have text, and no more than it asks for', () => {
    const lines = ['top', 'a', 'b', '', '  '];
    expect(screenText(lines, 2)).toBe('a\nb');
    const signals = compile([{ from: 'screen', match: 'top', is: 'idle', lines: 2 }]);
    expect(matchScreen(signals, lines)).toBeNull();
    expect(screenText([], 5)).toBe('');
  });

  it('a broken pattern leaves out its rule and says where it stands', () => {
    const { rules, broken } = compile(
      [
        { from: 'hook', event: 'a', where: { b: '(' }, is: 'idle' },
        { from: 'title', match: 'ok', is: 'idle' },
      ],
      ['['],
    );
    expect(rules).toHaveLength(1);
    expect(broken.map(({ path }) => path)).toEqual([
      ['signals', 0, 'where', 'b'],
      ['permission_patterns', 0],
    ]);
  });

  it('what is absent is empty text, a list of words is a command, a time is an instant', () => {
    const signals = compile([
      {
        from: 'protocol',
        event: 'e',
        where: { parent: '^$' },
        is: 'waiting',
        ask: { command: 'argv' },
        until: 'at',
      },
    ]);
    const match = (payload: object) => matchEvent(signals, { source: 'file', event: 'e', payload });
    expect(match({ argv: ['ls', '-l'], at: 1_795_228_147 })).toMatchObject({
      ask: { command: 'ls -l' },
      until: '2026-11-21T02:29:07.000Z',
    });
    expect(match({ at: '1795228147821' })?.until).toBe('2026-11-21T02:29:07.821Z');
    expect(match({ at: 'soon' })).toMatchObject({ ask: null, until: null });
    expect(match({ parent: 'x' })).toBeNull();
  });

  it('whatever an agent says, no rule throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...compiled.keys()), fc.anything(), fc.string(), (name, payload, text) => {
        matchTitle(of(name), text);
        matchOsc(of(name), { code: 7501, text });
        matchScreen(of(name), [text]);
        for (const event of ['PermissionRequest', 'Notification', 'session.status']) {
          matchEvent(of(name), { source: 'file', event, payload });
        }
      }),
    );
  });
});

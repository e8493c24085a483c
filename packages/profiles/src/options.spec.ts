// What a person chooses at spawn: the words in their order, what is refused, and what acts without asking.
import { describe, expect, it } from 'vitest';
import {
  allowsMode,
  bypassIn,
  keyInput,
  looksSecret,
  parseProfile,
  resolveChoice,
  resolveSpawn,
} from './index.js';
import type { SpawnChoice, SpawnRequest } from './index.js';

const profile = parseProfile({
  name: 'x',
  commands: { new: ['x'], resume: ['x', '-c'] },
  session_id: ['--id', '{conversation}'],
  resume_by_id: ['x', '-r', '{conversation}'],
  resume_last: ['x', '--last'],
  fork: ['x', '-f', '{conversation}'],
  conversation_id: '^c-\\d+$',
  task: 'argument',
  env: { A: 'profile', B: 'profile' },
  models: { args: ['-m', '{model}'], choices: ['big'] },
  overlay: { args: ['--settings', 'f'], env: { OVERLAY: 'f' } },
  permission_modes: {
    args: ['--mode', '{mode}'],
    modes: {
      plan: {},
      ask: { args: [] },
      yolo: { bypass: true, flags: ['--yolo', '-y', '-c approval'] },
      root: { bypass: true },
    },
    ceiling: 'yolo',
  },
  presets: {
    review: {
      args: ['--quiet'],
      env: { B: 'preset' },
      model: 'big',
      permission_mode: 'plan',
      without_env: ['KEY'],
    },
  },
});
const request: SpawnRequest = {
  mode: 'new',
  cwd: '/work',
  sessionId: 's-1',
  otlpEndpoint: null,
  otlpPort: null,
  tmpDir: '/tmp',
};
const choose = (choice: SpawnChoice) => resolveChoice(profile, choice);
const faults = (choice: SpawnChoice) => choose(choice).faults.map(({ field }) => field);

describe('order and precedence', () => {
  it('F:C13 command, id, overlay, model, mode, preset, request, task', () => {
    const choice = choose({ preset: 'review', args: ['--more', '{model}'], env: { A: 'request' } });
    const spawn = resolveSpawn(
      profile,
      { ...request, conversationId: 'c-1', extraArgs: ['--settings', 'f'], choice, task: 'do it' },
      { KEY: 'k' },
    );
    expect(spawn.argv.join(' ')).toBe(
      'x --id c-1 --settings f -m big --mode plan --quiet --more {model} do it',
    );
    expect(spawn.env).toMatchObject({ A: 'request', B: 'preset' });
    expect(spawn.warnings).toEqual([]);
  });

  it('F:C16 a preset can take variables away, also those of the profile', () => {
    const keyed = parseProfile({
      name: 'x',
      auth: { env_vars: ['KEY'] },
      presets: { a: { without_env: ['KEY'] } },
    });
    const choice = resolveChoice(keyed, { preset: 'a' });
    expect(resolveSpawn(keyed, { ...request, choice }, { KEY: 'k' }).env).not.toHaveProperty('KEY');
    expect(resolveSpawn(keyed, request, { KEY: 'k' }).env).toHaveProperty('KEY');
  });

  it('variables are handed on from the daemon by their names', () => {
    const spawn = resolveSpawn(
      profile,
      { ...request, choice: choose({ envNames: ['MINE'] }) },
      { MINE: '1', NOT: '2' },
    );
    expect(spawn.env).toMatchObject({ MINE: '1' });
    expect(spawn.env).not.toHaveProperty('NOT');
  });

  it('a script that takes no words says that options do not reach the agent', () => {
    const script = parseProfile({ name: 'x', commands: { new: ['bash', '-c', 'x || y'] } });
    const spawn = resolveSpawn(script, { ...request, extraArgs: ['--settings', 'f'] }, {});
    expect(spawn.argv).toEqual(['bash', '-c', 'x || y']);
    expect(spawn.warnings).toHaveLength(1);
  });
});

describe('resume', () => {
  const argv = (more: Partial<SpawnRequest>) =>
    resolveSpawn(profile, { ...request, mode: 'resume', ...more }, {}).argv.join(' ');

  it('F:C4 this conversation, the last one, or a new one that goes on from it', () => {
    expect(argv({ conversationId: 'c-1' })).toBe('x -r c-1');
    expect(argv({ conversationId: 'c-1', resume: 'last' })).toBe('x --last');
    expect(argv({ conversationId: 'c-1', resume: 'fork' })).toBe('x -f c-1');
    expect(argv({})).toBe('x --last');
  });

  it.each(['--resume=--dangerously', '-x', '', 'c-1; rm', 'c-1\n--yolo'])(
    'an id that is none, %j, never reaches the command line',
    (conversationId) => expect(argv({ conversationId })).toBe('x --last'),
  );
});

describe('what is refused', () => {
  it('unknown presets, models and modes, and what the ceiling does not allow', () => {
    expect(faults({ preset: 'toString', permissionMode: 'nope' })).toEqual(['preset', 'permissionMode']);
    expect(faults({ permissionMode: 'root' })).toEqual(['permissionMode']);
    expect(faults({ model: '--yolo' })).toEqual(['model']);
    expect(faults({ model: 'any', permissionMode: 'yolo' })).toEqual([]);
    expect(resolveChoice(parseProfile({ name: 'x' }), { model: 'a' }).faults).toHaveLength(1);
  });

  it('without a ceiling no mode that bypasses questions', () => {
    const open = parseProfile({ name: 'x', permission_modes: { modes: { a: {}, b: { bypass: true } } } });
    expect(['a', 'b', 'c'].map((mode) => allowsMode(open, mode))).toEqual([true, false, false]);
  });

  it("words of Roundhouse's own overlay, and too many or too long ones", () => {
    expect(faults({ args: ['--settings', 'x'] })).toEqual(['args[0]']);
    expect(faults({ args: ['--settings=x', 'a\0b', 'x'.repeat(5000)] })).toEqual([
      'args[0]',
      'args[1]',
      'args[2]',
    ]);
    expect(faults({ args: Array.from({ length: 51 }, () => 'a') })).toEqual(['args']);
  });

  it.each([
    [['--yolo'], 'yolo'],
    [['--yolo=true'], 'yolo'],
    [['-y'], 'yolo'],
    [['-sy'], 'yolo'],
    [['--mode', 'yolo'], 'yolo'],
    [['--mode=root'], 'root'],
    [['-c', 'approval=never'], 'yolo'],
    [['-capproval=never'], 'yolo'],
    [['-c=approval=never'], 'yolo'],
    [['-c', 'other=1'], null],
    [['--mode', 'plan', '--yolonot', '--why'], null],
  ])('R:T16 %j asks for %s', (args, mode) => {
    expect(bypassIn(profile, args)).toBe(mode);
    expect(choose({ args }).bypass).toBe(mode);
  });

  it('a mode that bypasses is named, however it was chosen', () => {
    expect(choose({ permissionMode: 'yolo' }).bypass).toBe('yolo');
    expect(choose({ preset: 'review' }).bypass).toBeNull();
  });

  it("values that look like a secret, and variables that are Roundhouse's", () => {
    const env = {
      MY_TOKEN: 'abc',
      MAX_TOKENS: '4096',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://e',
      LANG: 'de_DE',
      OVERLAY: 'mine',
    };
    expect(faults({ env, envNames: ['JOIN_TOKEN', 'FINE'] })).toEqual([
      'env.MY_TOKEN',
      'env.OTEL_EXPORTER_OTLP_ENDPOINT',
      'env.OVERLAY',
      'envNames[0]',
    ]);
  });
});

describe('secrets by shape', () => {
  const fake = (prefix: string) => `${prefix}${'EXAMPLE0'.repeat(4)}`;
  it.each([
    ['A', fake('sk-')],
    ['A', fake('ghp_')],
    ['A', fake('AIza')],
    ['A', `http://user:${'pw'}@host/`],
    ['A', 'q8Zt1LmX0vB7nR4cK9wE2yU6hJ3sD5fG'],
    ['API_KEY', 'anything'],
    ['GITHUB_TOKEN', 'x'],
  ])('%s=%s is one', (name, value) => expect(looksSecret(name, value)).toBe(true));

  it.each([
    ['MAX_OUTPUT_TOKENS', '64000'],
    ['USE_TOKEN', 'true'],
    ['SSH_KEY', '~/.ssh/id_ed25519'],
    ['KEYBOARD', 'us'],
    ['SESSION', '3f6cf4ac-0d3f-4c4f-9c43-6a3d92b1a111'],
    ['MODEL', 'claude-opus-4-8-20260101-with-a-long-name'],
    ['URL', 'https://example.org/path/to/something/long/enough/0123456789'],
  ])('%s=%s is none', (name, value) => expect(looksSecret(name, value)).toBe(false));
});

it('keys are written with four escapes', () => {
  expect(keyInput(String.raw`1\r\e\t\x03\\r`)).toBe('1\r\u001b\t\u0003\\r');
});

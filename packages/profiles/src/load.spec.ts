// Loading: a user's profiles as they are, and one clear message for each kind of mistake.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compilePatterns, loadProfiles, problemText, supportsResume } from './index.js';
import { loadProfileDirectories } from './node/load-directories.js';

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const load = (text: string, file = 'a.yaml') => loadProfiles([{ file, text }]);
const messages = (text: string) => load(text).problems.map(problemText);

describe('a folder of existing profiles', () => {
  it('F:B1 F:B2 loads unchanged: yaml, yml and json, with an override', async () => {
    const { profiles, problems } = await loadProfileDirectories([fixture('user-profiles')]);
    expect(problems).toEqual([]);
    const byName = new Map(profiles.map(({ profile }) => [profile.name, profile]));
    expect([...byName.keys()]).toEqual(['claude', 'gemini', 'minimal', 'opencode', 'pi', 'shell']);
    expect(byName.get('shell')).toMatchObject({ display_name: 'shell', always_available: true, env: {} });
    expect(byName.get('pi')?.env['PI_OTEL_METRICS']).toBe('1');
    expect(byName.get('minimal')).toMatchObject({
      binary: 'minimal',
      color: 'slate',
      commands: { new: ['minimal'] },
    });
    expect(byName.get('opencode')?.spawn_settings).toEqual({
      '~/.opencode/config.json': { experimental: { openTelemetry: true }, theme: null },
    });
    expect([...byName.values()].filter(supportsResume).map(({ name }) => name)).toEqual([
      'claude',
      'gemini',
      'opencode',
      'pi',
    ]);
  });

  it('F:B12 merges the .local file by its rules', async () => {
    const { profiles } = await loadProfileDirectories([fixture('user-profiles')]);
    const claude = profiles.find(({ profile }) => profile.name === 'claude');
    expect(claude?.localFile).toBe('claude.local.yml');
    expect(claude?.profile.display_name).toBe('Claude (work)');
    expect(claude?.profile.commands).toEqual({
      new: ['claude', '--model', 'opus'],
      resume: ['bash', '-c', 'claude --continue || claude'],
    });
    expect(claude?.profile.env).toMatchObject({
      HTTPS_PROXY: 'http://proxy.example:3128',
      OTEL_LOGS_EXPORTER: 'otlp',
    });
    expect(claude?.profile.permission_patterns).toHaveLength(5);
    expect(claude?.profile.provisioning?.passthrough_env).toHaveLength(5);
  });

  it('takes Python spellings of patterns', async () => {
    const { profiles } = await loadProfileDirectories([fixture('user-profiles')]);
    const opencode = profiles.find(({ profile }) => profile.name === 'opencode');
    const { patterns, broken } = compilePatterns(opencode?.profile ?? { permission_patterns: [] });
    expect(broken).toEqual([]);
    expect(patterns.map((pattern) => pattern.test('GRANT or ALLOW'))).toEqual([true, true]);
  });

  it('a later directory replaces files of an earlier one', async () => {
    const shipped = fileURLToPath(new URL('../../../profiles', import.meta.url));
    const { profiles, problems } = await loadProfileDirectories([
      shipped,
      fixture('user-profiles'),
      '/nonexistent-rh',
    ]);
    expect(profiles.find(({ profile }) => profile.name === 'claude')?.profile.display_name).toBe(
      'Claude (work)',
    );
    expect(profiles.map(({ profile }) => profile.name)).toContain('bash');
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('ENOENT')]);
  });
});

describe('mistakes (R:H13)', () => {
  it('each fixture gets its file, line, column, field and what to do', async () => {
    const { profiles, problems } = await loadProfileDirectories([fixture('errors')]);
    expect(profiles).toEqual([]);
    await expect(problems.map(problemText).join('\n') + '\n').toMatchFileSnapshot(
      '../fixtures/errors/expected.txt',
    );
    expect(problems.filter(({ line, severity }) => line === null || severity !== 'error')).toEqual([]);
  });

  it('a bad file is reported and the others load', () => {
    const result = loadProfiles([
      { file: 'bad.yaml', text: 'name: bad\nwhat: 1\n' },
      { file: 'good.yaml', text: 'name: good\n' },
      { file: 'good.yml', text: 'name: good\n' },
      { file: 'alone.local.yaml', text: 'color: nonsense\n' },
      { file: 'TEMPLATE.yaml', text: 'nonsense: 1' },
      { file: 'old.yaml.example', text: 'nonsense: 1' },
    ]);
    expect(result.profiles.map(({ profile }) => profile.name)).toEqual(['good']);
    expect(result.problems.map(({ file }) => file).sort()).toEqual(['bad.yaml', 'good.yml']);
  });

  it.each([
    ['syntax', '{{{'],
    ['unknown key', 'what: 1'],
    ['wrong value', 'color: violet'],
  ])('a malformed override (%s) is reported; the base still loads', (_, text) => {
    const result = loadProfiles([
      { file: 'a.yaml', text: 'name: a\ncolor: red\n' },
      { file: 'a.local.json', text },
    ]);
    expect(result.profiles).toMatchObject([{ profile: { color: 'red' }, localFile: null }]);
    expect(result.problems[0]?.file).toBe('a.local.json');
  });

  it('an override cannot rename', () => {
    const result = loadProfiles([
      { file: 'a.yaml', text: 'name: a\n' },
      { file: 'a.local.yaml', text: 'name: b\ncolor: red\n' },
    ]);
    expect(result.profiles).toMatchObject([{ profile: { name: 'a', color: 'red' } }]);
    expect(result.problems.map(problemText)).toEqual([
      'a.local.yaml:1:7: name is ignored: an override cannot rename "a"; remove the line',
    ]);
  });

  it('$(…) is data in commands, verify and prompt_command', () => {
    const text = `name: a
commands: { new: [bash, -c, "echo $(id)"] }
sidecar: { prompt_command: "echo $(pwd)" }
provisioning: { verify: "test $(a --version)" }
env: { A: "$(b)" }`;
    expect(load(text).problems).toEqual([]);
  });

  it('warns about a broken pattern and a variable that never passes', () => {
    const text = 'name: a\npermission_patterns:\n  - ok\n  - "a("\nenv_passthrough: [OTEL_X]\n';
    expect(load(text).profiles).toHaveLength(1);
    expect(messages(text)).toEqual([
      expect.stringContaining('a.yaml:4:5: permission_patterns[1] is no regular expression'),
      expect.stringContaining('OTEL_X, which is never passed on'),
    ]);
  });
});

describe('hostile text (R:H13)', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    'b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]',
    'c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]',
    'd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
  ];
  it.each([
    ['alias bomb', bomb.join('\n'), 'alias count'],
    ['20k flow lists', '['.repeat(20_000), 'nested deeper'],
    ['32k flow lists, closed', '['.repeat(32_000) + ']'.repeat(32_000), 'nested deeper'],
    ['20k block lists', '- '.repeat(20_000) + 'a', 'nested deeper'],
    ['10k maps', '{a: '.repeat(10_000) + 'b' + '}'.repeat(10_000), 'nested deeper'],
    ['65 KiB', `name: a # ${'x'.repeat(65 * 1024)}`, 'larger than 64 KiB'],
    ['__proto__ on top', '__proto__: { color: red }\nname: a', '__proto__'],
    ['__proto__ in JSON', '{"name":"a","env":{"__proto__":{"a":"b"}}}', '__proto__'],
    ['two documents', 'name: a\n---\nname: a', 'multiple documents'],
    ['binary', 'name: \u0000', ''],
  ])('%s is refused without harm', (_, text, expected) => {
    const result = load(text);
    expect(result.profiles).toEqual([]);
    expect(result.problems[0]?.message).toContain(expected);
    expect(result.problems[0]?.message.length).toBeLessThanOrEqual(500);
    expect(Object.hasOwn(Object.prototype, 'color')).toBe(false);
  });
});

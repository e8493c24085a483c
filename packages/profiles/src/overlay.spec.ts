// The private overlay: hooks and settings in its files, the user's own settings untouched, no secret anywhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildOverlay, hookMap, hookToml, overlayReads, overlayWarnings, parseProfile } from './index.js';
import type { JsonMap, OverlayValues } from './index.js';
import { under, without } from './settings.js';

const values: OverlayValues = {
  sessionId: 's-1',
  conversationId: 'c-1',
  otlpEndpoint: 'http://127.0.0.1:5000/s/geheim',
  otlpPort: 5000,
  tmpDir: '/tmp',
  cwd: '/work',
  overlayDir: '/state/o',
  dropDir: '/state/h',
  relay: "/bin/sh '/r/hook.sh' '/state/h'",
};
const profile = (fields: object) => parseProfile({ name: 'x', ...fields });
const hooks = { events: ['Stop', 'PermissionRequest'], matcher: '*', timeout: 5 };
const build = (fields: object, files: Record<string, JsonMap> = {}) =>
  buildOverlay(profile(fields), values, (path) => files[path]);
const json = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

describe('hooks', () => {
  it('each event runs the relay with its own name', () => {
    expect(hookMap(hooks, values.relay)['Stop']).toEqual([
      { matcher: '*', hooks: [{ type: 'command', command: `${values.relay} Stop`, timeout: 5 }] },
    ]);
    expect(hookMap({ events: ['A'] }, 'r')).toEqual({
      A: [{ hooks: [{ type: 'command', command: 'r A' }] }],
    });
  });

  it('are an inline table of TOML, every text a basic string', () => {
    expect(hookToml(hookMap({ events: ['A'], timeout: 5 }, `r "'\\\u007f`))).toBe(
      String.raw`{ "A" = [{ "hooks" = [{ "type" = "command", "command" = "r \"'\\\u007f A", "timeout" = 5 }] }] }`,
    );
  });
});

describe('files, words and variables', () => {
  const fields = {
    hooks,
    overlay: {
      files: {
        'settings.json': { hooks: '{hooks}', statusLine: { command: '{relay} status' }, n: null },
        'plugin/a.js': 'drop({drop}) {unknown}',
      },
      args: ['--settings', '{overlay}/settings.json'],
      env: { A: '{overlay}/settings.json', H: '{otlp_header}' },
    },
  };

  it('placeholders are filled in, {hooks} alone is the section, maps become JSON', () => {
    const { files, args, env } = build(fields);
    expect(json(files.get('settings.json'))).toEqual({
      hooks: hookMap(hooks, values.relay),
      statusLine: { command: `${values.relay} status` },
      n: null,
    });
    expect(files.get('plugin/a.js')).toBe('drop(/state/h) {unknown}');
    expect(args).toEqual(['--settings', '/state/o/settings.json']);
    expect(env).toEqual({ A: '/state/o/settings.json', H: 'x-roundhouse-token=geheim' });
  });

  it('R:H15 no file and no word has the secret, whatever the profile says', () => {
    const leaky = ['{otlp_endpoint}', '{otlp_header}', '{otlp_base}', 'http://127.0.0.1:{otlp_port}/v1'];
    const { files, args } = build({
      overlay: { files: { 'a.json': { leaky }, b: leaky.join() }, args: leaky },
    });
    expect([...files.values(), ...args].join()).not.toContain('geheim');
    expect(args).toContain('http://127.0.0.1:5000');
  });

  it('with the receiver off no variable has half an address', () => {
    const off = { ...values, otlpEndpoint: null, otlpPort: null };
    const { args, env } = buildOverlay(
      profile({
        overlay: { args: ['{otlp_base}/v1'], env: { A: '{otlp_header}', B: '{otlp_endpoint}/x', C: 'c' } },
      }),
      off,
      () => undefined,
    );
    expect(env).toEqual({ C: 'c' });
    expect(args).toEqual(['http://127.0.0.1:1/v1']);
  });
});

describe('F:B10 settings of the agent', () => {
  const fields = {
    hooks: { events: ['A'] },
    spawn_settings: { '~/x.json': { keep: { a: 1, b: 2 }, theirs: true } },
    overlay: {
      files: { 's.json': { hooks: '{hooks}', own: 1 } },
      base_files: ['/etc/x.json'],
      settings_file: 's.json',
    },
  };

  it('only what the user does not say goes into the overlay; what it stands in for lies underneath', () => {
    const files = {
      '~/x.json': { keep: { a: null }, theirs: false },
      '/etc/x.json': { own: 0, admin: [1], hooks: { A: [{ hooks: [] }] } },
    };
    expect(json(build(fields, files).files.get('s.json'))).toEqual({
      admin: [1],
      own: 1,
      hooks: { A: [{ hooks: [] }, { hooks: [{ type: 'command', command: `${values.relay} A` }] }] },
      keep: { b: 2 },
    });
  });

  it('without a file of ours they are a warning and nothing else', () => {
    const plain = profile({ spawn_settings: { '~/x.json': { a: 1 } } });
    expect(overlayWarnings(plain)).toEqual([expect.stringContaining('~/x.json')]);
    expect(buildOverlay(plain, values, () => undefined).files.size).toBe(0);
    expect(overlayWarnings(profile(fields))).toEqual([]);
    expect(overlayReads(profile(fields))).toEqual(['/etc/x.json', '~/x.json']);
  });

  it("the user's own status line is handed on; the first file that has one counts", () => {
    const status_line = { user_files: ['a', 'b'], user_key: 'statusLine.command' };
    const files = { a: { statusLine: {} }, b: { statusLine: { command: 'mine' } } };
    expect(build({ status_line }, files).statusChain).toBe('mine');
    expect(build({ status_line }).statusChain).toBeNull();
  });

  const map = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom('d', 'e'), fc.boolean())),
    { noNullPrototype: true },
  );
  it('nothing that a user has is ever said again, and the rest is complete', () => {
    fc.assert(
      fc.property(map, map, (wanted, users) => {
        const rest = without(wanted, users);
        expect(without(rest, users)).toEqual(rest);
        expect(under(users, rest)).toEqual(under(users, wanted));
      }),
    );
  });
});

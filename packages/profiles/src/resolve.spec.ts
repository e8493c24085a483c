// What runs, and with which environment: nothing leaks in, the task is data, telemetry is attributable.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseProfile,
  previewLine,
  profileCommands,
  resolveSpawn,
  shellLine,
  type SpawnRequest,
} from './index.js';

const request: SpawnRequest = {
  mode: 'new',
  cwd: '/work',
  sessionId: 's-1',
  otlpEndpoint: 'http://127.0.0.1:5000/s/secret',
  otlpPort: 5000,
  tmpDir: '/tmp',
};
const profile = (fields: object = {}) => parseProfile({ name: 'x', ...fields });
const envOf = (fields: object, base = {}, more: Partial<SpawnRequest> = {}) =>
  resolveSpawn(profile(fields), { ...request, ...more }, base).env;

describe('environment', () => {
  const ALWAYS = [
    'TERM',
    'COLORTERM',
    'ROUNDHOUSE_SESSION',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_RESOURCE_ATTRIBUTES',
  ];
  const foreign = fc.oneof(
    fc.constantFrom(
      'CLAUDECODE',
      'JOIN_TOKEN',
      'DATABASE_URL',
      'DATABASE_URL_FILE',
      'JOIN_TOKEN_FILE',
      'OTLP_FORWARD_HEADERS',
      'HUB_URL',
      'AWS_SECRET_ACCESS_KEY',
      'GH_TOKEN',
      'NODE_OPTIONS',
      'LD_PRELOAD',
    ),
    fc
      .tuple(
        fc.constantFrom(
          'OTEL_',
          'PI_OTEL',
          'CLAUDE_CODE_',
          'GEMINI_',
          'CODEX_',
          'OPENCODE_',
          'ROUNDHOUSE_',
          'TMUX',
          'MY_',
        ),
        fc.stringMatching(/^[A-Z_]{1,12}$/),
      )
      .map((parts) => parts.join('')),
  );

  it('R:T28 nothing of the daemon leaks that is not on the list', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          foreign,
          fc.string({ minLength: 1 }).map((s) => `canary-${s}`),
        ),
        (base) => {
          const env = envOf(
            {},
            { ...base, PATH: '/bin', LC_ALL: 'C', XDG_RUNTIME_DIR: '/run/u', http_proxy: 'p' },
          );
          expect(Object.values(env).filter((value) => value.startsWith('canary-'))).toEqual([]);
          expect(Object.keys(env).sort()).toEqual(
            [...ALWAYS, 'PATH', 'LC_ALL', 'XDG_RUNTIME_DIR', 'http_proxy'].sort(),
          );
        },
      ),
    );
  });

  it('passes what the profile names: env_passthrough, provisioning.passthrough_env, auth.env_vars', () => {
    const fields = {
      env_passthrough: ['A', 'OTEL_LOG_USER_PROMPTS', 'CLAUDECODE'],
      provisioning: { passthrough_env: ['CLAUDE_CODE_USE_VERTEX'] },
      auth: { env_vars: ['KEY'] },
    };
    const base = {
      A: '1',
      CLAUDE_CODE_USE_VERTEX: '1',
      KEY: 'k',
      OTEL_LOG_USER_PROMPTS: '1',
      CLAUDECODE: '1',
      B: '2',
    };
    const env = envOf(fields, base);
    expect(env).toMatchObject({ A: '1', CLAUDE_CODE_USE_VERTEX: '1', KEY: 'k' });
    for (const name of ['OTEL_LOG_USER_PROMPTS', 'CLAUDECODE', 'B']) expect(env).not.toHaveProperty(name);
  });

  it('the profile cannot take away what marks the session', () => {
    const own = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://evil',
      TERM: 'dumb',
      OTEL_RESOURCE_ATTRIBUTES: 'a=b c, roundhouse.session=other',
    };
    expect(envOf({ env: own })).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: request.otlpEndpoint,
      TERM: 'xterm-256color',
      ROUNDHOUSE_SESSION: 's-1',
      OTEL_RESOURCE_ATTRIBUTES: 'a=b%20c,roundhouse.session=s-1',
    });
  });

  it('never has a space in the resource attributes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (own, sessionId) => {
        const env = envOf({}, {}, { sessionId, extraEnv: { OTEL_RESOURCE_ATTRIBUTES: own } });
        expect(env['OTEL_RESOURCE_ATTRIBUTES']).not.toMatch(/\s/);
      }),
    );
  });

  it('F:B4 expands placeholders; an address with {otlp_port} becomes the endpoint of this session', () => {
    const env = envOf({
      env: {
        A: 'http://127.0.0.1:{otlp_port}',
        B: 'http://localhost:{otlp_port}/v1/logs',
        C: '{otlp_port}',
        D: '{agent_id}/{session_id}/{unknown}/{session_uuid}',
        E: '{otlp_endpoint}/v1/traces',
      },
    });
    expect(env).toMatchObject({
      A: 'http://127.0.0.1:5000/s/secret',
      B: 'http://127.0.0.1:5000/s/secret/v1/logs',
      C: '5000',
      D: 's-1/s-1/{unknown}/{session_uuid}',
      E: 'http://127.0.0.1:5000/s/secret/v1/traces',
    });
  });

  it('with the receiver off, no endpoint is set', () => {
    const env = envOf({}, {}, { otlpEndpoint: null, otlpPort: null });
    expect(env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  });
});

describe('command and task', () => {
  const argvOf = (fields: object, more: Partial<SpawnRequest>) =>
    resolveSpawn(profile(fields), { ...request, ...more }, {}).argv;

  it('the task is at most one argument of its own, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('new', 'resume'), (task, mode) => {
        const command = ['x', '--flag'];
        const argv = argvOf({ commands: { new: command }, task: 'argument' }, { task, mode });
        expect(argv.slice(0, 2)).toEqual(command);
        expect(argv.length).toBeLessThanOrEqual(3);
        expect(argv[2] ?? 'a').not.toMatch(/^-/);
      }),
    );
  });

  it.each([
    ['--dangerously-skip-permissions', ' --dangerously-skip-permissions'],
    ['update', ' update'],
    ['fix {otlp_port}', 'fix {otlp_port}'],
    ['/help', '/help'],
  ])('%s is not taken for an option, a subcommand or a placeholder', (task, expected) => {
    expect(argvOf({ task: 'argument' }, { task })).toEqual(['x', expected]);
  });

  it('a shell script gets the task only as "$@", never in its text or as $0', () => {
    const task = 'a; rm -rf /';
    const script = ['bash', '-c', 'x --continue || x'];
    expect(argvOf({ task: 'argument', commands: { new: script } }, { task })).toEqual(script);
    expect(argvOf({ task: 'argument', commands: { new: [...script, 'x'] } }, { task })).toEqual([
      ...script,
      'x',
      task,
    ]);
  });

  it('stdin tasks are handed back to be typed; none are dropped', () => {
    const resolve = (mode: string) => resolveSpawn(profile({ task: mode }), { ...request, task: ' hi ' }, {});
    expect(resolve('stdin')).toMatchObject({ typeTask: 'hi', argv: ['x'] });
    expect(resolve('none')).toMatchObject({ typeTask: null, argv: ['x'] });
  });

  it('F:B3 chooses the command by mode and known conversation', () => {
    const fields = {
      commands: { new: ['x'], resume: ['x', '-c'] },
      session_id: ['--id', '{session_uuid}'],
      resume_by_id: ['x', '-r', '{session_uuid}'],
    };
    expect(argvOf(fields, {})).toEqual(['x']);
    expect(argvOf(fields, { conversationId: 'u', extraArgs: ['--settings', 'f'] })).toEqual([
      'x',
      '--id',
      'u',
      '--settings',
      'f',
    ]);
    expect(argvOf(fields, { mode: 'resume' })).toEqual(['x', '-c']);
    expect(argvOf(fields, { mode: 'resume', conversationId: 'u' })).toEqual(['x', '-r', 'u']);
    expect(argvOf({ commands: { new: ['x', '1'] } }, { mode: 'resume' })).toEqual(['x', '1']);
    expect(profileCommands(profile(fields))).toEqual({
      new: ['x', '--id', '{session_uuid}'],
      resume: ['x', '-c'],
    });
  });

  it('the line for people is quoted as a shell would need it', () => {
    expect(shellLine(['a', 'b c', "it's", ''])).toBe(`a 'b c' 'it'\\''s' ''`);
    expect(previewLine({ command: ['x'], task: 'do it', takesTask: true })).toBe("x 'do it'");
    expect(previewLine({ command: ['x'], task: 'do it', takesTask: false })).toBe('x');
  });
});

// The shipped profiles and the template: they load, resolve, and do what their comments say.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  buildOverlay,
  loadProfiles,
  overlayWarnings,
  profileFileSchema,
  profileJsonSchema,
  resolveSpawn,
  supportsResume,
} from './index.js';
import { parseText } from './document.js';
import { loadProfileDirectories } from './node/load-directories.js';

const directory = fileURLToPath(new URL('../../../profiles', import.meta.url));
const request = {
  mode: 'new',
  cwd: '/p',
  sessionId: '3f6cf4ac-0d3f-4c4f-9c43-6a3d92b1a111',
  otlpEndpoint: 'http://127.0.0.1:4318/s/secret',
  otlpPort: 4318,
  tmpDir: '/tmp',
} as const;

const shipped = async (name: string) => {
  const { profiles } = await loadProfileDirectories([directory]);
  const found = profiles.find(({ profile }) => profile.name === name);
  if (!found) throw new Error(`no profile ${name}`);
  return found.profile;
};

/** Fields that are commented out, with what is indented below them. Of two forms of one field the first counts. */
function activated(text: string, fields: readonly string[]): string {
  const seen = new Set<string>();
  let state: 'prose' | 'active' | 'repeated' = 'prose';
  const lines = text.split('\n').map((line) => {
    const key = /^(?:# )?([a-z_]+):/.exec(line)?.[1];
    const isField = key !== undefined && fields.includes(key);
    if (isField) state = seen.has(key) ? 'repeated' : 'active';
    else if (!/^(# )? {2}/.test(line)) state = 'prose';
    if (isField) seen.add(key);
    if (state === 'repeated') return '';
    return state === 'active' ? line.replace(/^# /, '') : line;
  });
  return lines.join('\n');
}

describe('shipped profiles', () => {
  it('all load without a problem, and the template is not one of them', async () => {
    const { profiles, problems } = await loadProfileDirectories([directory]);
    expect(problems).toEqual([]);
    expect(profiles.map(({ profile }) => profile.name)).toEqual([
      ...['agy', 'aider', 'bash', 'claude', 'codex', 'copilot', 'gemini', 'opencode', 'pi', 'qwen'],
    ]);
    expect(profiles.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it('F:B13 the template is a valid profile once copied, also with every comment made active', () => {
    const text = readFileSync(join(directory, 'TEMPLATE.yaml'), 'utf8');
    expect(loadProfiles([{ file: 'myagent.yaml', text }])).toMatchObject({
      problems: [],
      profiles: [{ file: 'myagent.yaml' }],
    });
    const shape = z.toJSONSchema(profileFileSchema, { io: 'input', unrepresentable: 'any' }).properties ?? {};
    for (const field of Object.keys(shape)) expect(text, field).toMatch(new RegExp(`^(# )?${field}:`, 'm'));
    const { problems, profiles } = loadProfiles([
      { file: 'myagent.yaml', text: activated(text, Object.keys(shape)) },
    ]);
    expect(problems).toEqual([]);
    expect(Object.keys(profiles[0]?.profile ?? {}).sort()).toEqual(Object.keys(shape).sort());
  });

  it('claude: starts with an id, resumes by it, and its task is an argument of its own', async () => {
    const claude = await shipped('claude');
    const task = "fix it'; touch /tmp/x; $(id)";
    const conversationId = '00000000-0000-4000-8000-000000000001';
    const fresh = resolveSpawn(claude, { ...request, conversationId, task }, {});
    expect(fresh.argv).toEqual(['claude', '--session-id', conversationId, task]);
    const again = resolveSpawn(claude, { ...request, mode: 'resume', conversationId }, {});
    expect(again.argv).toEqual(['claude', '--resume', conversationId]);
    expect(resolveSpawn(claude, { ...request, mode: 'resume' }, {}).argv).toEqual(['claude', '--continue']);
    expect(supportsResume(claude)).toBe(true);
    expect(fresh.env).toMatchObject({
      CLAUDE_CODE_ENABLE_TELEMETRY: '1',
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: request.otlpEndpoint,
      OTEL_RESOURCE_ATTRIBUTES: `roundhouse.session=${request.sessionId}`,
    });
    // Its own are 60 and 5 seconds. Money comes with the logs; each export wakes the daemon, for every agent there is.
    expect(Number(fresh.env['OTEL_METRIC_EXPORT_INTERVAL'])).toBe(30_000);
    expect(Number(fresh.env['OTEL_LOGS_EXPORT_INTERVAL'])).toBe(4_000);
  });

  it('codex: the secret stands in no word of its command, only in a header by the environment', async () => {
    const codex = await shipped('codex');
    const values = { ...request, conversationId: null, overlayDir: '/o', relay: 'r', dropDir: '/d' };
    const { args, env } = buildOverlay(codex, values, () => undefined);
    const spawn = resolveSpawn(codex, { ...request, extraArgs: args, extraEnv: env, task: 'go' }, {});
    expect(spawn.argv.slice(0, 3)).toEqual(['codex', '--no-daemon', '-c']);
    expect(spawn.argv.join(' ')).toContain('http://127.0.0.1:4318/v1/logs');
    expect(spawn.argv.join(' ')).not.toContain('secret');
    expect(spawn.env['OTEL_EXPORTER_OTLP_HEADERS']).toBe('x-roundhouse-token=secret');
  });

  it('gemini: a task is the value of an option, so that the agent stays', async () => {
    const gemini = await shipped('gemini');
    const conversationId = '00000000-0000-4000-8000-000000000001';
    expect(resolveSpawn(gemini, { ...request, conversationId, task: 'go on' }, {}).argv).toEqual([
      ...['gemini', '--session-id', conversationId, '--prompt-interactive', 'go on'],
    ]);
  });

  it('opencode: is given no endpoint', async () => {
    const { env } = resolveSpawn(await shipped('opencode'), request, {});
    expect(env).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT');
  });

  it('agy: says that its settings are not applied; the others need no such word', async () => {
    const { profiles } = await loadProfileDirectories([directory]);
    const warned = profiles.filter(({ profile }) => overlayWarnings(profile).length > 0);
    expect(warned.map(({ profile }) => profile.name)).toEqual(['agy']);
  });

  it('the JSON Schema names every field and is plain JSON', () => {
    const schema = profileJsonSchema();
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({ required: ['name'], additionalProperties: false });
    expect(parseText(JSON.stringify({ a: 1 }))).toHaveProperty('data', { a: 1 });
  });
});

describe('the plugin of opencode, in a real process', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'rh-plugin-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('hands over whole files, names subagents, keeps outputs to itself, and is not inherited', async () => {
    const text = (await shipped('opencode')).overlay?.files?.['roundhouse.js'];
    const drop = join(home, 'drop');
    mkdirSync(drop);
    writeFileSync(join(home, 'plugin.mjs'), typeof text === 'string' ? text : '');
    const tool = (status: string) => ({
      type: 'message.part.updated',
      properties: {
        part: { type: 'tool', tool: 'bash', sessionID: 'ses_1', state: { status, output: 'geheim' } },
      },
    });
    const events = [
      { type: 'session.created', properties: { info: { id: 'ses_1' } } },
      { type: 'session.created', properties: { info: { id: 'ses_2', parentID: 'ses_1' } } },
      { type: 'session.status', properties: { sessionID: 'ses_2', status: { type: 'busy' } } },
      { type: 'plugin.added', properties: {} },
      tool('running'),
      tool('completed'),
      { type: 'session.idle', properties: { sessionID: 'ses_1', long: 'x'.repeat(300_000) } },
    ];
    writeFileSync(
      join(home, 'run.mjs'),
      `import { Roundhouse } from './plugin.mjs';
       const { event } = await Roundhouse();
       for (const one of ${JSON.stringify(events)}) await event({ event: one });
       await event({ event: { type: 'session.idle', properties: { loop: 1n } } });
       console.log(process.env.OPENCODE_EVENT_DROP ?? 'gone');`,
    );
    const env = { ...process.env, OPENCODE_EVENT_DROP: drop };
    const ran = spawnSync(process.execPath, ['run.mjs'], {
      cwd: home,
      env,
      encoding: 'utf8',
      timeout: 10_000,
    });
    expect(ran.stdout.trim()).toBe('gone');
    const files = readdirSync(drop).sort((a, b) => nth(a) - nth(b));
    expect(files.map((file) => file.split('.').slice(0, -2).join('.'))).toEqual([
      ...['session.created', 'session.created', 'session.status', 'message.part.updated'],
    ]);
    const payloads = files.map((file) => JSON.parse(readFileSync(join(drop, file), 'utf8')) as object);
    expect(payloads[0]).toMatchObject({ sessionID: 'ses_1' });
    expect(payloads[0]).not.toHaveProperty('parentID');
    expect(payloads[2]).toMatchObject({ sessionID: 'ses_2', parentID: 'ses_1', status: { type: 'busy' } });
    expect(JSON.stringify(payloads[3])).not.toContain('geheim');
  });
});

const nth = (file: string): number => Number(/-(\d+)\.json$/.exec(file)?.[1]);

describe('bash sidecar, in a real bash', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'rh-sidecar-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('F:B8 writes valid JSON whatever the command and the directory are called', async () => {
    const resolved = resolveSpawn(
      await shipped('bash'),
      { ...request, tmpDir: home, cwd: home },
      process.env,
    );
    expect(resolved.argv).toEqual(['bash']);
    writeFileSync(join(home, 'old-history'), 'secret-of-another-shell\n');
    const odd = String.raw`a "quoted" \ dir`;
    const run = (script: string): unknown => {
      spawnSync('bash', ['--norc', '-i'], {
        cwd: home,
        input: script,
        env: { ...resolved.env, HOME: home, HISTFILE: join(home, 'old-history') },
        stdio: ['pipe', 'ignore', 'ignore'],
        timeout: 10_000,
      });
      return JSON.parse(readFileSync(resolved.sidecarFile ?? '', 'utf8')) as unknown;
    };
    const hard = String.raw`printf '"%s\\\n' "x y"; (exit 3)`;
    expect(run(`mkdir '${odd}'; cd '${odd}'\n${hard}\n`)).toEqual({
      cwd: join(home, odd),
      exit_code: 3,
      last_cmd: hard,
    });
    expect(run("mkdir $'a\\nb'; cd $'a\\nb'\n")).toMatchObject({ cwd: join(home, 'a b') });
    expect(run('\n')).toMatchObject({ last_cmd: '' });
  });
});

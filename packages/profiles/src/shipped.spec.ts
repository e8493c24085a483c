// The shipped profiles and the template: they load, resolve, and do what their comments say.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { profileFileSchema, profileJsonSchema, loadProfiles, resolveSpawn, supportsResume } from './index.js';
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

describe('shipped profiles', () => {
  it('all load without a problem, and the template is not one of them', async () => {
    const { profiles, problems } = await loadProfileDirectories([directory]);
    expect(problems).toEqual([]);
    expect(profiles.map(({ profile }) => profile.name)).toEqual(['bash', 'claude']);
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
    expect(Number(fresh.env['OTEL_METRIC_EXPORT_INTERVAL'])).toBeLessThanOrEqual(5000);
    expect(fresh.env['OTEL_LOGS_EXPORT_INTERVAL']).toBe('1000');
  });

  it('the JSON Schema names every field and is plain JSON', () => {
    const schema = profileJsonSchema();
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema).toMatchObject({ required: ['name'], additionalProperties: false });
    expect(parseText(JSON.stringify({ a: 1 }))).toHaveProperty('data', { a: 1 });
  });
});

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

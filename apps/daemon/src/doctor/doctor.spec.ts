// The doctor of a daemon: silent on a healthy one, and each fault is found by the one check that names its cure.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diagnose, exitCodeOf, newId, nodeFiles, silentLogger } from '@roundhouse/kit';
import { protocolVersions } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.js';
import { KeeperHost } from '../keeper-host/keeper-host.js';
import { daemonChecks } from './checks.js';
import { doctorCommand } from './command.js';
import type { DaemonFacts } from './facts.js';

const hub = { url: 'https://hub', failure: null, ready: true, protocol: protocolVersions };
const program = { profile: 'claude', program: 'claude', found: true, own: false };
const healthy: DaemonFacts = {
  settingProblems: [],
  nodeVersion: 'v22.1.0',
  stateDir: { path: '/s', exists: true, writable: true, mode: 0o700, freeBytes: 5e9 },
  secretFiles: [{ path: '/s/host.json', mode: 0o600 }],
  settingFiles: [{ path: '/etc/roundhouse/roundhouse.yaml', mode: 0o640 }],
  descriptorLimit: null,
  skewMs: 900,
  registration: 'good',
  hasJoinToken: false,
  hub,
  running: false,
  otlp: { port: 4318, explicit: true, state: 'free' },
  forward: { url: 'http://collector', failure: null },
  roots: [{ path: '/src', readable: true }],
  profileProblems: [],
  programs: [program, { ...program, profile: 'pi', found: false }],
  git: 'git version 2.39.5',
  keeperHost: null,
  keepers: [{ sessionId: 'a', alive: true, socket: true }],
  worktrees: [{ path: '/w', there: true, session: true }],
};

const faults: readonly [id: string, code: 1 | 2, fault: Partial<DaemonFacts>, found: RegExp, fix: RegExp][] =
  [
    ['registration', 2, { registration: 'missing' }, /not registered/, /JOIN_TOKEN/],
    ['registration', 2, { registration: 'damaged' }, /damaged/, /JOIN_TOKEN/],
    ['hub', 2, { hub: { ...hub, failure: 'ECONNREFUSED', ready: false } }, /ECONNREFUSED/, /HUB_URL/],
    ['hub-ready', 1, { hub: { ...hub, ready: false } }, /not ready/, /doctor/],
    ['hub-version', 2, { hub: { ...hub, protocol: { min: 8, max: 9 } } }, /8 to 9/, /Update the older/],
    ['otlp-port', 2, { otlp: { port: 4318, explicit: true, state: 'taken' } }, /4318 is taken/, /OTLP_PORT/],
    [
      'otlp-forward',
      1,
      { forward: { url: 'http://c', failure: 'ENOTFOUND' } },
      /http:\/\/c: ENOTFOUND/,
      /collector/,
    ],
    ['project-roots', 1, { roots: [{ path: '/gone', readable: false }] }, /\/gone/, /PROJECTS_ROOT/],
    ['profiles', 2, { profileProblems: ['/p/x.yaml: name: wrong'] }, /x\.yaml/, /profiles:check/],
    ['agents', 2, { programs: [{ ...program, found: false }] }, /No agent/, /Install/],
    ['agents', 1, { programs: [program, { ...program, own: true, found: false }] }, /claude/, /PATH/],
    ['git', 2, { git: null }, /cannot be run/, /Install git/],
    ['git', 1, { git: 'git version 2.20.1' }, /2\.20/, /Install git/],
    ['keeper-host', 2, { keeperHost: 'It does not answer' }, /answer/, /Keepers apart/],
    ['keepers', 1, { keepers: [{ sessionId: 'a', alive: false, socket: false }] }, /Session a/, /resumed/],
    [
      'sockets',
      2,
      { keepers: [{ sessionId: 'a', alive: true, socket: false }] },
      /socket of session a/,
      /Stop/,
    ],
    ['worktrees', 1, { worktrees: [{ path: '/w', there: false, session: true }] }, /\/w is gone/, /prune/],
    [
      'worktrees',
      1,
      { worktrees: [{ path: '/w', there: true, session: false }] },
      /no session/,
      /git worktree/,
    ],
  ];

describe('the checks of a daemon', () => {
  it('find nothing on a healthy one, before it is registered, and beside one that runs', () => {
    expect(diagnose(daemonChecks, healthy)).toEqual([]);
    expect(diagnose(daemonChecks, { ...healthy, registration: 'missing', hasJoinToken: true })).toEqual([]);
    expect(diagnose(daemonChecks, { ...healthy, running: true, otlp: null })).toEqual([]);
    // Another port is taken by itself.
    const taken = { port: 4318, explicit: false, state: 'taken' } as const;
    expect(diagnose(daemonChecks, { ...healthy, otlp: taken })).toEqual([]);
  });

  it.each(faults)('%s (%i) is found, alone, with its cure', (id, code, fault, ...texts) => {
    const [found, fix] = texts;
    const findings = diagnose(daemonChecks, { ...healthy, ...fault });
    expect(findings).toMatchObject([{ id }]);
    expect(findings[0]?.found).toMatch(found);
    expect(findings[0]?.fix).toMatch(fix);
    expect(exitCodeOf(findings)).toBe(code);
  });

  it('each have an id, a cure and a line of documentation; those of its own a fault that proves them', () => {
    const ids = daemonChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, doc, fix } of daemonChecks) expect(`${id} ${doc} ${fix}`).toMatch(/^[a-z-]+ .*\. .*\.$/);
    const proven = new Set(faults.map(([id]) => id));
    expect(ids.filter((id) => !proven.has(id))).toEqual([
      ...[
        'settings',
        'node',
        'state-dir',
        'state-mode',
        'secret-mode',
        'settings-mode',
        'disk',
        'descriptors',
        'clock',
      ],
    ]);
  });
});

describe('the doctor of a daemon', () => {
  let dir: string;
  let url: string;
  let date: string | null = null;
  const server = createServer((_request, response) => {
    if (date !== null) response.setHeader('Date', date);
    response.end(JSON.stringify({ status: 'ready', protocol: protocolVersions }));
  });
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'rh-doctor-'));
    await mkdir(path.join(dir, 'bin'));
    await mkdir(path.join(dir, 'state'), { mode: 0o700 });
    await mkdir(path.join(dir, 'profiles'));
    for (const name of ['bash', 'git']) await symlink(`/usr/bin/${name}`, path.join(dir, 'bin', name));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  afterAll(async () => {
    server.close();
    await rm(dir, { recursive: true, force: true });
  });

  async function run(env: Record<string, string> = {}, searched = path.join(dir, 'bin')) {
    const stateDir = path.join(dir, 'state');
    const settings = {
      ...{
        HUB_URL: url,
        JOIN_TOKEN: 'rhj_x',
        OTLP_PORT: '0',
        PROJECTS_ROOT: dir,
        ROUNDHOUSE_STATE_DIR: stateDir,
      },
      ...env,
    };
    const shippedProfiles = path.resolve(import.meta.dirname, '../../../../profiles');
    const load = () =>
      readConfig(settings, { isRoot: false, homeDir: dir, shippedProfiles, files: nodeFiles });
    let text = '';
    const write = (part: string) => void (text += part);
    await doctorCommand({ load, env: { PATH: searched }, stateDir, args: ['--json'], write });
    const { findings } = JSON.parse(text) as { findings: { id: string }[] };
    return findings.map(({ id }) => id).filter((id) => id !== 'disk');
  }

  it('looks at a real machine without changing it', async () => {
    expect(await run()).toEqual([]);
    expect(await run({ HUB_URL: 'http://127.0.0.1:1' })).toEqual(['hub']);
    expect(await run({ HUB_URL: 'nowhere' })).toEqual(['settings']);
    expect(await run({ PROJECTS_ROOT: '/nowhere/at/all' })).toEqual(['project-roots']);
    expect(await run({ OTLP_PORT: new URL(url).port })).toEqual(['otlp-port']);
    expect(await run({ OTLP_FORWARD_URL: 'http://127.0.0.1:1' })).toEqual(['otlp-forward']);
    expect(await run({}, '/nowhere')).toEqual(['agents', 'git']);
    expect(await run({ ROUNDHOUSE_KEEPERS: 'apart' })).toEqual(['keeper-host']);
    date = new Date(Date.now() - 3_600_000).toUTCString();
    expect(await run()).toEqual(['clock']);
    date = null;
    const yaml = path.join(dir, 'state', 'roundhouse.yaml');
    await writeFile(yaml, 'daemon:\n  otlp_forward_headers: x-key=canary\n', { mode: 0o644 });
    expect(await run()).toEqual(['settings-mode']);
    await chmod(yaml, 0o600);
    expect(await run()).toEqual([]);
    await rm(yaml);
    await writeFile(path.join(dir, 'profiles', 'mine.yaml'), 'name: [');
    expect(await run({ PROFILES_DIR: path.join(dir, 'profiles') })).toEqual(['profiles']);
  });

  it('finds agents where a keeper host starts them, and one that was not named', async () => {
    const around = { stateDir: path.join(dir, 'state'), path: path.join(dir, 'bin') };
    const host = await KeeperHost.start({ ...around, logger: silentLogger() });
    expect(await run({ ROUNDHOUSE_KEEPERS: 'apart' }, '/nowhere')).toEqual(['git']);
    expect(await run()).toEqual(['keeper-host']);
    await host.dispose();
  });

  it('finds sessions without keepers, worktrees that are gone, and files that are open to others', async () => {
    const state = path.join(dir, 'state');
    const sessionId = newId();
    const session = {
      ...{ version: 1, sessionId, epoch: 1, commandId: newId(), profile: 'bash', mode: 'new', project: '/p' },
      ...{ worktree: true, cwd: '/w', branch: null, remoteUrl: null, cols: 80, rows: 24, state: 'running' },
      ...{ reason: null, stop: null, telemetryTokenHash: null, conversationId: null, agent: null },
      ...{ socketPath: null, startedAt: null },
    };
    await mkdir(path.join(state, 'sessions', sessionId), { recursive: true });
    await writeFile(path.join(state, 'sessions', sessionId, 'session.json'), JSON.stringify(session));
    const worktree = {
      ...{
        event: 'created',
        sessionId,
        project: '/p',
        path: '/nowhere/w',
        branch: 'b',
        base: 'a'.repeat(40),
      },
      ...{ baseBranch: null, commonDir: '/p/.git', gitDir: null, at: new Date().toISOString() },
    };
    await writeFile(path.join(state, 'worktrees.jsonl'), `${JSON.stringify(worktree)}\n`);
    await writeFile(path.join(state, 'host.json'), '{');
    await chmod(path.join(state, 'host.json'), 0o644);
    expect(await run({ JOIN_TOKEN: '' })).toEqual(['secret-mode', 'registration', 'keepers', 'worktrees']);
  });
});

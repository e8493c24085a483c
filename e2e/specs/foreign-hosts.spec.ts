// A host that lies, and a hub that lies: neither gets further than its own.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import type { DaemonProcess } from '../stack/daemon.js';
import { FakeHub } from '../stack/fake-hub.js';
import { makeRepository } from '../stack/git-repo.js';
import { hubUnderTest } from '../stack/paths.js';
import { agentsOf } from '../stack/processes.js';
import type { Body } from '../stack/rest.js';
import { RogueDaemon } from '../stack/rogue-daemon.js';
import { Stack } from '../stack/stack.js';
import { toldProfile } from '../stack/told-agent.js';
import { until } from '../stack/wait.js';
import type { Viewer } from '../stack/viewer.js';

let stack: Stack;
let daemon: DaemonProcess;
let rogue: RogueDaemon;
let project: string;
let sessionId: string;
let viewer: Viewer;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  stack = await Stack.start({ hubEntry: hubUnderTest });
  daemon = stack.makeDaemon('honest');
  project = makeRepository(daemon.root, 'engine');
  const { id, joinToken } = await stack.rest.ok('POST', 'hosts', { name: 'honest' });
  daemon.hostId = id;
  daemon.start(joinToken);
  await stack.online(daemon);
  const other = await stack.rest.ok('POST', 'hosts', { name: 'rogue' });
  rogue = await RogueDaemon.connect(stack.hub.url, other.joinToken);
  sessionId = (await stack.running(daemon, { project })).id;
  viewer = await stack.view(sessionId);
});
test.afterAll(async () => {
  rogue.close();
  await stack.stop();
});

const audited = async (): Promise<number> => {
  const sql = `SELECT count(*) AS n FROM audit_events WHERE code = 'HOST_FORBIDDEN' AND subject_id = '${sessionId}'`;
  return Number((await stack.hub.program.order('sql', { sql }))[0].n);
};

test('R:H3 output, exit, telemetry, facts and reports of another host’s session are dropped and audited', async () => {
  await viewer.type('echo mine-$((1+1))\r');
  await viewer.sees('mine-2');
  const before = await stack.session(sessionId);
  const at = { sessionId, epoch: 1 };
  rogue.emit('terminal.output', { ...at, offset: viewer.offset, data: Buffer.from('FORGED') });
  rogue.emit('terminal.resized', { ...at, offset: viewer.offset, cols: 33, rows: 11 });
  rogue.emit('terminal.gap', { ...at, from: viewer.offset, to: viewer.offset + 100 });
  rogue.emit('terminal.exit', { ...at, offset: viewer.offset, exit: { exitCode: 99, signal: null } });
  const forged = { kind: 'waiting', waitsFor: 'permission', source: 'hook', why: 'forged' };
  rogue.emit('session.activity', {
    ...at,
    activity: { ...forged, since: new Date().toISOString(), ask: null, until: null },
  });
  const usage = {
    rev: 99,
    model: 'forged',
    tokens: { input: 1, output: 1, cacheRead: 1, cacheCreation: 1 },
    costNanos: 1,
    costSource: 'reported',
    context: null,
  };
  const bodies = [
    { kind: 'session.exited', ...at, exitCode: 99, signal: null, offset: 5 },
    { kind: 'session.usage', ...at, usage },
    { kind: 'session.lost', ...at, state: 'lost', reason: { code: 'KEEPER_LOST', message: 'x', hint: 'x' } },
  ];
  const facts = bodies.map((body, index) => ({ seq: index + 1, at: new Date().toISOString(), body }));
  await rogue.ask('outbox.push', { stream: randomUUID(), facts });
  const { pid, cwd, cols, rows, profile, mode, branch, remoteUrl, worktree, startedAt } = before;
  const where = { project, cwd, branch, remoteUrl, worktree, pid, cols, rows, warnings: [], startedAt };
  const report = { ...at, state: 'exited', profile, mode, ...where };
  await rogue.hello(2, [report]);
  await rogue.hello(2, [{ ...report, state: 'running', epoch: 7 }]);
  await viewer.type('echo still-$((1+1))\r');
  await viewer.sees('still-2');
  expect(viewer.text).not.toContain('FORGED');
  expect([
    ...viewer.faults,
    ...viewer.gaps,
    ...viewer.resized.filter(({ cols: wide }) => wide === 33),
  ]).toEqual([]);
  expect(viewer.exit).toBeNull();
  const after = await stack.session(sessionId);
  // What it does is told by its own host, meanwhile too.
  const own = { version: 0, activity: null, sidecar: null };
  expect({ ...after, ...own }).toEqual({ ...before, ...own });
  expect(JSON.stringify(after)).not.toContain('forged');
  expect(await audited()).toBeGreaterThanOrEqual(1);
});

test('R:H4 a host that tries to listen in gets nothing: two thousand attempts, no frame', async () => {
  rogue.frames.length = 0;
  const names = [
    ...['session.attach', 'session.input', 'session.control', 'terminal.open', 'terminal.input', 'command'],
    ...[
      'join',
      'subscribe',
      'room',
      'auth.accepted',
      'status',
      'inventory',
      'hello',
      'outbox.push',
      'entity.changed',
    ],
  ];
  const payloads: (() => unknown)[] = [
    () => ({ sessionId }),
    () => ({ sessionId, epoch: 1, from: 0, fromOffset: 0 }),
    () => ({ id: daemon.hostId, hostId: daemon.hostId, room: sessionId }),
    () => [sessionId, daemon.hostId],
    () => `${daemon.hostId}`,
    () => randomBytes(64),
    () => null,
  ];
  for (let attempt = 0; attempt < 10_000; attempt += 1) {
    if (!rogue.connected) break;
    const name = names[attempt % names.length] ?? '';
    rogue.emit(name, payloads[attempt % payloads.length]?.());
  }
  await viewer.type('echo secret-words-$((1+1))\r');
  await viewer.sees('secret-words-2');
  expect(rogue.frames.filter(({ event }) => event !== 'auth.refused')).toEqual([]);
  expect(JSON.stringify(rogue.frames)).not.toContain(sessionId);
  expect((await stack.session(sessionId)).state).toBe('running');
});

const codeOf = async (answer: Promise<Body>): Promise<string> => {
  const { ok, error } = await answer;
  return ok ? 'taken' : error.code;
};

/** What the host has noted. */
const refusals = ({ stateDir }: DaemonProcess): Body[] =>
  readFileSync(path.join(stateDir, 'refusals.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('R:H8 a hub that asks for what this host forbids: refused by the local policy, and noted', async () => {
  const hub = new FakeHub();
  await hub.start();
  const prey = stack.makeDaemon('prey', { hubUrl: hub.url });
  try {
    const inside = makeRepository(prey.root, 'inside');
    const outside = path.join(stack.base, 'outside');
    mkdirSync(outside);
    makeRepository(outside, 'secret');
    symlinkSync(path.join(outside, 'secret'), path.join(prey.root, 'escape'));
    writeFileSync(path.join(prey.stateDir, 'policy.yaml'), 'profiles: [bash, phantom]\nmax_sessions: 2\n');
    prey.start(hub.joinToken);
    await hub.connected();
    for (const where of [
      '/etc',
      '/',
      path.join(outside, 'secret'),
      `${prey.root}/../../outside/secret`,
      path.join(prey.root, 'escape'),
    ]) {
      expect(await codeOf(hub.spawn({ project: where })), where).toBe('PATH_OUTSIDE_ROOTS');
      expect(await codeOf(hub.ask('project.trust', { path: where })), where).toBe('PATH_OUTSIDE_ROOTS');
    }
    expect(await codeOf(hub.spawn({ project: inside, profile: 'claude' }))).toBe('POLICY_REFUSED');
    expect(await codeOf(hub.spawn({ project: inside, profile: '../../etc/passwd' }))).toBe(
      'VALIDATION_FAILED',
    );
    expect(await codeOf(hub.spawn({ project: inside, sessionId: '../../../tmp/x' }))).toBe(
      'VALIDATION_FAILED',
    );
    const phantom = randomUUID();
    if ((await codeOf(hub.spawn({ project: inside, profile: 'phantom' }, phantom))) === 'taken') {
      const failed = await until(() => hub.facts.find((fact) => fact.sessionId === phantom), {
        what: 'the failure',
      });
      expect(failed).toMatchObject({ kind: 'session.failed', reason: { code: 'PROFILE_NOT_FOUND' } });
    }
    // A worktree without trust never runs git there.
    const untrusted = randomUUID();
    if ((await codeOf(hub.spawn({ project: inside, worktree: true }, untrusted))) === 'taken') {
      const failed = await until(() => hub.facts.find((fact) => fact.sessionId === untrusted), {
        what: 'the refusal',
      });
      expect(failed).toMatchObject({ kind: 'session.failed', reason: { code: 'PROJECT_UNTRUSTED' } });
    }
    expect(agentsOf(path.join(stack.base, 'prey'))).toEqual([]);
    const codes = refusals(prey).map(({ code }) => code);
    for (const code of ['PATH_OUTSIDE_ROOTS', 'POLICY_REFUSED', 'PROFILE_NOT_FOUND', 'PROJECT_UNTRUSTED']) {
      expect(codes).toContain(code);
    }
    // What is allowed still is.
    expect(await codeOf(hub.spawn({ project: inside }))).toBe('taken');
    await until(() => hub.facts.some(({ kind }) => kind === 'session.started'), { what: 'the honest spawn' });
  } finally {
    await prey.stop();
    hub.stop();
  }
});

const skip = '--dangerously-skip-permissions';
const never = { options: { permissionMode: 'bypassPermissions' } };
/** Three agents: all that is missing for one is the word of a person, for the others the profile's or the host's. */
function modeProfiles(base: string): { PROFILES_DIR: string } {
  const env = toldProfile(base, 'bypassPermissions');
  const text = readFileSync(path.join(env.PROFILES_DIR, 'claude.yaml'), 'utf8');
  const named = (name: string): string => text.replace('name: claude', `name: ${name}`);
  writeFileSync(path.join(env.PROFILES_DIR, 'unlisted.yaml'), named('unlisted'));
  const strict = named('strict').replace('ceiling: bypassPermissions', 'ceiling: acceptEdits');
  writeFileSync(path.join(env.PROFILES_DIR, 'strict.yaml'), strict);
  return env;
}

/** Orders of a hub that wants more than it may, and what the host says to each. */
function orders(inside: string): [code: string, op: object][] {
  const args = (...words: string[]) => ({ options: { args: words }, confirmBypass: 'inside' });
  const claude = (op: object) => ({ profile: 'claude', project: inside, ...op });
  const named = { ...never, confirmBypass: 'inside' };
  const without = (name: string) =>
    [
      named,
      args(skip),
      args(`${skip}=true`),
      args('--verbose', '--permission-mode', 'bypassPermissions'),
      args('--permission-mode=auto'),
    ].map((op) => ({ ...op, profile: name, project: inside }));
  const words = ['Inside', 'inside ', '', '.', '..', inside].map((confirmBypass) => ({ confirmBypass }));
  const invalid = [
    ...[skip, '-c', 'opus --x', `opus\n${skip}`, ''].map((model) => ({ options: { model } })),
    ...[skip, '-c', 'a\nb', '../../x', 'a b', ''].map((conversation) => ({ mode: 'resume', conversation })),
    { options: { yolo: true } },
    { options: { permissionMode: ['bypassPermissions'] } },
    { options: { args: ['a\0b'] } },
    { options: { env: { 'A=B': 'x' } } },
    { mode: 'resume', resume: skip },
    { project: 'src/inside' },
    { task: '\u001b[201~' },
  ];
  return [
    ...[...without('strict'), ...without('unlisted')].map((op): [string, object] => ['BYPASS_REFUSED', op]),
    ...[{}, ...words].map((said): [string, object] => ['BYPASS_REFUSED', claude({ ...never, ...said })]),
    // Another way to write the same place does not choose the word.
    ['BYPASS_REFUSED', claude({ ...never, project: `${inside}/`, confirmBypass: '' })],
    ['BYPASS_REFUSED', claude({ ...never, project: `${inside}/.`, confirmBypass: '.' })],
    ['BYPASS_REFUSED', claude({ options: { permissionMode: 'constructor' }, confirmBypass: 'inside' })],
    ['OPTION_UNKNOWN', claude({ options: { preset: 'yolo' } })],
    ['OPTION_UNKNOWN', claude({ options: { preset: skip } })],
    ['OPTION_UNKNOWN', claude(args('--settings', '{}'))],
    ['OPTION_UNKNOWN', claude(args('--settings={"permissions":{"defaultMode":"bypassPermissions"}}'))],
    ['OPTION_UNKNOWN', claude({ options: { env: { ROUNDHOUSE_SESSION: randomUUID() } } })],
    ['SECRET_IN_OPTIONS', claude({ options: { env: { API_KEY: 'sk-0123456789abcdef0123' } } })],
    ['POLICY_REFUSED', claude({ options: { envNames: ['AWS_PROFILE'] } })],
    ['POLICY_REFUSED', { ...named, profile: 'bash', project: inside }],
    ['PATH_OUTSIDE_ROOTS', { ...never, profile: 'claude', project: '/etc', confirmBypass: 'etc' }],
    ...invalid.map((op): [string, object] => ['VALIDATION_FAILED', claude(op)]),
  ];
}

test('R:T16 a hub that wants an agent to act without asking: every way is refused by the host itself, noted there, and starts nothing', async () => {
  const hub = new FakeHub();
  await hub.start();
  const prey = stack.makeDaemon('bold', { hubUrl: hub.url, env: modeProfiles(stack.base) });
  const running = () => agentsOf(path.join(stack.base, 'bold'));
  try {
    const inside = makeRepository(prey.root, 'inside');
    const toy = makeRepository(prey.root, 'toy');
    writeFileSync(
      path.join(prey.stateDir, 'policy.yaml'),
      `profiles: [claude, strict, unlisted]
permission_mode_ceiling: { claude: bypassPermissions, strict: bypassPermissions }
env_deny: [AWS_*]
`,
    );
    prey.start(hub.joinToken);
    await hub.connected();
    const wanted = orders(inside);
    for (const [code, op] of wanted) expect(await codeOf(hub.spawn(op)), JSON.stringify(op)).toBe(code);
    await until(() => refusals(prey).length === wanted.length, { what: 'each is noted' });
    expect(refusals(prey).map(({ code }) => code)).toEqual(wanted.map(([code]) => code));
    expect(JSON.stringify(refusals(prey))).not.toContain('sk-0123456789abcdef0123');
    expect(readdirSync(path.join(prey.stateDir, 'sessions'))).toEqual([]);
    // An id that is none of this agent's never becomes a word of its command.
    const odd = randomUUID();
    const resumed = { profile: 'claude', project: inside, mode: 'resume', conversation: 'dangerously.skip' };
    expect(await codeOf(hub.spawn(resumed, odd))).toBe('taken');
    const failed = await until(() => hub.facts.find(({ sessionId: id }) => id === odd), { what: 'its end' });
    expect(failed).toMatchObject({ kind: 'session.failed', reason: { code: 'CONVERSATION_NOT_FOUND' } });
    expect(running()).toEqual([]);
    expect(hub.facts.filter(({ kind }) => kind === 'session.started')).toEqual([]);

    // One that asks runs, and is not led further than that.
    const id = randomUUID();
    expect(await codeOf(hub.spawn({ profile: 'claude', project: inside }, id))).toBe('taken');
    const words = path.join(inside, '.words');
    const started = await until(() => read(words), { what: 'the agent runs' });
    expect(started).not.toContain('ermission');
    // Its shell becomes the agent a moment after it wrote that.
    const isAlone = () =>
      running()
        .map(({ command }) => command)
        .join() === 'cat';
    await until(isAlone, { what: 'it waits for input' });
    const model = (name: string, epoch = 1) =>
      hub.ask('session.model', { sessionId: id, epoch, model: name });
    for (const name of [skip, '-c', 'opus\r!id', 'opus\n!id', '']) {
      expect(await codeOf(model(name)), JSON.stringify(name)).toBe('OPTION_UNKNOWN');
    }
    expect(await codeOf(model('opus'))).toBe('CONFLICT');
    expect(await codeOf(model('opus', 2))).toBe('STALE_EPOCH');
    // The name is that of the project where it would run.
    const beside = { ...never, profile: 'claude', project: toy, confirmBypass: 'toy' };
    expect(await codeOf(hub.spawn({ ...beside, companionOf: id }))).toBe('BYPASS_REFUSED');
    expect(isAlone()).toBe(true);
    expect(refusals(prey).filter(({ sessionId: of }) => of === id)).toHaveLength(5);
    await hub.end(id);
    await until(() => hub.facts.some(({ kind }) => kind === 'session.exited'), { what: 'its end' });
    await until(() => running().length === 0, { what: 'its processes are gone' });
    const again = { profile: 'claude', project: inside, mode: 'resume', epoch: 2 };
    expect(await codeOf(hub.spawn({ ...again, ...never }, id))).toBe('BYPASS_REFUSED');
    expect(await codeOf(hub.spawn({ ...again, ...beside, epoch: 2 }, id))).toBe('BYPASS_REFUSED');
    expect(await codeOf(hub.spawn({ ...again, conversation: skip }, id))).toBe('VALIDATION_FAILED');
    expect(running()).toEqual([]);
    // With all three keys it does start: nothing else held the others back.
    expect(await codeOf(hub.spawn({ ...again, ...never, confirmBypass: 'inside' }, id))).toBe('taken');
    await until(() => read(words)?.includes('bypassPermissions'), { what: 'it runs without asking' });
  } finally {
    await prey.stop();
    hub.stop();
  }
});

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

test('a hub that cannot prove the key that the host enrolled with is refused for good', async () => {
  const hub = new FakeHub();
  await hub.start();
  const prey = stack.makeDaemon('careful', { hubUrl: hub.url });
  try {
    prey.start(hub.joinToken);
    await hub.connected();
    await prey.stop();
    hub.changeKey();
    prey.start();
    expect((await prey.program.ended).code).toBe(3);
    expect(prey.program.tail()).toContain('The hub could not prove its key');
  } finally {
    hub.stop();
  }
});

// The whole way of an agent's hooks and settings: real keepers, the relay, a program that runs hooks as Claude Code does.
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@roundhouse/kit';
import type { SpawnOp } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../keeper/testing/keeper-rig.js';
import type { AgentStart, PreparedAgent } from '../../sessions/agent-life.js';
import { SessionDir } from '../../sessions/session-record.js';
import type { SessionManager } from '../../sessions/session-manager.js';
import { SessionBed } from '../../sessions/testing/session-bed.js';
import type { HookEvent } from '../hooks/hook-event.js';
import { createHookIntake, type HookIntake } from '../hooks/hook-intake.js';
import { installRelay } from '../relay/relay-install.js';
import { installFakeAgent, snapshotOf } from '../testing/fake-agent.js';
import { createAgentOverlay } from './agent-overlay.js';

const profile = {
  binary: 'fake',
  commands: { new: ['fake'], resume: ['fake', '--resume'] },
  hooks: {
    events: [
      ...['SessionStart', 'SessionEnd', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest'],
      ...['PostToolUse', 'Stop'],
    ],
    timeout: 5,
  },
  overlay: {
    files: {
      'settings.json': { hooks: '{hooks}', statusLine: { type: 'command', command: '{relay} status' } },
    },
    args: ['--settings', '{overlay}/settings.json'],
    settings_file: 'settings.json',
  },
  status_line: {
    user_files: ['.claude/settings.json', '$FAKE_HOME/settings.json', '~/.claude/settings.json'],
    user_key: 'statusLine.command',
  },
  spawn_settings: { '~/.claude/settings.json': { theirs: 'ours', missing: { deep: true } } },
};

let bed: SessionBed;
let home: string;
let hooks: HookIntake;
let trusted: boolean;
let heard: HookEvent[];
let prepared: PreparedAgent | null;
let starts: AgentStart[];

beforeEach(async () => {
  bed = new SessionBed();
  home = join(bed.base, 'home');
  mkdirSync(join(home, '.claude'), { recursive: true });
  const bin = join(bed.base, 'bin');
  installFakeAgent(bin, ['fake']);
  bed.env = { HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  heard = [];
  starts = [];
  prepared = null;
  trusted = false;
  hooks = createHookIntake({ clock: systemClock, logger: silentLogger() });
  hooks.onHook((event) => {
    heard.push(event);
  });
  bed.watchers.push(hooks);
  const relay = await installRelay(bed.stateDir, Date.now());
  const overlay = createAgentOverlay({
    ...{ relay, hooks, baseEnv: bed.env },
    trust: { isTrusted: () => Promise.resolve(trusted) },
  });
  bed.prepareAgent = async (start) => {
    starts.push(start);
    prepared = await overlay(start, new AbortController().signal);
    return prepared;
  };
});
afterEach(async () => {
  await hooks.dispose();
  await bed[Symbol.asyncDispose]();
});

const settings = (text: object) => {
  writeFileSync(join(home, '.claude/settings.json'), JSON.stringify(text));
};
const events = () => heard.filter(({ event }) => event !== 'status').map(({ event }) => event);
const overlayOf = ({ sessionId }: SpawnOp): unknown =>
  JSON.parse(readFileSync(join(new SessionDir(bed.stateDir, sessionId).overlay, 'settings.json'), 'utf8'));

async function started(change: Partial<SpawnOp> = {}): Promise<{ sessions: SessionManager; op: SpawnOp }> {
  await bed.profile('fake', '', { fields: profile });
  const { sessions } = await bed.daemon();
  const op = await bed.spawn(sessions, 'fake', change);
  const { begin } = await sessions.require(op.sessionId).output.openStream(op.epoch, 0);
  await begin();
  await eventually(() => bed.received.text.includes('READY'), bed.received.text);
  return { sessions, op };
}

async function typed({ sessions, op }: { sessions: SessionManager; op: SpawnOp }, text: string, seq: number) {
  await sessions.require(op.sessionId).output.input(op.epoch, 'test', seq, Buffer.from(`${text}\r`));
}

it('every hook of a turn is heard, in order, and the user sees nothing of it', async () => {
  const run = await started();
  await typed(run, 'touch x', 1);
  await eventually(() => bed.received.text.includes('TURN 1'), 'asked');
  await typed(run, 'y', 2);
  await eventually(() => bed.received.text.includes('TURN 2'), 'answered');
  await typed(run, '/exit', 3);
  await bed.fact('session.exited', run.op);
  await eventually(() => events().includes('SessionEnd'), events().join());
  expect(events()).toEqual(profile.hooks.events.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  const request = heard.find(({ event }) => event === 'PermissionRequest');
  expect(request).toMatchObject({ sessionId: run.op.sessionId, epoch: 1 });
  expect(request?.payload).toMatchObject({ tool_name: 'Bash', tool_input: { command: 'touch x' } });
  expect(bed.received.text).not.toContain('HOOK ERROR');
  expect(bed.received.text).toContain('STATUS[]');
});

const order = [
  ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'PostToolUse', 'Stop'],
  'SessionEnd',
];

it('nothing is written to the home directory or the project, and everything is private', async () => {
  settings({ theirs: 1, statusLine: { type: 'command', command: 'echo mine' } });
  bed.makeRepository();
  const before = [snapshotOf(home), snapshotOf(bed.project)];
  const run = await started();
  await typed(run, '/exit', 1);
  await bed.fact('session.exited', run.op);
  expect([snapshotOf(home), snapshotOf(bed.project)]).toEqual(before);
  const { overlay } = new SessionDir(bed.stateDir, run.op.sessionId);
  expect(statSync(overlay).mode & 0o777).toBe(0o700);
  expect(statSync(join(overlay, 'settings.json')).mode & 0o777).toBe(0o600);
  await run.sessions.forget(run.op.sessionId);
  expect(readdirSync(join(bed.stateDir, 'sessions'))).toEqual([]);
});

it("the user's own hooks and status line go on working beside ours", async () => {
  const log = join(bed.base, 'own-hooks');
  settings({
    hooks: { SessionStart: [{ hooks: [{ type: 'command', command: `cat >> ${log}` }] }] },
    statusLine: { type: 'command', command: `read -r l; echo "mine $PWD $\{#l}"` },
  });
  await started();
  await eventually(() => events().includes('SessionStart'), 'ours fired');
  expect(readFileSync(log, 'utf8')).toContain('"hook_event_name":"SessionStart"');
  expect(bed.received.text).toMatch(new RegExp(`STATUS\\[mine ${bed.project} \\d{2,}\\]`));
  await eventually(() => heard.some(({ event }) => event === 'status'), 'the status line was heard');
  expect(heard.find(({ event }) => event === 'status')?.payload).toMatchObject({
    cost: { total_cost_usd: 0.5 },
  });
});

describe('which status line is the user’s own', () => {
  const own = (name: string) => ({ statusLine: { type: 'command', command: `echo ${name}` } });

  it('that of a project only where the project is trusted', async () => {
    settings(own('home'));
    mkdirSync(join(bed.project, '.claude'));
    writeFileSync(join(bed.project, '.claude/settings.json'), `// mine\n${JSON.stringify(own('project'))}`);
    const run = await started();
    expect(bed.received.text).toContain('STATUS[home]');
    trusted = true;
    await typed(run, '/exit', 1);
    await bed.fact('session.exited', run.op);
    bed.received.gaps.length = 0;
    const again = await bed.spawn(run.sessions, 'fake', {
      sessionId: run.op.sessionId,
      epoch: 2,
      mode: 'resume',
    });
    await eventually(() => heard.some(({ event, epoch }) => epoch === 2 && event === 'status'), 'status');
    const { hooks: drop } = { hooks: new SessionDir(bed.stateDir, again.sessionId).hooks(2) };
    expect(readFileSync(join(drop, 'status-chain'), 'utf8')).toBe('echo project\n');
  });

  it('a link out of the project is not followed', async () => {
    trusted = true;
    settings(own('home'));
    writeFileSync(join(bed.base, 'elsewhere.json'), JSON.stringify(own('elsewhere')));
    mkdirSync(join(bed.project, '.claude'));
    symlinkSync(join(bed.base, 'elsewhere.json'), join(bed.project, '.claude/settings.json'));
    await started();
    expect(bed.received.text).toContain('STATUS[home]');
  });
});

describe('F:B10 settings of the agent', () => {
  it("go into the overlay where the user has none; the user's own stay", async () => {
    settings({ theirs: null });
    const { op } = await started();
    expect(overlayOf(op)).toMatchObject({ missing: { deep: true } });
    expect(overlayOf(op)).not.toHaveProperty('theirs');
    expect(prepared?.warnings).toEqual([]);
  });

  it('are not given where nobody can tell what the user has', async () => {
    writeFileSync(join(home, '.claude/settings.json'), '{ broken');
    const { op } = await started();
    expect(overlayOf(op)).not.toHaveProperty('missing');
    expect(prepared?.warnings).toEqual([expect.stringContaining('cannot be read')]);
  });
});

it('the places of its files are known to the rest of its command and its environment', async () => {
  await bed.profile('placed', '', {
    fields: { ...profile, commands: { new: ['fake', '{drop}'] }, env: { MY_OVERLAY: '{overlay}' } },
  });
  const { sessions } = await bed.daemon();
  const op = await bed.spawn(sessions, 'placed');
  const dir = new SessionDir(bed.stateDir, op.sessionId);
  const { pid } = sessions.require(op.sessionId).record.agent ?? { pid: 0 };
  const proc = (file: string): string[] => readFileSync(`/proc/${String(pid)}/${file}`, 'utf8').split('\0');
  await eventually(() => proc('cmdline').includes(dir.hooks(1)), 'the directory of events is a word');
  expect(proc('environ')).toContain(`MY_OVERLAY=${dir.overlay}`);
});

it('R:H12 the ids that an agent puts into its hooks do not make it another session', async () => {
  const { sessions, op: a } = await started();
  const { received } = bed;
  bed.env['FAKE_SESSION_ID'] = a.sessionId;
  await bed.profile('fake', '', { fields: { ...profile, env: { FAKE_SESSION_ID: a.sessionId } } });
  const b = await bed.spawn(sessions, 'fake');
  await eventually(() => heard.some(({ sessionId }) => sessionId === b.sessionId), 'b was heard');
  const told = heard.filter(({ payload }) => payload['session_id'] === a.sessionId);
  expect(new Set(told.map(({ sessionId }) => sessionId))).toEqual(new Set([b.sessionId]));
  expect(received.text).toContain('READY');
});

it('R:H15 the secret of the telemetry is in no file and no argument', async () => {
  const { op } = await started();
  const secret = starts[0]?.otlpToken ?? '';
  expect(secret).not.toBe('');
  const files = readdirSync(bed.stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect(readFileSync(file).includes(secret), file).toBe(false);
  for (const pid of await bed.processes(op.sessionId))
    expect(readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')).not.toContain(secret);
});

// The rules of the spawn form: what is chosen by itself, the worktree's default, trust, what is sent.
import { describe, expect, it } from 'vitest';
import { makeHost, makeProfile, makeProject, makeSession } from '../../testing/entities.js';
import { bodyOf, emptyDraft, formOf, orderedProjects, type Draft, type FormWorld } from './spawn-rules.js';
import { sizeFor } from './terminal-size.js';
import { willRun, willRunIn } from './will-run.js';

const api = makeProject('api');
const wild = makeProject('wild', { trusted: false });
const host = makeHost({ projects: [api, wild] });
const size = { cols: 120, rows: 34 };
const world = (change: Partial<FormWorld> = {}): FormWorld => ({
  ...{ hosts: [host], sessions: [], last: { projects: {} }, preset: {} },
  ...change,
});
const draft = (change: Partial<Draft> = {}): Draft => ({ ...emptyDraft, project: api.path, ...change });
const form = (change: Partial<Draft> = {}, around: Partial<FormWorld> = {}) =>
  formOf(draft(change), world(around));

describe('what is chosen by itself', () => {
  it('takes the first host that is online, and its first agent that is ready', () => {
    const away = makeHost({ state: 'offline' });
    const ready = makeHost({ profiles: [makeProfile('codex', { available: false }), makeProfile('bash')] });
    const { host: chosen, profile } = formOf(emptyDraft, world({ hosts: [away, ready] }));
    expect([chosen?.id, profile?.name]).toEqual([ready.id, 'bash']);
  });

  it('remembers the last choice, but never an agent or project that is gone', () => {
    const last = { hostId: host.id, profile: 'bash', projects: { [host.id]: wild.path } };
    const remembered = formOf(emptyDraft, world({ hosts: [makeHost(), host], last }));
    expect([remembered.host?.id, remembered.project?.name, remembered.profile?.name]).toEqual([
      ...[host.id, 'wild', 'bash'],
    ]);
    const gone = { ...last, profile: 'gone', projects: { [host.id]: '/gone' } };
    const other = formOf(emptyDraft, world({ last: gone }));
    expect([other.project, other.profile?.name]).toEqual([null, 'claude']);
  });

  it('lets the page that opened it decide before memory does', () => {
    const last = { profile: 'bash', projects: { [host.id]: wild.path } };
    const preset = { hostId: host.id, project: api.path, profile: 'claude' };
    const { project, profile } = formOf(emptyDraft, world({ last, preset }));
    expect([project?.name, profile?.name]).toEqual(['api', 'claude']);
  });
});

describe('what is missing', () => {
  it('is named, from host to agent', () => {
    expect(formOf(emptyDraft, world({ hosts: [] })).missing).toBe('spawn.need.host');
    expect(formOf(emptyDraft, world()).missing).toBe('spawn.need.project');
    expect(form().missing).toBeNull();
    const none = makeHost({ profiles: [makeProfile('claude', { available: false })] });
    expect(formOf(draft(), world({ hosts: [none] })).missing).toBe('spawn.need.agent');
    expect(formOf(draft(), world({ hosts: [makeHost({ state: 'unreachable' })] })).missing).toBe('offline');
  });
});

describe('the worktree', () => {
  const other = makeSession(host, { project: api.path });

  it('is on when another session works in the project, and forces a new conversation', () => {
    const on = form({ mode: 'resume' }, { sessions: [other] });
    expect(on).toMatchObject({ worktree: true, others: 1, mode: 'new', canResume: false });
  });

  it('stays off for sessions that have ended or are elsewhere', () => {
    const sessions = [
      makeSession(host, { project: api.path, state: 'exited' }),
      makeSession(host, { project: wild.path }),
      makeSession(makeHost(), { project: api.path }),
    ];
    expect(form({}, { sessions }).worktree).toBe(false);
  });

  it('obeys the person, and is off for a companion', () => {
    expect(form({ worktree: false }, { sessions: [other] }).worktree).toBe(false);
    expect(form({}, { sessions: [other], preset: { companionOf: other.id } }).worktree).toBe(false);
  });

  it('needs trust once, and sends it only when it was needed', () => {
    const asked = form({ project: wild.path, worktree: true });
    expect(asked).toMatchObject({ needsTrust: true, missing: 'spawn.need.trust' });
    const given = draft({ project: wild.path, worktree: true, trust: true });
    expect(bodyOf(given, formOf(given, world()), size, {})).toMatchObject({ trust: true, worktree: true });
    const plain = draft({ project: wild.path, trust: true });
    expect(bodyOf(plain, formOf(plain, world()), size, {})).not.toHaveProperty('trust');
  });
});

describe('what is sent', () => {
  const send = (change: Partial<Draft>) => bodyOf(draft(change), form(change), size, {});

  it('leaves out what is empty or does not apply', () => {
    expect(send({ name: '  ', task: ' ', baseBranch: 'dev' })).toEqual({
      ...{ hostId: host.id, profile: 'claude', project: api.path, mode: 'new', worktree: false, ...size },
    });
    expect(send({ profile: 'bash', task: 'typed before' })).not.toHaveProperty('task');
  });

  it('sends task, name and base branch trimmed', () => {
    expect(send({ task: ' Fix it ', name: ' fix ', baseBranch: ' dev ', worktree: true })).toMatchObject({
      ...{ task: 'Fix it', name: 'fix', baseBranch: 'dev' },
    });
  });

  it('is nothing while something is missing', () => {
    expect(bodyOf(emptyDraft, formOf(emptyDraft, world()), size, {})).toBeNull();
  });
});

describe('will run', () => {
  it('is the command of the mode with the task where it stands', () => {
    expect(willRun(form(), 'Fix the bug')).toBe("claude 'Fix the bug'");
    expect(willRun(form({ mode: 'resume' }), '')).toBe('claude --continue');
    expect(willRun(form({ profile: 'bash' }), 'ignored')).toBe('bash');
    expect(willRunIn(form())).toBe('/src/api');
    expect(willRunIn(form({ worktree: true }))).toBe('.agent-worktrees/api/…');
  });
});

it('lists repositories by name, each followed by its linked worktrees', () => {
  const linked = makeProject('zz-hotfix', { worktreeOf: api.path });
  const found = orderedProjects([wild, linked, makeProject('b10'), makeProject('b2'), api]);
  expect(found.map(({ name }) => name)).toEqual(['api', 'zz-hotfix', 'b2', 'b10', 'wild']);
});

it('computes a terminal that fits the window, within sensible limits', () => {
  expect(sizeFor(1440, 900)).toEqual({ cols: 172, rows: 41 });
  expect(sizeFor(320, 500)).toEqual({ cols: 80, rows: 24 });
  expect(sizeFor(100_000, 100_000)).toEqual({ cols: 1000, rows: 500 });
});

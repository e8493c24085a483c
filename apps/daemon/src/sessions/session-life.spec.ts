// Sessions with real keepers and shells: spawned once, stopped whole, failed without a trace, forgotten.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newId } from '@roundhouse/kit';
import { commandIdSchema, sessionIdSchema } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { readHostRoom } from './host-capacity.js';
import type { SessionManager } from './session-manager.js';
import { SessionBed } from './testing/session-bed.js';

const command = () => commandIdSchema.parse(newId());

describe('a session', () => {
  const bed = new SessionBed();
  let sessions: SessionManager;

  beforeAll(async () => {
    bed.makeRepository();
    await bed.profile('cat', 'echo ready; exec cat');
    await bed.profile('seven', 'echo bye; exit 7');
    await bed.profile(
      'stubborn',
      'trap "" HUP TERM INT; setsid sh -c \'trap "" HUP TERM; sleep 300\' & sleep 300; sleep 300',
    );
    await bed.profile('absent', '', { binary: 'no-such-agent-anywhere' });
    ({ sessions } = await bed.daemon());
  });
  afterAll(() => bed[Symbol.asyncDispose]());

  it('R:C3 runs once, however often and in parallel it is ordered', async () => {
    const op = bed.op('cat');
    const id = command();
    await Promise.all(Array.from({ length: 20 }, () => sessions.spawn(op, id)));
    await bed.fact('session.started', op);
    await sessions.spawn(op, id);
    expect(await bed.processes(op.sessionId)).toHaveLength(1);
    expect(bed.factsOf(op.sessionId)).toHaveLength(1);
    expect(sessions.hasTaken(op)).toBe(true);
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
  });

  it('tells start, exit code and length in this order, even of an agent that ends at once', async () => {
    const op = await bed.spawn(sessions, 'seven');
    const exited = await bed.fact('session.exited', op);
    expect(bed.factsOf(op.sessionId).map(({ kind }) => kind)).toEqual(['session.started', 'session.exited']);
    expect(exited).toMatchObject({ exitCode: 7, signal: null, offset: 'bye\r\n'.length });
    await eventually(() => bed.keepers().length === 0, 'the keeper ended');
    const output = sessions.require(op.sessionId).output;
    expect(Buffer.from((await output.read(1, 0)).data).toString()).toBe('bye\r\n');
    expect(await output.info(null)).toMatchObject({ oldest: 0, head: 5, exit: { exitCode: 7 } });
    await expect(output.info(2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(output.input(1, 'c', 1, Buffer.from('x'))).rejects.toMatchObject({
      code: 'SESSION_NOT_RUNNING',
    });
  });

  it('R:C22 fails within a second when the agent is missing, and leaves nothing', async () => {
    const before = bed.git('for-each-ref') + bed.git('worktree', 'list');
    const op = bed.op('absent', { worktree: true, trust: true });
    const start = performance.now();
    await sessions.spawn(op, command());
    const failed = await bed.fact('session.failed', op);
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(failed.reason.code).toBe('AGENT_NOT_FOUND');
    expect(bed.git('for-each-ref') + bed.git('worktree', 'list')).toBe(before);
    expect(bed.keepers()).toEqual([]);
  });

  it('takes its worktree back when the keeper does not start', async () => {
    await using other = new SessionBed();
    other.makeRepository();
    await other.profile('cat', 'exec cat');
    other.keeper = { entry: join(other.base, 'none.mjs'), build: 'none' };
    const daemon = await other.daemon();
    const before = other.git('for-each-ref') + other.git('worktree', 'list');
    const op = other.op('cat', { worktree: true, trust: true });
    await daemon.sessions.spawn(op, command());
    expect((await other.fact('session.failed', op)).reason.code).toBe('SPAWN_FAILED');
    expect(other.git('for-each-ref') + other.git('worktree', 'list')).toBe(before);
    expect(daemon.worktrees.get(op.sessionId)).toBeNull();
  });

  it('R:C5 stopped while it starts: no process, and one end told', async () => {
    for (const delayMs of [0, 1, 30, 120]) {
      const op = bed.op('cat', { worktree: true, trust: true });
      await sessions.spawn(op, command());
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: false });
      await eventually(() => !sessions.isRunning(op.sessionId), 'it is over', 12_000);
      await eventually(
        () =>
          bed
            .factsOf(op.sessionId)
            .some(({ kind }) => kind === 'session.failed' || kind === 'session.exited'),
        'its end is told',
      );
      expect(await bed.processes(op.sessionId)).toEqual([]);
    }
    await eventually(() => bed.keepers().length === 0, 'no keeper is left');
  });

  it('R:D22 a stop ends what ignores it and what left its group, within 6 s', async () => {
    const op = await bed.spawn(sessions, 'stubborn');
    await eventually(async () => (await bed.processes(op.sessionId)).length >= 3, 'the tree is up');
    const start = performance.now();
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: false });
    expect(sessions.report().find(({ sessionId }) => sessionId === op.sessionId)).toBeDefined();
    await bed.fact('session.exited', op);
    await eventually(async () => (await bed.processes(op.sessionId)).length === 0, 'all are gone');
    expect(performance.now() - start).toBeLessThan(6_500);
  });

  it('R:H8 refuses what the host does not allow, writes nothing, and notes it', async () => {
    const outside = join(bed.base, 'outside');
    writeFileSync(outside, '');
    symlinkSync(bed.base, join(bed.root, 'escape'));
    const before = readdirSync(join(bed.stateDir, 'sessions'));
    const asked = [
      [bed.op('cat', { project: '/etc' }), 'PATH_OUTSIDE_ROOTS'],
      [bed.op('cat', { project: join(bed.root, 'escape') }), 'PATH_OUTSIDE_ROOTS'],
      [bed.op('cat', { project: join(bed.root, '../..') }), 'PATH_OUTSIDE_ROOTS'],
      [bed.op('nobody'), 'PROFILE_NOT_FOUND'],
    ] as const;
    for (const [op, code] of asked)
      await expect(sessions.spawn(op, command())).rejects.toMatchObject({ code });
    expect(readdirSync(join(bed.stateDir, 'sessions'))).toEqual(before);
    const notes = readFileSync(join(bed.stateDir, 'refusals.jsonl'), 'utf8').trim().split('\n');
    expect(notes.map((line): unknown => JSON.parse(line).code)).toEqual(asked.map(([, code]) => code));
  });

  it('R:C26 lives on without its directory, says so, and the next one there is refused', async () => {
    const gone = join(bed.root, 'gone');
    mkdirSync(gone);
    const op = await bed.spawn(sessions, 'cat', { project: gone });
    rmSync(gone, { recursive: true });
    await sessions.look();
    const reported = sessions.report().find(({ sessionId }) => sessionId === op.sessionId);
    expect(reported).toMatchObject({ state: 'running', warnings: ['directory-missing'] });
    await expect(sessions.spawn(bed.op('cat', { project: gone }), command())).rejects.toMatchObject({
      code: 'DIRECTORY_MISSING',
    });
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
  });

  it('resumes in its directory as the next epoch; a companion joins it there', async () => {
    await bed.profile('pwd', 'pwd; exec cat', { resume: 'echo again; pwd; exec cat' });
    const op = await bed.spawn(sessions, 'pwd', { worktree: true, trust: true });
    const cwd = sessions.require(op.sessionId).record.cwd;
    expect(cwd).toContain('.agent-worktrees');
    const companion = await bed.spawn(sessions, 'pwd', { companionOf: op.sessionId });
    expect(sessions.require(companion.sessionId).record.cwd).toBe(cwd);
    await expect(sessions.spawn({ ...op, epoch: 2, mode: 'resume' }, command())).rejects.toMatchObject({
      code: 'SESSION_RUNNING',
    });
    for (const { sessionId } of [op, companion])
      sessions.stop({ kind: 'stop', sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    await bed.fact('session.exited', companion);
    await bed.spawn(sessions, 'pwd', { ...op, epoch: 2, mode: 'resume' });
    const { output, record } = sessions.require(op.sessionId);
    expect(record).toMatchObject({ cwd, epoch: 2 });
    await eventually(async () => (await output.info(null)).head > 10, 'it prints');
    expect(Buffer.from((await output.read(2, 0)).data).toString()).toContain(`again\r\n${String(cwd)}`);
    expect(Buffer.from((await output.read(1, 0)).data).toString()).toContain(String(cwd));
    await expect(output.input(1, 'c', 1, Buffer.from('x'))).rejects.toMatchObject({ code: 'STALE_EPOCH' });
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 2, force: true });
    await bed.fact('session.exited', { ...op, epoch: 2 });
  });

  it('leaves no keeper behind when it is resumed in the moment of its exit', async () => {
    await eventually(() => bed.keepers().length === 0, 'earlier keepers went');
    const op = await bed.spawn(sessions, 'cat');
    const next = { ...op, epoch: 2, mode: 'resume' } as const;
    let resumed: Promise<void> = Promise.resolve();
    bed.onReport = ({ kind }) => {
      if (kind === 'session.exited') resumed = sessions.spawn(next, command());
    };
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    bed.onReport = () => undefined;
    await resumed;
    await bed.fact('session.started', next);
    await eventually(() => bed.keepers().length === 1, 'only the keeper of the second epoch is left');
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 2, force: true });
    await bed.fact('session.exited', next);
  });

  it('is forgotten with everything, but not while it runs', async () => {
    const op = await bed.spawn(sessions, 'cat');
    await expect(sessions.forget(op.sessionId)).rejects.toMatchObject({ code: 'SESSION_RUNNING' });
    sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    // A size that is still being written must not bring the directory back.
    await sessions.forget(op.sessionId);
    expect(existsSync(join(bed.stateDir, 'sessions', op.sessionId))).toBe(false);
    await sessions.forget(sessionIdSchema.parse(newId()));
    await eventually(
      () => bed.keepers().length === 0 && bed.sockets().length === 0,
      'keeper and socket went',
    );
    expect(existsSync(join(bed.stateDir, 'sessions', op.sessionId))).toBe(false);
  });

  it('an order that cannot be written is not taken, and its repeat is', async () => {
    const op = bed.op('seven');
    writeFileSync(join(bed.stateDir, 'sessions', op.sessionId), 'in the way');
    await expect(sessions.spawn(op, command())).rejects.toThrow();
    expect(sessions.get(op.sessionId)).toBeUndefined();
    rmSync(join(bed.stateDir, 'sessions', op.sessionId));
    await sessions.spawn(op, command());
    await bed.fact('session.exited', op);
  });

  it('tells an exit although the disk took nothing at first', async () => {
    let refused = 0;
    bed.onReport = ({ kind }) => {
      if (kind === 'session.exited' && (refused += 1) === 1) throw new Error('no space');
    };
    const op = await bed.spawn(sessions, 'seven');
    await bed.fact('session.exited', op);
    expect(refused).toBe(2);
    bed.onReport = () => undefined;
  });

  it('is stopped although the disk takes nothing', async () => {
    const op = await bed.spawn(sessions, 'cat');
    const { sessionId } = op;
    const file = join(bed.stateDir, 'sessions', sessionId, 'session.json');
    await eventually(() => readFileSync(file, 'utf8').includes('"running"'), 'its start is written down');
    rmSync(file);
    mkdirSync(file);
    sessions.stop({ kind: 'stop', sessionId, epoch: 1, force: true });
    expect((await bed.fact('session.exited', op)).signal).not.toBeNull();
    expect(await bed.processes(sessionId)).toEqual([]);
    await sessions.forget(sessionId);
  });

  it('R:D23 forty short sessions leave no keeper, socket, descriptor or thread behind', async () => {
    const count = () => [readdirSync('/proc/self/fd').length, readdirSync('/proc/self/task').length];
    await bed.spawn(sessions, 'seven').then((op) => bed.fact('session.exited', op));
    await eventually(() => bed.keepers().length === 0, 'the first is gone');
    const [fds = 0, threads = 0] = count();
    for (let round = 0; round < 8; round += 1) {
      const ops = Array.from({ length: 5 }, () => bed.op('seven'));
      await Promise.all(ops.map((op) => sessions.spawn(op, command())));
      for (const op of ops) await bed.fact('session.exited', op, 20_000);
    }
    await eventually(
      () => bed.keepers().length === 0 && bed.sockets().length === 0,
      'nothing is left',
      10_000,
    );
    await eventually(
      () => (count()[0] ?? 0) <= fds + 2,
      `descriptors: ${String(fds)}, now ${count().join()}`,
    );
    expect(count()[1]).toBeLessThanOrEqual(threads + 2);
  }, 60_000);
});

/** Nothing is known of it. */
const none = { files: null, tasks: null, memory: null, ptys: null, disk: null };

it('R:C21 a host that is short of descriptors takes no more sessions, writes nothing, and those it has go on', async () => {
  await using bed = new SessionBed();
  await bed.profile('cat', 'exec cat');
  const { sessions } = await bed.daemon();
  const first = await bed.spawn(sessions, 'cat');
  bed.room = () => Promise.resolve({ ...none, files: { left: 50, limit: 256 } });
  const refused = bed.op('cat');
  await expect(sessions.spawn(refused, command())).rejects.toMatchObject({ code: 'HOST_CAPACITY' });
  expect(existsSync(join(bed.stateDir, 'sessions', refused.sessionId))).toBe(false);
  const { output } = sessions.require(first.sessionId);
  await output.input(1, 'v', 1, Buffer.from('still\n'));
  await eventually(async () => Buffer.from((await output.read(1, 0)).data).includes('still'), 'typing');
  bed.room = () => readHostRoom({ stateDir: bed.stateDir });
  await sessions.spawn(refused, command());
  await bed.fact('session.started', refused);
  for (const { sessionId } of [first, refused])
    sessions.stop({ kind: 'stop', sessionId, epoch: 1, force: true });
  await bed.fact('session.exited', first);
  await bed.fact('session.exited', refused);
});

it('F:H8 a host allows only so many sessions at once', async () => {
  await using bed = new SessionBed();
  bed.maxSessions = 1;
  await bed.profile('cat', 'exec cat');
  const { sessions } = await bed.daemon();
  const first = await bed.spawn(sessions, 'cat');
  await expect(sessions.spawn(bed.op('cat'), command())).rejects.toMatchObject({ code: 'SESSION_LIMIT' });
  sessions.stop({ kind: 'stop', sessionId: first.sessionId, epoch: 1, force: true });
  await bed.fact('session.exited', first);
});

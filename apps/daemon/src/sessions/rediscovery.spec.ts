// What the next daemon makes of the sessions that the last one left, with real keepers and shells.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@roundhouse/kit';
import { commandIdSchema } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimSessionDir } from '../keeper/session-files.js';
import { isProcessAlive, processRef } from '../keeper/proc.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { SessionBed } from './testing/session-bed.js';

const command = () => commandIdSchema.parse(newId());

describe('the next daemon', () => {
  const bed = new SessionBed();

  beforeAll(async () => {
    await bed.profile('cat', 'echo ready; exec cat');
    await bed.profile('soon', 'echo begun; read line; echo got $line; exit 5');
    await bed.profile('tree', 'setsid sleep 300 & exec cat');
  });
  afterAll(() => bed[Symbol.asyncDispose]());

  /** Rewrites the record of a session, as a daemon that died earlier would have left it. */
  const rewrite = (sessionId: string, change: object): void => {
    const file = join(bed.stateDir, 'sessions', sessionId, 'session.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
  };

  it('R:F6 finds a session that runs, with its output so far, and types into it', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'soon');
    await first.end();
    const started = performance.now();
    const second = await bed.daemon();
    expect(performance.now() - started).toBeLessThan(2_000);
    const session = second.sessions.require(op.sessionId);
    expect(session.report()).toMatchObject({ state: 'running', pid: session.record.agent?.pid });
    await session.output.input(1, 'viewer', 1, Buffer.from('hello\n'));
    const exited = await bed.fact('session.exited', op);
    expect(exited.exitCode).toBe(5);
    expect(Buffer.from((await session.output.read(1, 0)).data).toString()).toContain('begun');
    expect(bed.factsOf(op.sessionId).filter(({ kind }) => kind === 'session.started')).toHaveLength(1);
    await second.end();
  });

  /** A profile whose agent ends when it is told to; answers how to tell it. */
  const endsWhenTold = async (name: string, ending: string): Promise<() => void> => {
    const word = join(bed.base, `${name}-may-end`);
    await bed.profile(name, `until [ -e '${word}' ]; do sleep 0.02; done; ${ending}`);
    return () => {
      writeFileSync(word, '');
    };
  };

  it('R:D20 reports an agent that ended while there was no daemon, with code and last bytes', async () => {
    const first = await bed.daemon();
    const tell = await endsWhenTold('later', 'echo last words; exit 9');
    const op = await bed.spawn(first.sessions, 'later');
    await first.end();
    tell();
    await eventually(async () => (await bed.processes(op.sessionId)).length === 0, 'the agent ended');
    expect(bed.factsOf(op.sessionId).some(({ kind }) => kind === 'session.exited')).toBe(false);
    const second = await bed.daemon();
    expect((await bed.fact('session.exited', op)).exitCode).toBe(9);
    const { output } = second.sessions.require(op.sessionId);
    expect(Buffer.from((await output.read(1, 0)).data).toString()).toBe('last words\r\n');
    await eventually(() => bed.keepers().length === 0, 'its keeper is let go');
    await second.end();
  });

  it('lets a keeper go that the last daemon did not get to', async () => {
    const first = await bed.daemon();
    const tell = await endsWhenTold('unseen', 'exit 0');
    const op = await bed.spawn(first.sessions, 'unseen');
    await first.end();
    tell();
    await eventually(async () => (await bed.processes(op.sessionId)).length === 0, 'the agent ended');
    rewrite(op.sessionId, { state: 'exited' });
    expect(bed.keepers()).toHaveLength(1);
    const second = await bed.daemon();
    await eventually(() => bed.keepers().length === 0, 'the keeper ended');
    expect(bed.factsOf(op.sessionId).map(({ kind }) => kind)).toEqual(['session.started']);
    await second.end();
  });

  it('R:C3 a start whose record alone was written: failed, and no keeper can come late', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'cat');
    await first.end();
    for (const pid of [...bed.keepers(), ...(await bed.processes(op.sessionId))])
      process.kill(pid, 'SIGKILL');
    await eventually(() => bed.keepers().length === 0, 'killed');
    rmSync(join(bed.stateDir, 'sessions', op.sessionId, 'epochs'), { recursive: true });
    mkdirSync(bed.dir(op), { recursive: true });
    rewrite(op.sessionId, { state: 'starting', agent: null });
    const second = await bed.daemon();
    expect((await bed.fact('session.failed', op)).reason.code).toBe('SPAWN_FAILED');
    expect(() => {
      claimSessionDir(bed.dir(op));
    }).toThrow(/has had a keeper/);
    // The hub asks again, since it heard no answer: nothing is begun a second time.
    await second.sessions.spawn(op, command());
    expect(await bed.processes(op.sessionId)).toEqual([]);
    await second.end();
  });

  it('R:C3 a start whose keeper came through: carried on, told once', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'cat');
    await first.end();
    rewrite(op.sessionId, { state: 'starting', agent: null, startedAt: null });
    bed.facts.length = 0;
    const second = await bed.daemon();
    await bed.fact('session.started', op);
    expect(second.sessions.require(op.sessionId).report()).toMatchObject({ state: 'running' });
    expect(await bed.processes(op.sessionId)).toHaveLength(1);
    second.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    await second.end();
  });

  it('carries out a stop that the last daemon did not get to', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'cat');
    await first.end();
    rewrite(op.sessionId, { stop: { force: true } });
    const second = await bed.daemon();
    await bed.fact('session.exited', op);
    expect(await bed.processes(op.sessionId)).toEqual([]);
    await second.end();
  });

  it('R:D21 a killed keeper: lost at once, its tree swept, its siblings untouched', async () => {
    const { sessions, end } = await bed.daemon();
    const op = await bed.spawn(sessions, 'tree');
    const sibling = await bed.spawn(sessions, 'cat');
    await eventually(async () => (await bed.processes(op.sessionId)).length === 2, 'the tree is up');
    process.kill((await bed.keeperFile(op)).keeper.pid, 'SIGKILL');
    const lost = await bed.fact('session.lost', op);
    expect(lost).toMatchObject({ state: 'lost', reason: { code: 'KEEPER_LOST' } });
    expect(await bed.processes(op.sessionId)).toEqual([]);
    expect(sessions.isRunning(sibling.sessionId)).toBe(true);
    expect(await sessions.require(op.sessionId).output.info(null)).toMatchObject({
      exit: { exitCode: null },
    });
    sessions.stop({ kind: 'stop', sessionId: sibling.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', sibling);
    await end();
  });

  it('R:D24 does not signal a stranger who has the pid by now, and calls another boot an interruption', async () => {
    const first = await bed.daemon();
    const [lost, interrupted] = [
      await bed.spawn(first.sessions, 'cat'),
      await bed.spawn(first.sessions, 'cat'),
    ];
    await first.end();
    for (const pid of bed.keepers()) process.kill(pid, 'SIGKILL');
    await eventually(
      async () =>
        (await bed.processes(lost.sessionId)).length + (await bed.processes(interrupted.sessionId)).length ===
        0,
      'the agents were hung up',
    );
    const stranger = spawn('sleep', ['300'], { stdio: 'ignore' });
    try {
      const ref = processRef(stranger.pid ?? 0);
      const forged = { pid: ref.pid, startTime: ref.startTime - 1 };
      for (const op of [lost, interrupted]) {
        const file = await bed.keeperFile(op);
        const bootId = op === interrupted ? 'another boot' : file.bootId;
        const text = JSON.stringify({ ...file, keeper: forged, agent: forged, bootId });
        writeFileSync(join(bed.dir(op), 'keeper.json'), text);
        rewrite(op.sessionId, { agent: forged });
      }
      const second = await bed.daemon();
      expect((await bed.fact('session.lost', lost)).state).toBe('lost');
      expect((await bed.fact('session.lost', interrupted)).state).toBe('interrupted');
      expect(isProcessAlive(ref)).toBe(true);
      await second.end();
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('a keeper that is frozen while the daemon starts is taken up when it thaws', async () => {
    const first = await bed.daemon();
    const op = await bed.spawn(first.sessions, 'soon');
    await first.end();
    const { keeper } = await bed.keeperFile(op);
    process.kill(keeper.pid, 'SIGSTOP');
    const second = await bed.daemon();
    const session = second.sessions.require(op.sessionId);
    expect(session.report().state).toBe('running');
    await expect(session.output.info(null)).rejects.toMatchObject({ code: 'KEEPER_UNREACHABLE' });
    process.kill(keeper.pid, 'SIGCONT');
    await eventually(
      () =>
        session.output.input(1, 'viewer', 1, Buffer.from('x\n')).then(
          () => true,
          () => false,
        ),
      'it takes input',
      10_000,
    );
    await bed.fact('session.exited', op);
    await second.end();
  }, 30_000);

  it('does not take a keeper of another session for its own', async () => {
    const first = await bed.daemon();
    const [mine, other] = [await bed.spawn(first.sessions, 'cat'), await bed.spawn(first.sessions, 'cat')];
    await first.end();
    const [file, foreign] = [await bed.keeperFile(mine), await bed.keeperFile(other)];
    const forged = { ...file, socketPath: foreign.socketPath };
    writeFileSync(join(bed.dir(mine), 'keeper.json'), JSON.stringify(forged));
    const second = await bed.daemon();
    await expect(second.sessions.require(mine.sessionId).output.info(null)).rejects.toMatchObject({
      code: 'KEEPER_UNREACHABLE',
    });
    // A stop needs no keeper: its exit is read from the disk.
    for (const { sessionId } of [mine, other])
      second.sessions.stop({ kind: 'stop', sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', other);
    await bed.fact('session.exited', mine);
    await second.end();
  });
});

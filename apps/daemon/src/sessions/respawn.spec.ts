// One session ended and begun again, over and over, in the moment of each end: one life at a time, and nothing left.
import { newId } from '@roundhouse/kit';
import { commandIdSchema } from '@roundhouse/protocol';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isProcessAlive } from '../keeper/proc.js';
import { eventually } from '../keeper/testing/keeper-rig.js';
import type { SessionManager } from './session-manager.js';
import { SessionBed } from './testing/session-bed.js';

const bed = new SessionBed();
let sessions: SessionManager;
beforeAll(async () => {
  bed.makeRepository();
  await bed.profile('tree', 'setsid sleep 300 & echo up; exec cat');
  await bed.profile('cat', 'echo ready; exec cat');
  ({ sessions } = await bed.daemon());
});
afterAll(() => bed[Symbol.asyncDispose]());

const command = () => commandIdSchema.parse(newId());

it('R:D19 killed and begun again 20 times under one name: 20 lives, nothing left of any', async () => {
  const op = await bed.spawn(sessions, 'tree');
  for (let epoch = 1; epoch <= 20; epoch += 1) {
    const now = { ...op, epoch };
    await bed.fact('session.started', now);
    const { output } = sessions.require(op.sessionId);
    await eventually(async () => (await output.info(epoch).catch(() => null))?.head === 4, 'it is up');
    await output.input(epoch, 'v', 1, Buffer.from('x\n'));
    await eventually(
      async () => Buffer.from((await output.read(epoch, 0)).data).includes('x\r\nx'),
      'it is typed into',
    );
    expect(bed.keepers()).toHaveLength(1);
    const { keeper } = await bed.keeperFile(now);
    // By turns a stop, a kill of the agent, and a kill of its keeper.
    if (epoch % 3 === 0) process.kill(keeper.pid, 'SIGKILL');
    else if (epoch % 3 === 1) sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch, force: true });
    else process.kill((await bed.keeperFile(now)).agent.pid, 'SIGKILL');
    await bed.fact(epoch % 3 === 0 ? 'session.lost' : 'session.exited', now);
    if (epoch < 20) await sessions.spawn({ ...op, epoch: epoch + 1, mode: 'resume' }, command());
  }
  // What an agent left in a session of its own when it was killed alone is not ours to end; a stop would have.
  await eventually(
    () => bed.keepers().length === 0 && bed.sockets().length === 0,
    'keepers and sockets are gone',
  );
  const started = bed.factsOf(op.sessionId).filter(({ kind }) => kind === 'session.started');
  expect(started).toHaveLength(20);
}, 120_000);

it('R:D21 a killed keeper: that session lost, its tree gone in 6 s, its worktree kept, four others untouched', async () => {
  const op = await bed.spawn(sessions, 'tree', { worktree: true, trust: true });
  const others = [];
  for (let n = 0; n < 4; n += 1) others.push(await bed.spawn(sessions, 'cat'));
  await eventually(async () => (await bed.processes(op.sessionId)).length === 2, 'the tree is up');
  const { keeper } = await bed.keeperFile(op);
  const killed = performance.now();
  process.kill(keeper.pid, 'SIGKILL');
  expect(await bed.fact('session.lost', op)).toMatchObject({
    state: 'lost',
    reason: { code: 'KEEPER_LOST' },
  });
  await eventually(async () => (await bed.processes(op.sessionId)).length === 0, 'its tree is gone', 8_000);
  expect(performance.now() - killed).toBeLessThan(6_500);
  expect(existsSync(sessions.require(op.sessionId).record.cwd ?? '')).toBe(true);
  for (const other of others) {
    const { output } = sessions.require(other.sessionId);
    await output.input(1, 'v', 1, Buffer.from('still\n'));
    await eventually(
      async () => Buffer.from((await output.read(1, 0)).data).includes('still\r\nstill'),
      'the other types on',
    );
    expect(isProcessAlive((await bed.keeperFile(other)).keeper)).toBe(true);
    sessions.stop({ kind: 'stop', sessionId: other.sessionId, epoch: 1, force: true });
  }
  for (const other of others) await bed.fact('session.exited', other);
}, 60_000);

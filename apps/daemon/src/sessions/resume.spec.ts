// Resume brings back exactly that conversation, with its options, in its directory: whatever ended it, and however late.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@roundhouse/kit';
import { parseProfile } from '@roundhouse/profiles';
import { commandIdSchema, type SpawnOp } from '@roundhouse/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../keeper/testing/keeper-rig.js';
import { SessionBed } from './testing/session-bed.js';

let bed: SessionBed;
let log: string;
beforeEach(() => {
  bed = new SessionBed();
  log = join(bed.base, 'runs.log');
  const program = join(bed.base, 'agent');
  writeFileSync(program, `#!/bin/sh\necho "$PWD|$*|$CHOSEN" >>${log}\nexec sleep 300\n`, { mode: 0o755 });
  bed.use(
    parseProfile({
      name: 'agent',
      binary: program,
      commands: { new: [program], resume: [program, '--continue'] },
      session_id: ['--session-id', '{conversation}'],
      resume_by_id: [program, '--resume', '{conversation}'],
      fork: [program, '--fork', '{conversation}'],
      conversation_id: '[0-9a-z_-]{4,40}',
      store: [{ files: '~/.agent/*/*.jsonl', id: { from: 'name', match: '(.+)\\.jsonl$' } }],
      models: { args: ['--model', '{model}'] },
      permission_modes: {
        args: ['--mode', '{mode}'],
        modes: { ask: {}, never: { bypass: true, flags: ['--yolo'] } },
        ceiling: 'never',
      },
    }),
  );
});
afterEach(async () => {
  await bed[Symbol.asyncDispose]();
});

const runs = (): string[] => readFileSync(log, 'utf8').trim().split('\n');
const order = () => commandIdSchema.parse(newId());
/** The agent has kept the conversation. */
function keep(id: string): void {
  mkdirSync(join(bed.base, '.agent', 'p'), { recursive: true });
  writeFileSync(join(bed.base, '.agent', 'p', `${id}.jsonl`), '{}\n');
}
type Daemon = Awaited<ReturnType<SessionBed['daemon']>>;
async function resume(
  { sessions }: Daemon,
  op: SpawnOp,
  epoch: number,
  change: Partial<SpawnOp> = {},
): Promise<SpawnOp> {
  const next = { ...op, mode: 'resume', epoch, trust: false, ...change } as const;
  await sessions.spawn(next, order());
  await bed.fact('session.started', next);
  await eventually(() => runs().length === epoch, `run ${String(epoch)}`);
  return next;
}
const kill = (pid: number | undefined): void => {
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
};

describe('R:H2 F:C4 exactly that conversation', () => {
  it('goes on after an exit, a killed agent, a killed keeper and a new daemon, each with its options in its worktree', async () => {
    bed.makeRepository();
    const options = { model: 'opus', env: { CHOSEN: 'yes' }, args: ['--verbose'] };
    let daemon = await bed.daemon();
    const op = await bed.spawn(daemon.sessions, 'agent', { worktree: true, trust: true, options });
    const cwd = daemon.sessions.require(op.sessionId).record.cwd ?? '';
    expect(cwd).toContain('.agent-worktrees');
    keep(op.sessionId);
    const exact = `${cwd}|--resume ${op.sessionId} --model opus --verbose|yes`;
    await eventually(() => runs().length === 1, 'the first run');
    expect(runs()[0]).toBe(`${cwd}|--session-id ${op.sessionId} --model opus --verbose|yes`);
    // Stopped.
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    // Nothing of what follows says the options again: an older hub would not.
    let now = await resume(daemon, { ...op, options: undefined }, 2);
    expect(runs()[1]).toBe(exact);
    // The agent is killed.
    kill(daemon.sessions.require(op.sessionId).record.agent?.pid);
    await bed.fact('session.exited', now);
    now = await resume(daemon, now, 3);
    // The keeper is killed, and with it the terminal.
    kill((await bed.keeperFile(now)).keeper.pid);
    await bed.fact('session.lost', now);
    now = await resume(daemon, now, 4);
    // The daemon dies; the next one finds it, and the agent ends under it.
    await daemon.end();
    daemon = await bed.daemon();
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 4, force: true });
    await bed.fact('session.exited', now);
    await resume(daemon, now, 5);
    expect(runs().slice(1)).toEqual([exact, exact, exact, exact]);
  }, 60_000);

  it('is the one that the agent told last, and earlier ones are kept', async () => {
    const daemon = await bed.daemon();
    const op = await bed.spawn(daemon.sessions, 'agent');
    await daemon.sessions.learn(op.sessionId, 1, 'ses_two');
    await daemon.sessions.learn(op.sessionId, 9, 'ses_stale');
    keep('ses_two');
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    expect(await bed.fact('session.started', op)).toMatchObject({ conversationId: op.sessionId });
    expect(await bed.fact('session.exited', op)).toMatchObject({ conversationId: 'ses_two' });
    await resume(daemon, op, 2, { conversation: 'ses_hub' });
    expect(runs()[1]).toContain('|--resume ses_two|');
    const { record } = daemon.sessions.require(op.sessionId);
    expect(record).toMatchObject({ conversation: 'ses_two', conversationId: null });
    expect(record.earlierConversations).toEqual([op.sessionId]);
  });

  it('is copied as the agent told it last, whatever the hub knew of it', async () => {
    const daemon = await bed.daemon();
    const { sessionId } = await bed.spawn(daemon.sessions, 'agent');
    await daemon.sessions.learn(sessionId, 1, 'ses_two');
    keep('ses_two');
    const fork = { mode: 'resume', resume: 'fork', companionOf: sessionId, conversation: 'ses_hub' } as const;
    await bed.spawn(daemon.sessions, 'agent', fork);
    await eventually(() => runs().length === 2, 'the copy');
    expect(runs()[1]).toContain('|--fork ses_two|');
  });

  it('begins under the same id when nothing was said in it; "last" asks for none', async () => {
    const daemon = await bed.daemon();
    keep('ses_other');
    const op = await bed.spawn(daemon.sessions, 'agent');
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    const again = await resume(daemon, op, 2);
    expect(runs()[1]).toContain(`|--session-id ${op.sessionId}|`);
    expect(daemon.sessions.report()[0]?.notes?.join()).toContain('nothing was said');
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 2, force: true });
    await bed.fact('session.exited', again);
    await resume(daemon, op, 3, { resume: 'last' });
    expect(runs()[2]).toContain('|--continue|');
  });

  it('of somebody else is adopted by its id, and one that is not there fails and says so (want 24)', async () => {
    const daemon = await bed.daemon();
    keep('ses_out');
    await bed.spawn(daemon.sessions, 'agent', { mode: 'resume', conversation: 'ses_out' });
    await eventually(() => runs().length === 1, 'the run');
    expect(runs()[0]).toContain('|--resume ses_out|');
    for (const conversation of ['ses_gone', '--yolo']) {
      const op = bed.op('agent', { mode: 'resume', conversation });
      await daemon.sessions.spawn(op, order());
      const { reason } = await bed.fact('session.failed', op);
      expect(reason.code).toBe('CONVERSATION_NOT_FOUND');
    }
    expect(runs()).toHaveLength(1);
  });
});

describe('F:C12 R:T16 a mode in which the agent asks for nothing', () => {
  const journal = (): string => readFileSync(join(bed.stateDir, 'refusals.jsonl'), 'utf8');
  const ask = (change: Partial<SpawnOp>) => async (daemon: Daemon) =>
    daemon.sessions.spawn(bed.op('agent', change), order());
  const mode = { options: { permissionMode: 'never' } };
  const flag = { options: { args: ['--yolo'] } };

  it.each([mode, flag, { options: { args: ['--mode=never'] } }])(
    'is refused whatever the hub says, without the policy of this host, and journaled: %j',
    async (change) => {
      const daemon = await bed.daemon();
      await expect(ask({ ...change, confirmBypass: 'project' })(daemon)).rejects.toMatchObject({
        code: 'BYPASS_REFUSED',
      });
      expect(journal()).toContain('BYPASS_REFUSED');
      expect(daemon.sessions.running).toBe(0);
    },
  );

  it('needs the typed name as well, at the start and at each resume', async () => {
    bed.policy = 'permission_mode_ceiling: { agent: never }\n';
    const daemon = await bed.daemon();
    for (const confirmBypass of [undefined, 'Project', '']) {
      const said = confirmBypass === undefined ? {} : { confirmBypass };
      await expect(ask({ ...mode, ...said })(daemon)).rejects.toMatchObject({ code: 'BYPASS_REFUSED' });
    }
    const op = await bed.spawn(daemon.sessions, 'agent', { ...mode, confirmBypass: 'project' });
    await eventually(() => runs()[0]?.includes('--mode never') === true, 'the mode');
    expect(readFileSync(join(bed.stateDir, 'sessions', op.sessionId, 'session.json'), 'utf8')).not.toContain(
      'confirm',
    );
    daemon.sessions.stop({ kind: 'stop', sessionId: op.sessionId, epoch: 1, force: true });
    await bed.fact('session.exited', op);
    const next = { ...op, mode: 'resume', epoch: 2, confirmBypass: undefined as never } as const;
    await expect(daemon.sessions.spawn(next, order())).rejects.toMatchObject({ code: 'BYPASS_REFUSED' });
    const elsewhere = { ...next, project: '/srv/toy', confirmBypass: 'toy' };
    await expect(daemon.sessions.spawn(elsewhere, order())).rejects.toMatchObject({ code: 'BYPASS_REFUSED' });
  });

  it('needs the name of the directory, however the hub writes its path', async () => {
    bed.policy = 'permission_mode_ceiling: { agent: never }\n';
    const daemon = await bed.daemon();
    for (const [end, confirmBypass] of [
      ['/', ''],
      ['/.', '.'],
      ['/../project/', ''],
    ]) {
      const project = `${bed.project}${end}`;
      await expect(ask({ ...mode, project, confirmBypass })(daemon)).rejects.toMatchObject({
        code: 'BYPASS_REFUSED',
      });
    }
  });

  it('is refused above the ceiling of the profile, whatever else is given', async () => {
    bed.policy = 'permission_mode_ceiling: never\n';
    bed.use(
      parseProfile({
        name: 'agent',
        binary: 'sh',
        permission_modes: { modes: { ask: {}, never: { bypass: true } } },
      }),
    );
    const daemon = await bed.daemon();
    await expect(ask({ ...mode, confirmBypass: 'project' })(daemon)).rejects.toMatchObject({
      code: 'BYPASS_REFUSED',
    });
  });
});

it('R:T16 what the policy of the host denies is refused, and reaches no agent from anywhere', async () => {
  bed.policy = 'extra_args: false\nenv_deny: [CHOSEN, AWS_*]\n';
  const daemon = await bed.daemon();
  for (const options of [{ args: ['-x'] }, { env: { CHOSEN: '1' } }, { envNames: ['AWS_PROFILE'] }]) {
    await expect(daemon.sessions.spawn(bed.op('agent', { options }), order())).rejects.toMatchObject({
      code: 'POLICY_REFUSED',
    });
  }
  const secret = { options: { env: { MY_TOKEN: 'hunter22222' } } };
  await expect(daemon.sessions.spawn(bed.op('agent', secret), order())).rejects.toMatchObject({
    code: 'SECRET_IN_OPTIONS',
  });
  rmSync(log, { force: true });
});

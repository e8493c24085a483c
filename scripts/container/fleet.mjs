// Owns two machines of a compose project: joined by the printed command, a shell and a worktree session on each, and
// the proof that a session lives: the same shell, on the disk, on the screen, for the hub and in the database.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { hostIs, spawned, type } from './sessions.mjs';
import { until } from './until.mjs';

/** A host of the hub, and its container: `machine.container`, projects below `machine.root`. */
export async function joined(machine, engine = 'podman', env = process.env) {
  const made = await machine.call('POST', '/hosts', { name: machine.name, projectRoots: [machine.root] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  machine.hostId = made.body.id;
  const command = made.body.commands[engine];
  assert.match(command, new RegExp(`^${engine} run .*--name ${machine.container} `));
  const started = await capture('sh', ['-c', machine.alter?.(command) ?? command], { env });
  assert.equal(started.code, 0, `${command}\n${started.output}`);
  const host = await hostIs(machine, 'online');
  assert.deepEqual(
    host.projects.map(({ path }) => path),
    [machine.project],
  );
}

/** A session of this machine, with the process id of its shell. */
export async function opened(machine, { worktree }) {
  const session = { machine, worktree, id: await spawned(machine, { worktree }), epoch: 1, words: 0 };
  session.cwd = (await seen(session)).cwd;
  assert.equal(session.cwd === machine.project, !worktree, `${session.cwd}, worktree: ${worktree}`);
  await learnShell(session);
  return session;
}

/** What the hub says of it. */
export const seen = async ({ machine, id }) => (await machine.call('GET', `/sessions/${id}`)).body;

/** Resolves when the hub says so. */
export const sessionIs = (session, state) =>
  until(async () => (await seen(session)).state === state, {
    what: `session ${session.id} of ${session.machine.name} to be ${state}`,
    ms: 60_000,
  });

/** Everything that an epoch printed, from its recording. */
export async function printed({ machine, id }, epoch) {
  const { status, body } = await machine.call('GET', `/sessions/${id}/recording?epoch=${epoch}`);
  if (status !== 200) return '';
  const events = body.split('\n').filter((line) => line.startsWith('['));
  return events
    .map((line) => JSON.parse(line))
    .filter(([, kind]) => kind === 'o')
    .map(([, , text]) => text)
    .join('');
}

/** Two shells may share a directory. */
export const wordFile = ({ id }, epoch, number) => `word-${id}-${epoch}-${number}.txt`;

/** Types a command and waits for what it does, on the disk and on the screen. */
async function does(session, word) {
  session.words += 1;
  const name = wordFile(session, session.epoch, session.words);
  // The shell puts the word together: what was typed is echoed, and is no proof that anything ran.
  const [head, tail] = [word.slice(0, 1), word.slice(1)];
  await type(session.machine, session.id, `echo "$$ "${head}''${tail} | tee ${name}\r`);
  const file = join(session.cwd, name);
  const line = await until(
    () => {
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return text.endsWith('\n') && text.trimEnd();
    },
    { what: `${file} with a line` },
  );
  const [pid, ...rest] = line.split(' ');
  assert.equal(rest.join(' '), word);
  await until(async () => (await printed(session, session.epoch)).includes(line), {
    what: `"${line}" in the recording`,
  });
  return { pid, line };
}

async function learnShell(session) {
  const { pid, line } = await does(session, 'first');
  assert.match(pid, /^\d+$/);
  Object.assign(session, { shell: pid, line });
}

/** @throws when it is not the same shell of the same epoch that answers */
export async function lives(session, word, compose) {
  const where = `${session.machine.name}, ${session.worktree ? 'worktree' : 'shell'}`;
  const { pid } = await does(session, word);
  assert.equal(pid, session.shell, `${where}: another shell`);
  const { state, epoch } = await seen(session);
  assert.deepEqual([state, epoch], ['running', session.epoch], where);
  assert.equal(await compose.sql(rowOf(session)), `running|${session.epoch}`, where);
}

const rowOf = ({ id }) => `SELECT state, epoch FROM sessions WHERE id = '${id}'`;

/** In the database, not only for who asks the hub. */
export const stateInDatabase = (compose, session) => compose.sql(rowOf(session));

/** Its next life, where the last one was. */
export async function resumed(session) {
  const { machine, id } = session;
  const answer = await machine.call('POST', `/sessions/${id}/resume`, { cols: 80, rows: 24 });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  session.epoch += 1;
  await sessionIs(session, 'running');
  const { cwd, epoch } = await seen(session);
  assert.deepEqual([cwd, epoch], [session.cwd, session.epoch]);
  await learnShell(session);
}

/** Every session of the bed, on machines that are there. */
export async function allLive({ compose, machines, sessions }, word) {
  for (const machine of machines) await hostIs(machine, 'online');
  for (const session of sessions) {
    await sessionIs(session, 'running');
    await lives(session, word, compose);
  }
}

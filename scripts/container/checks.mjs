// Owns what must hold of the daemon in a container, one function for each; they run in this order and share `bed`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { daemonPid, inside, podman } from './engine.mjs';
import { fileText, hostIs, spawned, type } from './sessions.mjs';
import { until } from './until.mjs';

/** The image alone: nothing but what runs, and a working home for a uid that nobody knows. */
async function anyUid({ image }) {
  const facts = [
    'id -u; id -un; echo "$HOME"',
    'touch "$HOME/here" && echo writable',
    // ssh refuses a user without a name; -G only prints what it would do.
    'ssh -G example.org >/dev/null 2>&1 && echo ssh',
    "find /opt/roundhouse -path '*/node_modules' -prune -o \\( -name '*.ts' -o -name '*.spec.*' -o -name '.env*' \\) -print",
    'trap "" TERM; kill -TERM $PPID',
  ];
  const entry = ['tini', '--', 'roundhouse-supervise', 'sh', '-c', facts.join('\n')];
  const confined = ['--cap-drop=all', '--security-opt=no-new-privileges', '--read-only', '--network=none'];
  for (const user of [[], ['--user=23456:23456']]) {
    const args = ['run', '--rm', ...confined, ...user, '--entrypoint', JSON.stringify(entry), image];
    const lines = (await podman(args)).split('\n').filter((line) => !line.startsWith('roundhouse:'));
    const uid = user.length === 0 ? '1000' : '23456';
    assert.deepEqual(lines, [uid, lines[1], '/state/home', 'writable', 'ssh']);
    assert.notEqual(lines[1], '');
  }
}

/** The command exactly as it is shown to a person, in a shell. */
async function joins(bed) {
  const made = await bed.call('POST', '/hosts', { name: bed.name, projectRoots: [bed.root] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  bed.hostId = made.body.id;
  const command = made.body.commands.podman;
  assert.match(command, new RegExp(`--name ${bed.container} `));
  assert.match(command, / --network=host /);
  const started = await capture('sh', ['-c', command]);
  assert.equal(started.code, 0, `${command}\n${started.output}`);
  const host = await hostIs(bed, 'online');
  assert.deepEqual(
    host.projects.map(({ path }) => path),
    [bed.project],
  );
  const agents = host.profiles.filter(({ available }) => available).map(({ name }) => name);
  assert.deepEqual(agents.sort(), ['bash', 'claude']);
}

async function typesIntoProject(bed) {
  bed.session = await spawned(bed, { worktree: false });
  await type(bed, bed.session, 'KEPT=still-here; echo "$$" > from-container.txt\r');
  const file = join(bed.project, 'from-container.txt');
  bed.shell = (await fileText(file)).trim();
  assert.match(bed.shell, /^\d+$/);
  assert.equal(statSync(file).uid, process.getuid(), 'the file belongs to who started the container');
}

/** Paths are the same on both sides, so a worktree that the container makes is one for the machine's own git. */
async function worktreeHoldsOutside(bed) {
  const session = await spawned(bed, { worktree: true });
  await type(bed, session, 'echo work > in-worktree.txt\r');
  const { cwd } = (await bed.call('GET', `/sessions/${session}`)).body;
  await fileText(join(cwd, 'in-worktree.txt'));
  const git = (...args) => execFileSync('git', args, { cwd: bed.project, encoding: 'utf8' });
  const listed = git('worktree', 'list', '--porcelain');
  assert.ok(listed.includes(`worktree ${cwd}\n`), listed);
  assert.ok(!listed.includes('prunable'), listed);
  assert.equal(existsSync(join(bed.project, 'in-worktree.txt')), false);
}

/** A daemon that is killed is started again by the supervisor, and the same shell goes on. */
async function outlivesDaemon(bed) {
  const before = await daemonPid(bed.container);
  assert.ok(before, 'a daemon runs');
  await inside(bed.container, `kill -9 ${before}`);
  await until(async () => ![before, null].includes(await daemonPid(bed.container)), {
    what: 'the next daemon',
  });
  await hostIs(bed, 'online');
  await type(bed, bed.session, 'echo "$$ $KEPT" > afterwards.txt\r');
  assert.equal(await fileText(join(bed.project, 'afterwards.txt')), `${bed.shell} still-here\n`);
  const { body } = await bed.call('GET', `/sessions/${bed.session}`);
  assert.deepEqual([body.state, body.epoch], ['running', 1]);
}

/** `podman stop` ends it in time and cleanly; after a start the same machine is back, by its key. */
async function stopsAndStarts(bed) {
  await podman(['stop', '--time', '20', bed.container], { label: 'stopping the container' });
  const state = await podman(['inspect', '-f', '{{.State.ExitCode}}', bed.container]);
  assert.equal(state, '0', 'it was not killed');
  await podman(['start', bed.container]);
  await hostIs(bed, 'online');
  const ended = async () => {
    const { body } = await bed.call('GET', `/sessions/${bed.session}`);
    return body.state === 'interrupted';
  };
  await until(ended, { what: 'the session to be interrupted' });
}

export const checks = [
  ['works as uid 1000 and as any other, without capabilities, on a read-only root', anyUid],
  ['the printed command brings the machine online', joins],
  ["a shell's file is on the machine's disk, owned by its user", typesIntoProject],
  ['a worktree made inside is valid outside', worktreeHoldsOutside],
  ['kill -9 of the daemon: the session lives on', outlivesDaemon],
  ['stop is clean; start brings the machine back', stopsAndStarts],
];

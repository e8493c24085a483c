// Owns what must hold of a whole installation, compose.yml and two machines, through everything that ends or is
// exchanged; they run in this order and share `bed`. F1 F6 F9 R:D28
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { say } from '../run/output.mjs';
import { signedIn } from './compose.mjs';
import { daemonPid, inside, podman, timed } from './engine.mjs';
import {
  allLive,
  joined,
  lives,
  opened,
  printed,
  resumed,
  sessionIs,
  stateInDatabase,
  wordFile,
} from './fleet.mjs';
import { hostIs } from './sessions.mjs';
import { allRows, lost } from './tables.mjs';
import { until } from './until.mjs';

/** What a stop of a container may take. Seconds; podman kills after 10. */
const stopLimit = 3;

/** The second one is started by somebody who gives it less of the processor: nothing in it may need the right to more. */
async function machinesJoin(bed) {
  bed.call = await signedIn(bed.compose);
  bed.machines[1].alter = (command) => `nice -n 10 ${command}`;
  for (const machine of bed.machines) await joined(machine);
}

async function sessionsWork(bed) {
  for (const machine of bed.machines)
    for (const worktree of [false, true]) bed.sessions.push(await opened(machine, { worktree }));
  await allLive(bed, 'typed');
  for (const { worktree, cwd, machine } of bed.sessions) {
    if (!worktree) continue;
    const listed = execFileSync('git', ['worktree', 'list', '--porcelain'], {
      cwd: machine.project,
      encoding: 'utf8',
    });
    assert.ok(listed.includes(`worktree ${cwd}\n`) && !listed.includes('prunable'), listed);
  }
  const count = await bed.compose.sql(`SELECT count(*), count(DISTINCT host_id) FROM sessions`);
  assert.equal(count, '4|2');
}

/** F1 The hub is killed and comes back; nobody notices but those who look at it. */
async function outlivesHub(bed) {
  await podman(['kill', '--signal', 'KILL', bed.compose.hub]);
  // podman's own restart policy does not count a kill by hand on every version.
  await podman(['start', bed.compose.hub]);
  await bed.compose.ready();
  await allLive(bed, 'hub-killed');
}

/** F6 */
async function outlivesDaemon(bed) {
  const [{ container }] = bed.machines;
  const before = await daemonPid(container);
  assert.ok(before, 'a daemon runs');
  await inside(container, `kill -9 ${before}`);
  await until(async () => ![before, null].includes(await daemonPid(container)), { what: 'the next daemon' });
  await allLive(bed, 'daemon-killed');
}

/** F9 R:D28 The container's processes are gone: what was running is interrupted, readable, and goes on where it was. */
async function outlivesContainer(bed) {
  const [machine] = bed.machines;
  const hit = bed.sessions.filter((session) => session.machine === machine);
  const others = bed.sessions.filter((session) => session.machine !== machine);
  await podman(['restart', '--time', '20', machine.container]);
  for (const session of hit) {
    await sessionIs(session, 'interrupted');
    assert.equal(await stateInDatabase(bed.compose, session), `interrupted|${session.epoch}`);
  }
  await hostIs(machine, 'online');
  for (const session of others) await lives(session, 'untouched', bed.compose);
  for (const session of hit) {
    const { line, epoch } = session;
    assert.ok((await printed(session, epoch)).includes(line), 'what it had printed can be read');
    await resumed(session);
    assert.ok((await printed(session, epoch)).includes(line), 'and after Resume, too');
    if (session.worktree)
      assert.ok(existsSync(join(session.cwd, wordFile(session, 1, 1))), 'the worktree is the same');
  }
  await allLive(bed, 'resumed');
}

/** `down` takes the containers and leaves the volumes. What the database had, row by row, it has after `up`. */
async function keepsData(bed) {
  const created = () => podman(['inspect', '-f', '{{.Created}}', bed.compose.hub]);
  const [wasCreated, before] = [await created(), await allRows(bed.compose)];
  const [, took] = await timed(async () => {
    await bed.compose.down('-t', '15');
    assert.notEqual((await capture('podman', ['container', 'exists', bed.compose.hub])).code, 0);
    await bed.compose.up();
    await bed.compose.ready();
  });
  assert.notEqual(await created(), wasCreated);
  await allLive(bed, 'down-and-up');
  assert.deepEqual(lost(before, await allRows(bed.compose)), []);
  say(`down and up took ${took} s; all of ${before.size} rows are there again`);
}

/** F40 Every container of the installation ends when asked, in time and with 0. */
async function endsInTime({ compose, machines }) {
  for (const name of [...machines.map(({ container }) => container), compose.hub]) {
    const [, took] = await timed(() => podman(['stop', '--time', '20', name]));
    const code = await podman(['inspect', '-f', '{{.State.ExitCode}}', name]);
    assert.equal(code, '0', `${name} was killed, or failed`);
    assert.ok(Number(took) < stopLimit, `${name} took ${took} s to stop, the limit is ${stopLimit}`);
    say(`${name} stopped in ${took} s`);
    assert.doesNotMatch(await compose.logs(name), /thread died|"level":"fatal"/);
  }
}

export const fleetChecks = [
  ['two machines join by the printed commands', machinesJoin],
  [
    'a shell and a worktree session on each: typed into, on the disk, recorded, in the database',
    sessionsWork,
  ],
  ['kill -9 of the hub: all sessions live on', outlivesHub],
  ['kill -9 of a daemon inside its container: all sessions live on, the same shells', outlivesDaemon],
  [
    "restart of a machine's container: interrupted, readable, resumed; the other machine untouched",
    outlivesContainer,
  ],
  ['down and up keep every row, and all sessions', keepsData],
];
export const lastChecks = [['stopped containers end in time, with 0', endsInTime]];

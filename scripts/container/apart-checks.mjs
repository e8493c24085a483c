// Owns what must hold of keepers apart: two containers of one image, started by the commands of docs/hosts.md, of which
// the daemon's is replaced by a newer one under live agents. The checks run in this order and share `bed`.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { elapsed, say } from '../run/output.mjs';
import { inRoot } from '../run/paths.mjs';
import { daemonPid, discard, inside, podman } from './engine.mjs';
import { opened, printed, resumed, seen, sessionIs } from './fleet.mjs';
import { fileText, hostIs, type } from './sessions.mjs';
import { until } from './until.mjs';

/** Lines that a session prints while its daemon's container is exchanged, and how many of them come in a second. */
const lines = { count: 600, perSecond: 40 };

/** The commands of the page, with this machine's values for its placeholders. */
function commandsOfPage(bed, image) {
  const page = readFileSync(inRoot('docs/hosts.md'), 'utf8').split('## Keepers apart')[1];
  const [block = ''] = /(?<=```sh\n)[^]*?(?=```)/.exec(page) ?? [];
  const filled = block
    .replaceAll('roundhouse-<name>', bed.container)
    .replaceAll('/srv/git', bed.root)
    .replace('http://127.0.0.1:4400', bed.hubUrl)
    .replace('rhj_…', bed.token)
    .replace('=apart ', `=apart -e PROFILES_DIR=${bed.root}/profiles `)
    .replaceAll(/localhost\/roundhouse-daemon:[\d.]+/g, image);
  const [keepers, daemon] = filled.split(/(?=^# the daemon)/m);
  return { keepers, daemon };
}

async function shell(command) {
  const { code, output } = await capture('sh', ['-ec', command]);
  assert.equal(code, 0, `${command}\n${output}`);
}

const keepersOf = (bed) => `${bed.container}-keepers`;

/** Of those with a network of their own. */
const privateOf = (bed) => `${bed.container}-private`;

export const apartContainers = (bed) => [bed.container, keepersOf(bed)];

export async function discardApart(bed) {
  for (const name of [bed.container, privateOf(bed)]) {
    for (const container of [name, `${name}-keepers`]) await discard(container);
    await capture('podman', ['volume', 'rm', '--force', `${name}-state`]);
  }
  if (bed.newer) await capture('podman', ['rmi', '--force', bed.newer]);
}

/** A Roundhouse that is newer, also in what becomes of keepers, and in whose image no shell is left for agents. */
async function buildNewer(bed) {
  const daemon = '/opt/roundhouse/apps/daemon';
  const change = [
    // Wherever the build has put its version.
    `grep -rlE 'productVersion *=' --include='*.js' /opt/roundhouse/packages/*/dist ${daemon}/dist`,
    String.raw` | xargs sed -i -E 's/(productVersion *= *.)[0-9.]+/\199.1.2/'`,
    ` && echo '// newer' >>${daemon}/dist/keeper/keeper.mjs && mv /bin/bash /bin/bash-away`,
  ].join('');
  const text = `FROM ${bed.image}\nUSER 0\nRUN ${change}\nUSER 1000:1000\n`;
  bed.newer = `${bed.image}-newer`;
  await shell(`podman build -q -t ${bed.newer} - <<'END'\n${text}END`);
}

/** A session whose shell knows a word that no other shell does. */
async function begun(bed, at) {
  const session = await opened(bed, at);
  await type(bed, session.id, 'KEPT=still-here\r');
  bed.sessions.push(session);
  return session;
}

async function answers(bed, { id, cwd, shell: pid }, name) {
  await type(bed, id, `echo "$$ $KEPT" > ${name}\r`);
  assert.equal(await fileText(join(cwd, name)), `${pid} still-here\n`, 'the same shell goes on');
}

async function joins(bed) {
  const made = await bed.call('POST', '/hosts', { name: bed.name, projectRoots: [bed.root] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  bed.hostId = made.body.id;
  const command = made.body.commands.podman;
  bed.hubUrl = /HUB_URL=(\S+)/.exec(command)[1];
  writeAgent(bed);
  bed.token = /JOIN_TOKEN=(\S+)/.exec(command)[1];
  const { keepers, daemon } = commandsOfPage(bed, bed.image);
  await shell(keepers);
  await shell(daemon);
  const host = await hostIs(bed, 'online');
  assert.deepEqual(
    host.projects.map(({ path }) => path),
    [bed.project],
  );
  bed.otlpPort = host.otlp.port;
  await buildNewer(bed);
}

async function runsWithKeepers(bed) {
  bed.sessions = [];
  for (const worktree of [false, true]) {
    const { shell: pid } = await begun(bed, { worktree });
    const groups = [keepersOf(bed), bed.container].map((name) =>
      inside(name, `cat /proc/${pid}/cgroup /proc/1/cgroup`),
    );
    const [there] = await Promise.all(groups);
    const [own, first] = [there.slice(0, there.length / 2), there.slice(there.length / 2)];
    assert.equal(own.trim(), first.trim(), 'the shell runs in the container of the keepers');
  }
}

/** What hooks and exporters need: the daemon's port is on the loopback of the agents. */
async function hearsTelemetry(bed) {
  const [{ id, cwd }] = bed.sessions;
  const call = `curl -s -o /dev/null -w '%{http_code}\\n' http://127.0.0.1:${bed.otlpPort}/v1/metrics -X POST`;
  await type(bed, id, `${call} > otlp.txt\r`);
  assert.match(await fileText(join(cwd, 'otlp.txt')), /^4\d\d\n$/, 'the receiver answers a stranger');
}

/** The second command of the page again, with a newer image, while both sessions print. */
async function survivesNewImage(bed) {
  const pause = 1 / lines.perSecond;
  const loop = `for i in $(seq 1 ${lines.count}); do echo "=$i="; sleep ${pause}; done; echo over > over.txt\r`;
  for (const { id } of bed.sessions) await type(bed, id, loop);
  await until(async () => (await printed(bed.sessions[0], 1)).includes('=20='), {
    what: 'the first lines',
  });
  const startedAt = performance.now();
  await podman(['rm', '--force', '--time', '10', bed.container]);
  await shell(commandsOfPage(bed, bed.newer).daemon);
  const isNew = async () => {
    const { body } = await bed.call('GET', `/hosts/${bed.hostId}`);
    return body.state === 'online' && body.daemonVersion === '99.1.2';
  };
  await until(isNew, { what: 'the newer daemon' });
  say(`the newer daemon was online ${elapsed(startedAt)} s after the old one was told to go`);
  for (const session of bed.sessions) await exactlyOnce(bed, session);
}

async function exactlyOnce(bed, session) {
  await until(async () => (await printed(session, 1)).includes(`=${lines.count}=`), {
    what: 'the last line',
  });
  const told = [...(await printed(session, 1)).matchAll(/=(\d+)=\r/g)].map(([, number]) => Number(number));
  assert.deepEqual(
    told,
    Array.from({ length: lines.count }, (_, index) => index + 1),
    'each line once, in order',
  );
  await answers(bed, session, 'after-upgrade.txt');
  const { state, epoch } = await seen(session);
  assert.deepEqual([state, epoch], ['running', 1]);
}

/** The newer daemon's keeper, started by the keeper host of before, with a program that only its image has. */
async function startsNewKeepers(bed) {
  const builds = await inside(keepersOf(bed), 'ls /state/keepers');
  assert.equal(builds.split('\n').length, 2, builds);
  await begun(bed, { worktree: true });
  const running = await inside(
    keepersOf(bed),
    "pgrep -a -f '/state/keepers/' | grep -o 'keepers/[0-9a-f]\\{16\\}' | sort -u",
  );
  assert.equal(running.split('\n').length, 2, `keepers of both builds: ${running}`);
}

async function outlivesDaemon(bed) {
  const before = await daemonPid(bed.container);
  await inside(bed.container, `kill -9 ${before}`);
  await until(async () => ![before, null].includes(await daemonPid(bed.container)), {
    what: 'the next daemon',
  });
  await hostIs(bed, 'online');
  for (const session of bed.sessions) await answers(bed, session, 'after-kill.txt');
}

/** Its supervisor starts the keeper host again; meanwhile nothing that runs is touched, and a start says why not. */
async function outlivesKeeperHost(bed) {
  const host = await inside(keepersOf(bed), "pgrep -o -f '^node .*/apps/daemon keeper-host$'");
  await inside(keepersOf(bed), `kill -STOP ${host}`);
  const refused = await refusal(bed);
  assert.equal(refused.code, 'KEEPER_UNREACHABLE', JSON.stringify(refused));
  for (const session of bed.sessions) await answers(bed, session, 'without-host.txt');
  const { output } = await capture('podman', [
    'exec',
    bed.container,
    'node',
    '/opt/roundhouse/apps/daemon',
    'doctor',
  ]);
  assert.match(output, /error keeper-host: /);
  await inside(keepersOf(bed), `kill -9 ${host}`);
  const listens = async () =>
    (await podman(['logs', keepersOf(bed)])).split('keepers can be started').length > 2;
  await until(listens, { what: 'the next keeper host' });
  await begun(bed, { worktree: false });
}

/** An agent that tells of its turns by hooks, as claude does; its interpreter is in the image of the agents alone. */
function writeAgent({ root }) {
  const agent = join(root, 'agent');
  const script = [
    '#!/bin/bash',
    '[ "$1" = --version ] && echo 7.0 && exit',
    `command=$(jq -r '.hooks.UserPromptSubmit[0].hooks[0].command' "$2")`,
    `while read -r line; do printf '{"session_id":"a","prompt":"%s"}' "$line" | sh -c "$command"; done`,
  ];
  writeFileSync(agent, `${script.join('\n')}\n`, { mode: 0o755 });
  const profile = {
    ...{ name: 'hooked', binary: agent, commands: { new: [agent], resume: [agent] }, task: 'none' },
    hooks: { format: 'json', timeout: 5, timeout_unit: 'seconds', events: ['UserPromptSubmit'] },
    overlay: {
      files: { 'settings.json': { hooks: '{hooks}' } },
      ...{ args: ['--settings', '{overlay}/settings.json'], settings_file: 'settings.json' },
    },
    signals: [{ from: 'hook', event: 'UserPromptSubmit', is: 'working' }],
  };
  mkdirSync(join(root, 'profiles'));
  // JSON is YAML.
  writeFileSync(join(root, 'profiles/hooked.yaml'), JSON.stringify(profile));
}

/** What an agent tells by a hook comes to the daemon in the other container. */
async function hearsHooks(bed) {
  const host = await hostIs(bed, 'online');
  const told = host.profiles.find(({ name }) => name === 'hooked');
  assert.deepEqual([told?.available, told?.version], [true, '7.0'], JSON.stringify(told));
  const made = await posted(bed, 'hooked');
  const session = { machine: bed, id: made.body.id };
  await sessionIs(session, 'running');
  await type(bed, session.id, 'go\r');
  const works = async () => {
    const { kind, source } = (await seen(session)).activity ?? {};
    return kind === 'working' && source === 'hook';
  };
  await until(works, { what: 'the hook to be heard' });
}

function posted(bed, profile) {
  const request = { hostId: bed.hostId, profile, project: bed.project, mode: 'new', worktree: false };
  const key = { 'idempotency-key': randomUUID() };
  return bed.call('POST', '/sessions', { ...request, trust: true, cols: 80, rows: 24 }, key);
}

/** Why a session does not start, as the hub tells it. */
async function refusal(bed) {
  const made = await posted(bed, 'bash');
  if (made.status !== 201) return made.body;
  const failed = async () => {
    const { state, stateReason } = await seen({ machine: bed, id: made.body.id });
    return state === 'failed' && stateReason;
  };
  return until(failed, { what: 'the session to fail', ms: 60_000 });
}

/** Stopping the keepers is what interrupts; starting the daemon's container starts both. */
async function interruptsWithKeepers(bed) {
  await podman(['stop', '--time', '20', bed.container, keepersOf(bed)], {
    label: 'stopping both containers',
  });
  await podman(['start', bed.container]);
  await hostIs(bed, 'online');
  for (const session of bed.sessions) await sessionIs(session, 'interrupted');
  const [first] = bed.sessions;
  assert.ok((await printed(first, 1)).includes(`=${lines.count}=`), 'its output is kept');
  await resumed(first);
}

/** As rootless podman would: a user namespace of their own, and a network that is not the machine's. */
async function sharesNamespaces(bed) {
  const { keepers, daemon } = commandsOfPage(bed, bed.image);
  const apart = (command) => command.replaceAll(bed.container, privateOf(bed));
  const user = /--user="[^"]*" \$\([^)]*\([^)]*\)[^)]*\)/;
  const mapped = '--uidmap 0:100000:65536 --gidmap 0:100000:65536 --user=1000:1000';
  await shell(apart(keepers).replace('--network=host ', '').replace(user, mapped));
  const joined = apart(daemon).replace('--network=host', '--network=container:$K');
  await shell(joined.replace(user, '--userns=container:$K --user=1000:1000'));
  const doctor = ['exec', privateOf(bed), 'node', '/opt/roundhouse/apps/daemon', 'doctor', '--json'];
  const found = async () => {
    const { output } = await capture('podman', doctor);
    return output.startsWith('{') && JSON.parse(output).findings.map(({ id }) => id);
  };
  const ids = await until(found, { what: 'findings of the doctor' });
  assert.ok(!ids.includes('keeper-host') && !ids.includes('agents') && ids.includes('hub'), ids.join());
  // What a sweep for a session needs of processes in the other container.
  await inside(privateOf(bed), 'tr "\\0" "\\n" </proc/1/environ | grep -q ^HOME= && kill -0 1');
}

/** A daemon that does not see the agents says which option is missing, and touches nothing. */
async function refusesBlind(bed) {
  const { daemon } = commandsOfPage(bed, bed.image);
  await podman(['rm', '--force', '--time', '10', bed.container]);
  for (const [without, said] of [
    [/--pid=\S+ /, '--pid=container:NAME'],
    [/--network=\S+ /, '--network=container:NAME (or =host'],
    [/-e ROUNDHOUSE_KEEPERS=apart /, 'ROUNDHOUSE_KEEPERS=apart'],
  ]) {
    await shell(daemon.replace(without, ''));
    const logs = async () => (await capture('podman', ['logs', bed.container])).output.includes(said);
    await until(logs, { what: `a daemon that asks for ${said}` });
    await podman(['rm', '--force', '--time', '10', bed.container]);
  }
  await shell(daemon);
  await hostIs(bed, 'online');
  assert.equal((await seen(bed.sessions[0])).state, 'running');
}

export const apartChecks = [
  ['the commands of docs/hosts.md bring the machine online', joins],
  ['shells run in the container of the keepers', runsWithKeepers],
  ['agents reach the telemetry port of the daemon', hearsTelemetry],
  ['a newer daemon image: every line once, the same shells', survivesNewImage],
  ['newer keepers start, of programs that only their container has', startsNewKeepers],
  ['an agent of that container is found, and its hooks are heard', hearsHooks],
  ['kill -9 of the daemon: the sessions live on', outlivesDaemon],
  ['without its keeper host: sessions go on, starts are refused with the reason', outlivesKeeperHost],
  ['stop and start of both: interrupted, readable, resumable', interruptsWithKeepers],
  ['a user namespace and a network of their own', sharesNamespaces],
  ['a daemon that cannot see the agents names the option that is missing', refusesBlind],
];

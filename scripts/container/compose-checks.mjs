// Owns what must hold of the hub's image and of compose.yml; they run in this order and share `bed`. R:H18 T34.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { say } from '../run/output.mjs';
import { inRoot } from '../run/paths.mjs';
import { signedIn } from './compose.mjs';
import { inside, podman } from './engine.mjs';
import { httpsCall } from '../deploy/https-call.mjs';
import { fileText, hostIs, spawned, type } from './sessions.mjs';
import { until } from './until.mjs';

const baseImage = 'docker.io/library/node:22-bookworm-slim';
/** What the hub's image may be above its base. Bytes. */
const sizeLimit = 150e6;
const secretWords = /password|secret|token|key/i;

const inspect = async (name, format) =>
  JSON.parse(await podman(['inspect', '-f', `{{json ${format}}}`, name]));

async function small({ hubImage }) {
  const above = (await inspect(hubImage, '.Size')) - (await inspect(baseImage, '.Size'));
  say(`the hub's image is ${Math.round(above / 1e6)} MB above its base`);
  assert.ok(above <= sizeLimit, `${above} bytes above the base, the limit is ${sizeLimit}`);
}

/** Neither layers, nor settings, nor the history of an image hold a secret, a source or a test. */
async function nothingElse({ hubImage, image }) {
  for (const name of [hubImage, image]) {
    assert.equal(await inspect(name, '.Config.User'), '1000:1000');
    const env = await inspect(name, '.Config.Env');
    assert.deepEqual(
      env.filter((line) => secretWords.test(line.split('=')[0])),
      [],
    );
    const history = await podman(['history', '--no-trunc', '--format', '{{.CreatedBy}}', name]);
    assert.doesNotMatch(history, /password=|token=|BEGIN [A-Z ]*PRIVATE/i);
    const find =
      "cd /opt/roundhouse && find . -path '*/node_modules' -prune -o -type f \\( -name '*.ts' -o -name '*.spec.*' " +
      "-o -name '.env*' -o -name '*.local.yaml' \\) -print; " +
      "find /opt /state /home /root -name '*.pem' -o -name '*.key' -o -name '.npmrc' -o -name database-url";
    const args = [
      'run',
      '--rm',
      '--network=none',
      '--user=0',
      '--entrypoint',
      '["sh","-c",' + JSON.stringify(find) + ']',
    ];
    assert.equal(await podman([...args, name]), '', name);
  }
}

/** Docker's compose reads the same file. Says so where there is none to ask. */
async function dockerReads() {
  const asked = [];
  for (const [program, ...words] of [['docker', 'compose'], ['docker-compose']]) {
    const ask = (...more) => capture(program, [...words, ...more]).catch(() => ({ code: 1, output: '' }));
    if ((await ask('version')).code !== 0) continue;
    asked.push([program, ...words].join(' '));
    const { code, output } = await ask('-f', inRoot('compose.yml'), 'config');
    assert.equal(code, 0, output);
    assert.match(output, /DATABASE_URL_FILE: \/run\/roundhouse\/database-url/);
    assert.match(output, /127\.0\.0\.1/);
  }
  say(asked.length > 0 ? `read by ${asked.join(', ')}` : 'not checked: there is no compose of docker here');
}

async function comesUp(bed) {
  await bed.compose.up();
  await bed.compose.ready();
  const page = await httpsCall(`${bed.compose.url}/`, {
    ca: bed.compose.ca,
    headers: { accept: 'text/html' },
  });
  assert.equal(page.status, 200);
  assert.match(page.body, /<div id="root">|<title>/);
  // Only this machine: the port is bound to the loopback.
  const ports = await inspect(bed.compose.hub, '.NetworkSettings.Ports');
  assert.deepEqual(ports['4400/tcp'], [{ HostIp: '127.0.0.1', HostPort: String(bed.compose.port) }]);
}

/** What runs is confined, whatever the files say. */
async function confined({ compose }) {
  assert.deepEqual((await inspect(compose.hub, '.EffectiveCaps')) ?? [], []);
  assert.equal(await inspect(compose.hub, '.HostConfig.ReadonlyRootfs'), true);
  assert.equal(await inspect(compose.hub, '.HostConfig.Privileged'), false);
  for (const name of [compose.hub, compose.db]) {
    const status = await inside(name, 'cat /proc/1/status');
    assert.match(status, /^NoNewPrivs:\t1$/m, name);
    const env = await inspect(name, '.Config.Env');
    assert.deepEqual(
      env.filter((line) => /password|token/i.test(line) || /:\/\/[^/]*:[^/]*@/.test(line)),
      [],
    );
  }
  const status = await inside(compose.hub, 'cat /proc/1/status');
  assert.match(status, /^Uid:\t1000\t1000\t/m);
  assert.match(status, /^CapEff:\t0+$/m);
  assert.match(status, /^CapBnd:\t0+$/m);
  const written = await capture('podman', ['exec', compose.hub, 'touch', '/opt/roundhouse/x']);
  assert.notEqual(written.code, 0);
  assert.match(written.output, /Read-only file system/);
  await podman(['healthcheck', 'run', compose.hub]);
  await podman(['healthcheck', 'run', compose.db]);
}

async function machineJoins(bed) {
  bed.call = await signedIn(bed.compose);
  const made = await bed.call('POST', '/hosts', { name: bed.name, projectRoots: [bed.root] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  bed.hostId = made.body.id;
  const started = await capture('sh', ['-c', made.body.commands.podman]);
  assert.equal(started.code, 0, started.output);
  await hostIs(bed, 'online');
  bed.session = await spawned(bed, { worktree: false });
  await type(bed, bed.session, 'KEPT=through-compose; echo "$KEPT" > by-compose.txt\r');
  assert.equal(await fileText(join(bed.project, 'by-compose.txt')), 'through-compose\n');
}

/** F:F1 The hub is killed and comes back by itself; the session goes on. */
async function outlivesHub(bed) {
  await podman(['kill', '--signal', 'KILL', bed.compose.hub]);
  // podman's own restart policy does not count a kill by hand on every version.
  await podman(['start', bed.compose.hub]);
  await bed.compose.ready();
  await hostIs(bed, 'online');
  await type(bed, bed.session, 'echo "$KEPT again" > after-kill.txt\r');
  assert.equal(await fileText(join(bed.project, 'after-kill.txt')), 'through-compose again\n');
}

/** `down` takes the containers and leaves the volumes: account, host and session are there after `up`. */
async function keepsData(bed) {
  const before = await inspect(bed.compose.hub, '.Created');
  await bed.compose.down('-t', '15');
  assert.notEqual((await capture('podman', ['container', 'exists', bed.compose.hub])).code, 0);
  await bed.compose.up();
  await bed.compose.ready();
  assert.notEqual(await inspect(bed.compose.hub, '.Created'), before);
  await hostIs(bed, 'online');
  const running = async () => (await bed.call('GET', `/sessions/${bed.session}`)).body.state === 'running';
  await until(running, { what: 'the session to be seen again', ms: 60_000 });
  await type(bed, bed.session, 'echo "$KEPT still" > after-down.txt\r');
  assert.equal(await fileText(join(bed.project, 'after-down.txt')), 'through-compose still\n');
}

/** A lost password is said by its name and mended by the command that the log names. Any uid can run the hub, too. */
async function wrongPassword(bed) {
  const { compose, hubImage } = bed;
  const stranger = `${compose.name}_stranger`;
  const url = 'postgresql://roundhouse:canary@db:5432/roundhouse';
  const settings = ['-e', `DATABASE_URL=${url}`, '-e', 'ROUNDHOUSE_TLS=self-signed'];
  const confinement = [
    '--read-only',
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
    '--user=23456:23456',
  ];
  const network = await podman([
    'network',
    'ls',
    '--filter',
    `name=${compose.name}`,
    '--format',
    '{{.Name}}',
  ]);
  try {
    await podman([
      'run',
      '-d',
      '--name',
      stranger,
      '--network',
      network,
      ...confinement,
      ...settings,
      hubImage,
    ]);
    const said = async () => /password authentication failed for user/.test(await compose.logs(stranger));
    await until(said, { what: 'the hub to say that the password is wrong', ms: 60_000 });
    const log = await compose.logs(stranger);
    assert.doesNotMatch(log, /canary/);
    assert.equal(await inside(stranger, 'id -u; ls -ld /state/hub | cut -c1-10'), '23456\ndrwx------');
    const health = await capture('podman', ['exec', stranger, 'roundhouse-hub-health']);
    assert.equal(health.code, 1, health.output);
    assert.match(health.output, /^503 .*starting/);
  } finally {
    await capture('podman', ['rm', '--force', '--time', '2', '--volumes', stranger]);
  }
  await inside(
    compose.db,
    `psql -q -U roundhouse -d roundhouse -c "ALTER ROLE roundhouse PASSWORD 'canary'"`,
  );
  await inside(compose.db, 'roundhouse-db set-password');
  await podman(['restart', '--time', '15', compose.hub]);
  await compose.ready();
}

/** F:F40 */
async function endsInTime({ compose }) {
  await podman(['stop', '--time', '15', compose.hub]);
  assert.equal(await inspect(compose.hub, '.State.ExitCode'), 0);
}

export const composeChecks = [
  ["the hub's image is small", small],
  ['images have what runs, no secret, and no root', nothingElse],
  ["docker's compose takes compose.yml, too", dockerReads],
  ['compose up: the page over TLS, on this machine alone', comesUp],
  ['no capabilities, no new privileges, read-only root, healthy', confined],
  ['a machine joins by the printed command, and a session works', machineJoins],
  ['kill -9 of the hub: the session lives on', outlivesHub],
  ['down and up keep account, host and session', keepsData],
  ['a wrong password is said and mended; any uid runs the hub', wrongPassword],
  ['the hub ends in time, with 0', endsInTime],
];

// Owns what must hold of the hub's image and of compose.yml; they run in this order and share `bed`. R:H18 T34.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../run/child.mjs';
import { say } from '../run/output.mjs';
import { inRoot } from '../run/paths.mjs';
import { baseImages } from './base-images.mjs';
import { dockerComposes } from './compose.mjs';
import { inside, podman } from './engine.mjs';
import { httpsCall } from '../deploy/https-call.mjs';
import { skipped } from './prove.mjs';
import { until } from './until.mjs';

/** What the hub's image may be above its base. Bytes. */
const sizeLimit = 150e6;
const secretWords = /password|secret|token|key/i;

const inspect = async (name, format) =>
  JSON.parse(await podman(['inspect', '-f', `{{json ${format}}}`, name]));

async function small({ hubImage }) {
  const above = (await inspect(hubImage, '.Size')) - (await inspect(baseImages.node, '.Size'));
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

/** Docker's compose reads the same files. */
async function dockerReads() {
  const programs = await dockerComposes();
  if (programs.length === 0) return skipped('there is no compose of docker here (Debian: docker-compose)');
  const env = { ...process.env, ROUNDHOUSE_TLS_DIR: '/srv/tls' };
  for (const { argv } of programs) {
    const [program, ...words] = argv;
    const files = ['-f', inRoot('compose.yml')];
    for (const more of [[], ['-f', inRoot('deploy/tls.yml')]]) {
      const { code, output } = await capture(program, [...words, ...files, ...more, 'config'], { env });
      assert.equal(code, 0, output);
      assert.match(output, /DATABASE_URL_FILE: \/run\/roundhouse\/database-url/);
      assert.match(output, /127\.0\.0\.1/);
      assert.match(output, more.length > 0 ? /ROUNDHOUSE_TLS: files/ : /ROUNDHOUSE_TLS: self-signed/);
    }
    say(`read by ${argv.join(' ')}`);
  }
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

/**
 * A lost password is said by its name and mended by the command that the log names. Any uid can run the hub, too, and its
 * health check finds it where a settings file has put it.
 */
async function wrongPassword(bed) {
  const { compose, hubImage, base } = bed;
  const stranger = `${compose.name}_stranger`;
  const url = 'postgresql://roundhouse:canary@db:5432/roundhouse';
  const file = join(base, 'stranger.yaml');
  writeFileSync(file, 'hub:\n  port: 4477\n  tls: self-signed\n');
  const settings = ['-e', `DATABASE_URL=${url}`, '-v', `${file}:/etc/roundhouse/roundhouse.yaml:ro`];
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

export const composeChecks = [
  ["the hub's image is small", small],
  ['images have what runs, no secret, and no root', nothingElse],
  ["docker's compose takes compose.yml, too", dockerReads],
  ['compose up: the page over TLS, on this machine alone', comesUp],
  ['no capabilities, no new privileges, read-only root, healthy', confined],
];
export const passwordChecks = [['a wrong password is said and mended; any uid runs the hub', wrongPassword]];

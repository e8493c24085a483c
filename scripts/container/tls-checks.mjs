// Owns what must hold of compose.yml with deploy/tls.yml: certificates of somebody's own. They run in this order and share `bed`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';
import { capture } from '../run/child.mjs';
import { say } from '../run/output.mjs';
import { authority } from './certificates.mjs';
import { signedIn } from './compose.mjs';
import { podman, timed } from './engine.mjs';
import { joined, lives, opened } from './fleet.mjs';
import { hostIs } from './sessions.mjs';
import { until } from './until.mjs';

/** The serial number of what is served, to a client that believes this CA alone. */
const servedSerial = ({ port, ca }) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca, timeout: 10_000 }, () => {
      resolve(Number(`0x${socket.getPeerCertificate().serialNumber}`));
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('no TLS handshake')));
    socket.on('error', reject);
  });

async function refusesWithout({ compose }) {
  const { output } = await compose.raw(['ps'], { ROUNDHOUSE_TLS_DIR: undefined });
  assert.match(output, /the directory with cert\.pem and key\.pem/);
}

async function serves(bed) {
  const { compose, made } = bed;
  await made.issue(1001);
  compose.ca = readFileSync(made.ca, 'utf8');
  await compose.up();
  await compose.ready();
  assert.equal(await servedSerial(compose), 1001);
  await podman(['healthcheck', 'run', compose.hub]);
}

/** As docs/deploy.md says: the printed command, and the CA. */
async function machineJoins(bed) {
  bed.call = await signedIn(bed.compose);
  const { ca } = bed.made;
  const [machine] = bed.machines;
  const withCa = ` -v ${ca}:${ca}:ro -e NODE_EXTRA_CA_CERTS=${ca} `;
  machine.alter = (command) => command.replace(/ (?=\S+$)/, withCa);
  await joined(machine);
  bed.sessions.push(await opened(machine, { worktree: false }));
}

async function replaced(bed) {
  const { compose, made } = bed;
  const startedAt = () => podman(['inspect', '-f', '{{.State.StartedAt}}', compose.hub]);
  const before = await startedAt();
  await made.issue(1002);
  const [, took] = await timed(() =>
    until(async () => (await servedSerial(compose)) === 1002, { what: 'the new certificate', ms: 60_000 }),
  );
  say(`the new certificate was served after ${took} s`);
  assert.equal(await startedAt(), before);
  await hostIs(bed.machines[0], 'online');
  await lives(bed.sessions[0], 'renewed', compose);
}

export const tlsChecks = [
  ['deploy/tls.yml without certificates says what is missing', refusesWithout],
  ['files: the hub serves a certificate of somebody else', serves],
  ['a machine joins with that CA', machineJoins],
  ['a replaced certificate is served without a restart', replaced],
];

export const prepareTls = async (bed, dir) => {
  bed.made = await authority(dir);
};
export const hasOpenssl = () =>
  capture('openssl', ['version']).then(
    ({ code }) => code === 0,
    () => false,
  );

// Owns that docker's own programs do with a machine's command what podman does. There is no docker engine in it: they talk to
// podman, which speaks docker's protocol on a socket.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture, stopperOf } from '../run/child.mjs';
import { RunError, say } from '../run/output.mjs';
import { composeProject, dockerComposes } from './compose.mjs';
import { daemonPid } from './engine.mjs';
import { joined, lives, opened } from './fleet.mjs';
import { skipped } from './prove.mjs';
import { until } from './until.mjs';

/** podman as docker's engine: `env` is for docker's programs. */
export async function dockerEngine(base) {
  const socket = join(base, 'docker.sock');
  const child = spawn('podman', ['system', 'service', '--time=0', `unix://${socket}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-2000)));
  const stop = stopperOf(child, 'podman system service');
  try {
    const listens = () => {
      if (child.exitCode !== null) throw new RunError(`podman system service ended:\n${said}`);
      return existsSync(socket);
    };
    await until(listens, { what: `podman system service on ${socket}` });
    return { stop, env: { ...process.env, DOCKER_HOST: `unix://${socket}` } };
  } catch (error) {
    await stop();
    throw error;
  }
}

export const dockerVersion = () =>
  capture('docker', ['--version']).then(
    ({ code, output }) => (code === 0 ? output.trim() : null),
    () => null,
  );

const docker = async (env, ...args) => {
  const { code, output } = await capture('docker', args, { env });
  assert.equal(code, 0, `docker ${args.join(' ')}\n${output}`);
  return output.trim();
};

async function joinsByDocker({ docked, docker: { env } }) {
  await joined(docked, 'docker', env);
  assert.match(await docker(env, 'ps', '--format', '{{.Names}}'), new RegExp(`^${docked.container}$`, 'm'));
  assert.ok(await daemonPid(docked.container), 'the same container for podman');
}

async function worksByDocker({ docked, compose }) {
  const session = await opened(docked, { worktree: true });
  await lives(session, 'by-docker', compose);
}

async function stopsByDocker({ docked, docker: { env } }) {
  await docker(env, 'stop', '--time', '20', docked.container);
  assert.equal(await docker(env, 'inspect', '-f', '{{.State.ExitCode}}', docked.container), '0');
}

/** The same installation once more, by docker's compose. */
async function upByCompose({ docker: { env }, compose, ...images }) {
  const [program] = await dockerComposes();
  if (!program) return skipped('there is no compose of docker here (Debian: docker-compose)');
  const daemonImage = images.image;
  const name = `${compose.name}d`;
  const project = await composeProject({
    name,
    hubImage: images.hubImage,
    daemonImage,
    env: { DOCKER_HOST: env.DOCKER_HOST },
    program,
  });
  try {
    const { code, output } = await project.up();
    assert.equal(code, 0, output);
    await project.ready();
    assert.equal(await project.sql('SELECT count(*) FROM users'), '0');
    say(`up by ${program.argv.join(' ')}`);
  } finally {
    await project.remove();
  }
}

export const dockerChecks = [
  ["a machine joins by the printed command for docker, run by docker's own program", joinsByDocker],
  ['a worktree session works there', worksByDocker],
  ['docker stop ends it with 0', stopsByDocker],
  ["docker's compose brings up compose.yml", upByCompose],
];

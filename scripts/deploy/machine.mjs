// Owns a machine that joins by the command which the hub shows, with a repository, and the terminal session on it.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { hostIs, spawned } from '../container/sessions.mjs';
import { until } from '../container/until.mjs';
import { stopperOf } from '../run/child.mjs';
import { root } from '../run/paths.mjs';

/** Resolves to `{hostId, session, stop}`; `url` is what the command must name. */
export async function joinMachine({ call, url, dir, authority }) {
  const roots = join(dir, 'src');
  const project = join(roots, 'engine');
  mkdirSync(project, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main', project]);
  const made = await call('POST', '/hosts', { name: 'forge', projectRoots: [roots] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { commands, id: hostId } = made.body;
  for (const command of Object.values(commands)) assert.ok(command.includes(`HUB_URL=${url} `), command);
  const daemon = runCommand(commands.node, { dir, authority });
  const bed = { call, hostId, project };
  try {
    await hostIs(bed, 'online').catch((error) => {
      throw new Error(`${error.message}\n${daemon.said()}`);
    });
    const session = await spawned(bed, { worktree: false });
    const stop = async () => {
      await end(call, session).finally(daemon.stop);
    };
    return { hostId, session, stop };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** As a person pastes it, but in a home of its own. */
function runCommand(command, { dir, authority }) {
  const child = spawn('sh', ['-c', `exec env ${command}`], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: dir,
      OTLP_PORT: '0',
      ROUNDHOUSE_STATE_DIR: join(dir, 'daemon'),
      NODE_EXTRA_CA_CERTS: authority,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said = (said + text).slice(-4000)));
  return { said: () => said, stop: stopperOf(child, 'the daemon') };
}

async function end(call, session) {
  await call('POST', `/sessions/${session}/stop`, { force: true });
  const ended = async () => (await call('GET', `/sessions/${session}`)).body.state === 'exited';
  await until(ended, { what: 'the session to end' });
}

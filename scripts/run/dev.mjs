// Owns `npm run dev`: the compiler in watch mode, hub and daemon that restart on change, and Vite's dev server.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { runLocalDaemon, stopGraceMs } from './local-daemon.mjs';
import { say } from './output.mjs';
import { cacheDir, daemonProgram, hubProgram, inRoot, root, tool } from './paths.mjs';
import { Service } from './service.mjs';
import { watchForStop } from './shutdown.mjs';
import { prepareStateDir } from './state-dir.mjs';

/** A state directory of its own: working on Roundhouse does not touch the one that is in use. */
const state = process.env.ROUNDHOUSE_STATE_DIR || join(cacheDir, 'dev');
const hubUrl = `http://127.0.0.1:${process.env.ROUNDHOUSE_PORT || 4400}`;

export async function run() {
  await build({ only: ['prisma', 'compile', 'keeper'] });
  prepareStateDir(state);
  rmSync(join(state, 'local-daemon.json'), { force: true });

  const services = [compiler(), hub(), vite()];
  const stop = new AbortController();
  const daemon = runLocalDaemon({
    state,
    signal: stop.signal,
    onPid: () => {},
    nodeArgs: ['--watch', ...daemonProgram('dist/main.js')],
  });
  say(`web app with hot reload: http://127.0.0.1:5173 (hub: ${hubUrl}, state: ${state})`);
  const reason = await new Promise((resolve) => {
    watchForStop(resolve, () => services.forEach((service) => service.kill()));
    for (const service of services) void service.ended.then(() => resolve(`${service.name} ended`));
  });
  say(`stopping (${reason})`);
  stop.abort();
  await Promise.all([daemon, ...services.map((service) => service.stop(stopGraceMs))]);
  return 0;
}

const service = (name, args, options = {}) =>
  new Service({
    name,
    args,
    cwd: root,
    env: process.env,
    logPath: join(state, 'logs', `${name}.log`),
    ...options,
  });

const compiler = () =>
  service('tsc', [tool.tsc, '-b', '-w', '--preserveWatchOutput', 'apps/hub', 'apps/daemon']);

const hub = () =>
  service('hub', ['--watch', '--watch-preserve-output', ...hubProgram('dist/main.js'), '--local-daemon'], {
    env: { ...process.env, ROUNDHOUSE_STATE_DIR: state },
  });

const vite = () =>
  service('vite', [tool.vite, '--clearScreen', 'false'], {
    cwd: inRoot('apps/web'),
    env: { ...process.env, ROUNDHOUSE_DEV_HUB: hubUrl },
  });

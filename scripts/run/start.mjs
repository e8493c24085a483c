// Owns `npm start`: builds what is stale, then runs the hub with the web app and one daemon for this machine.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { clearLeftovers, forgetRunning, noteRunning } from './leftovers.mjs';
import { runLocalDaemon, stopGraceMs } from './local-daemon.mjs';
import { RunError, say } from './output.mjs';
import { hubProgram, root } from './paths.mjs';
import { Service } from './service.mjs';
import { watchForStop } from './shutdown.mjs';
import { prepareStateDir, stateDir } from './state-dir.mjs';

/** Resolves to the exit code: 0 after a wanted stop, else the hub's. */
export async function run(args) {
  if (args.length > 0) {
    throw new RunError(`npm start takes no arguments, got: ${args.join(' ')}`, {
      hint: 'Settings are environment variables, for example ROUNDHOUSE_PORT=4500 npm start.',
      exitCode: 2,
    });
  }
  const state = stateDir();
  await build();
  prepareStateDir(state);
  await clearLeftovers(state);
  rmSync(join(state, 'local-daemon.json'), { force: true });
  say(`starting; logs are in ${join(state, 'logs')}`);
  return supervise(state);
}

async function supervise(state) {
  const pids = { supervisor: process.pid, hub: undefined, daemon: undefined };
  const note = (name, pid) => {
    pids[name] = pid;
    noteRunning(state, pids);
  };
  const daemonStop = new AbortController();
  let daemonDone = Promise.resolve();
  const startDaemon = () => {
    if (daemonStop.signal.aborted) return;
    daemonDone = runLocalDaemon({ state, signal: daemonStop.signal, onPid: (pid) => note('daemon', pid) });
  };
  const hub = startHub(state, startDaemon);
  note('hub', hub.pid);

  let wanted = false;
  const dispose = watchForStop(
    () => {
      wanted = true;
      say('stopping; agents keep running');
      daemonStop.abort();
      void hub.stop(stopGraceMs);
    },
    () => hub.kill(),
  );
  const end = await hub.ended;
  daemonStop.abort();
  await daemonDone;
  dispose();
  forgetRunning(state);
  if (wanted) return 0;
  say(`the hub ended (${end.signal ?? `code ${end.code}`}); its log is ${join(state, 'logs', 'hub.log')}`);
  return end.code || 1;
}

/** `onReady` is called once, at the hub's ready line. */
function startHub(state, onReady) {
  let ready = false;
  return new Service({
    name: 'hub',
    args: [...hubProgram(), '--local-daemon'],
    cwd: root,
    env: { ...process.env, ROUNDHOUSE_STATE_DIR: state },
    logPath: join(state, 'logs', 'hub.log'),
    onLine: (line) => {
      if (ready || !line.startsWith('Roundhouse is ready: ')) return;
      ready = true;
      onReady();
    },
  });
}

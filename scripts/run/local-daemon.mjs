// Owns the daemon of this machine: waits for the hub's offer, starts the daemon and starts it again when it ends.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './output.mjs';
import { daemonProgram, root } from './paths.mjs';
import { Service } from './service.mjs';

const offerPollMs = 200;
const offerTimeoutMs = 60_000;
const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
/** A daemon that ran this long was healthy: the next restart is quick again. */
const healthyMs = 60_000;
/** The secrets of the hub are none of the daemon, nor of the agents that it starts; its log file is its own. */
const hubOnly =
  /^(DATABASE_URL(_FILE)?|ROUNDHOUSE_(PORT|HOST|PUBLIC_URL|ALLOWED_HOSTS|TRUSTED_PROXIES|LOG_FILE|DAEMON_IMAGE|USAGE_RETENTION|UPDATE_CHECK_URL|COMMIT|(TLS|BACKUP_).*))$/;

/**
 * Keeps one daemon running until `signal` aborts. `onPid` hears the pid of each one started.
 * The hub offers `{hubUrl, joinToken}` in `<state>/local-daemon.json` (mode 0600); it is read again at each start,
 * since a token is good for one use and 30 minutes only. `nodeArgs` name the program.
 */
export async function runLocalDaemon({
  state,
  signal,
  onPid,
  env = process.env,
  nodeArgs = daemonProgram(),
}) {
  let delay = firstDelayMs;
  while (!signal.aborted) {
    const offer = await waitForOffer(join(state, 'local-daemon.json'), signal);
    if (signal.aborted) return;
    if (!offer) say('the hub offers no place for a local daemon; trying again');
    const startedAt = performance.now();
    const end = offer && (await runOnce({ offer, state, signal, onPid, env, nodeArgs }));
    if (signal.aborted) return;
    if (performance.now() - startedAt > healthyMs) delay = firstDelayMs;
    if (end)
      say(`the daemon ended (${end.signal ?? `code ${end.code}`}); starting it again in ${delay / 1000} s`);
    await sleep(delay, undefined, { signal }).catch(() => {});
    delay = Math.min(delay * 2, maxDelayMs);
  }
}

async function runOnce({ offer, state, signal, onPid, env, nodeArgs }) {
  const daemon = new Service({
    name: 'daemon',
    args: nodeArgs,
    cwd: root,
    env: daemonEnv(env, offer, state),
    logPath: join(state, 'logs', 'daemon.log'),
  });
  onPid(daemon.pid);
  const stop = () => void daemon.stop(stopGraceMs);
  signal.addEventListener('abort', stop, { once: true });
  const end = await daemon.ended;
  signal.removeEventListener('abort', stop);
  onPid(undefined);
  return end;
}

/** Both children get this long to end; `npm start` promises to be gone within 10 s. */
export const stopGraceMs = 8_000;

export function daemonEnv(env, { hubUrl, joinToken }, state) {
  const kept = Object.entries(env).filter(([name]) => !hubOnly.test(name));
  // One file for both: the hub reads its section, the daemon the other.
  const settings = join(state, 'roundhouse.yaml');
  return {
    ...(existsSync(settings) ? { ROUNDHOUSE_CONFIG: settings } : {}),
    ...Object.fromEntries(kept),
    HUB_URL: hubUrl,
    ...(joinToken ? { JOIN_TOKEN: joinToken } : {}),
    ROUNDHOUSE_STATE_DIR: join(state, 'daemon'),
  };
}

async function waitForOffer(path, signal) {
  const until = performance.now() + offerTimeoutMs;
  while (!signal.aborted && performance.now() < until) {
    const offer = readOffer(path);
    if (offer) return offer;
    await sleep(offerPollMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
}

function readOffer(path) {
  try {
    const offer = JSON.parse(readFileSync(path, 'utf8'));
    return typeof offer.hubUrl === 'string' ? offer : undefined;
  } catch {
    return undefined;
  }
}

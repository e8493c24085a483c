// Where agents run, as the daemon uses it: beside itself, or with the keeper host of its state directory.
import { delay, systemClock, type Clock, type Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { ownPrograms, type Programs } from '../inventory/programs.js';
import { launchKeeper, START_TIMEOUT_MS, type LaunchKeeper } from '../keeper/launch-keeper.js';
import { isProcessAlive } from '../keeper/proc.js';
import { ensureRuntimeDir } from '../keeper/runtime-dir.js';
import { readCgroupRoom, type CgroupRoom } from '../sessions/cgroup-room.js';
import { SessionCgroups } from '../sessions/limits/session-cgroups.js';
import { ask, isAnswering, unreachable, type AskOptions } from './ask.js';
import { foreignNamespaces, keeperHostSocket, readKeeperHost, type KeeperHostIdentity } from './identity.js';
import {
  findOperation,
  keeperHostVersions,
  requireOperation,
  roomOperation,
  startOperation,
  versionOperation,
} from './wire.js';

export interface AgentPlace {
  readonly launch: LaunchKeeper;
  readonly programs: Programs;
  /** What the control group of the agents leaves them. */
  readonly room: () => Promise<CgroupRoom>;
  /** Of what agents see what is allowed: the daemon's own, with the PATH by which they are found. */
  readonly env: NodeJS.ProcessEnv;
  readonly cgroups: () => Promise<SessionCgroups>;
}

export const ownPlace = (env: NodeJS.ProcessEnv): AgentPlace => ({
  launch: launchKeeper,
  programs: ownPrograms,
  room: readCgroupRoom,
  env,
  cgroups: () => SessionCgroups.probe(),
});

/** Containers that are started together are not ready together. */
const WAIT_MS = 10_000;
const LOOK_MS = 200;
/** What is asked of a program has its own limit over there; the rest of the way takes milliseconds. */
const WAY_MS = 2_000;

export interface PlaceOptions {
  readonly stateDir: string;
  readonly keepers: 'own' | 'apart';
  /** The daemon's own. */
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * @throws AppError KEEPER_UNREACHABLE when there has never been a keeper host, CONFIG_INVALID when it cannot be used from
 * here or was not named, PROTOCOL_MISMATCH when it is too old or too new, or the signal's reason
 */
export async function openAgentPlace(options: PlaceOptions, signal: AbortSignal): Promise<AgentPlace> {
  const { stateDir, keepers, env, logger } = options;
  ensureRuntimeDir(stateDir);
  const socketPath = keeperHostSocket(stateDir);
  if (keepers === 'own') {
    if (await isAnswering(socketPath)) throw notNamed(stateDir);
    return ownPlace(env);
  }
  const identity = await awaitIdentity(options, signal);
  if (!isProcessAlive(identity.process)) {
    logger.warn('the keeper host is not there: agents go on, none can be started until it is back');
  }
  return placeApart(identity, env);
}

/** One that lives, else what is known of the last. */
async function awaitIdentity(options: PlaceOptions, signal: AbortSignal): Promise<KeeperHostIdentity> {
  const { stateDir, clock = systemClock } = options;
  const end = clock.monotonic() + WAIT_MS;
  for (;;) {
    const identity = await readKeeperHost(stateDir);
    const problem = identity === null ? unreachable() : problemOf(identity, stateDir);
    const late = clock.monotonic() >= end;
    if (identity && !problem && (late || isProcessAlive(identity.process))) return identity;
    if (problem && late) throw problem;
    await delay(LOOK_MS, clock, signal);
  }
}

/** Why the keeper host is of no use to this daemon; null when it is. */
export function problemOf(identity: KeeperHostIdentity, stateDir: string): AppError | null {
  const foreign = foreignNamespaces(identity);
  if (foreign.length > 0) {
    return new AppError('CONFIG_INVALID', {
      message: `The keepers run with other ${foreign.join(' and ')} namespaces than this daemon`,
      hint: `Start the daemon's container with ${foreign.map((name) => optionOf[name]).join(' ')} (docs/hosts.md).`,
    });
  }
  if (identity.stateDir !== stateDir) {
    return new AppError('CONFIG_INVALID', {
      message: `The keeper host has its state in ${identity.stateDir}, this daemon in ${stateDir}`,
      hint: 'Mount the volume at the same path in both containers: --volumes-from=NAME.',
    });
  }
  const { min, max } = identity.versions;
  if (keeperHostVersions.max >= min && keeperHostVersions.max <= max) return null;
  return new AppError('PROTOCOL_MISMATCH', {
    message: `The keeper host speaks ${String(min)} to ${String(max)}, this daemon ${String(keeperHostVersions.max)}`,
    hint: 'Make the container of the keepers anew from the image of this daemon: that ends its agents.',
  });
}

const optionOf = {
  pid: '--pid=container:NAME',
  net: '--network=container:NAME (or =host, as the keepers)',
  user: '--userns=container:NAME',
} as const;

export const notNamed = (stateDir: string): AppError =>
  new AppError('CONFIG_INVALID', {
    message: `A keeper host serves ${stateDir}, but this daemon starts its own keepers`,
    hint: 'Set ROUNDHOUSE_KEEPERS=apart, or stop the container of the keepers.',
  });

/** With the keeper host that said this of itself. */
export function placeApart({ stateDir, path }: KeeperHostIdentity, env: NodeJS.ProcessEnv): AgentPlace {
  const socketPath = keeperHostSocket(stateDir);
  const within = (timeoutMs: number, more: Pick<AskOptions, 'clock' | 'signal'>): AskOptions => ({
    socketPath,
    timeoutMs: timeoutMs + WAY_MS,
    ...more,
  });
  return {
    async launch({ keeper: { build }, dir, spec, clock }, signal) {
      const { text } = await ask(
        startOperation,
        { build, dir, spec: { ...spec } },
        within(START_TIMEOUT_MS, { clock, signal }),
      );
      return text;
    },
    programs: {
      find: (program, searched) => ask(findOperation, { program, path: searched }, { socketPath }),
      version: ({ file, env, timeoutMs, clock, signal }) =>
        ask(versionOperation, { file, env, timeoutMs }, within(timeoutMs, { clock, signal })),
      require: async (request) => void (await ask(requireOperation, request, { socketPath })),
    },
    room: () => ask(roomOperation, {}, { socketPath }),
    env: path === null ? env : { ...env, PATH: path },
    cgroups: () => Promise.resolve(SessionCgroups.elsewhere()),
  };
}

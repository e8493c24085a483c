// Starts an agent under a keeper of its own, and says in the words of the error table why one did not start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@roundhouse/kit';
import {
  AppError,
  isErrorCode,
  keeperReadySchema,
  type KeeperReady,
  type ProcessRef,
} from '@roundhouse/protocol';
import type { InstalledKeeper } from './keeper-bundle.js';
import { launchKeeper, LOG_FILE, type LaunchKeeper } from './launch-keeper.js';
import type { SpawnSpec } from './spawn-spec.js';

export interface StartKeeperOptions {
  /** From installKeeper. */
  readonly keeper: InstalledKeeper;
  readonly spec: Omit<SpawnSpec, 'build'>;
  /** Who starts the process; this one without it. */
  readonly launch?: LaunchKeeper;
  readonly clock?: Clock;
}

export interface StartedKeeper {
  readonly keeper: ProcessRef;
  /** Leader of the PTY's process group. */
  readonly agent: ProcessRef;
}

/**
 * Starts the agent under a keeper of its own.
 * @throws AppError AGENT_NOT_FOUND, DIRECTORY_MISSING, SESSION_RUNNING, NO_SPACE, SPAWN_FAILED, TIMEOUT,
 * KEEPER_UNREACHABLE when somebody else starts keepers, or the signal's reason. No agent runs then; only after TIMEOUT,
 * KEEPER_UNREACHABLE or an abort may one have started and ignored the hang-up:
 * `stopProcessTree({ sessionId, agent: null })` makes sure.
 */
export async function startKeeper(options: StartKeeperOptions, signal?: AbortSignal): Promise<StartedKeeper> {
  const { keeper, spec, launch = launchKeeper, clock } = options;
  const order = { keeper, dir: spec.dir, spec: { ...spec, build: keeper.build } };
  return started(parseReady(await launch(clock ? { ...order, clock } : order, signal)), spec.dir);
}

function parseReady(text: string): KeeperReady | null {
  try {
    return keeperReadySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function started(ready: KeeperReady | null, dir: string): StartedKeeper {
  if (ready?.ok) return { keeper: ready.keeper, agent: ready.agent };
  if (!ready) {
    throw new AppError('SPAWN_FAILED', {
      message: `The keeper ended before its agent started: ${lastOfLog(dir)}`,
    });
  }
  const { code, message, hint } = ready;
  throw new AppError(
    isErrorCode(code) ? code : 'SPAWN_FAILED',
    hint === undefined ? { message } : { message, hint },
  );
}

function lastOfLog(dir: string): string {
  try {
    return readFileSync(join(dir, LOG_FILE), 'utf8').trim().slice(-500) || 'it said nothing';
  } catch {
    return 'its log cannot be read';
  }
}

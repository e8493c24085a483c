// Starts a keeper, detached from this daemon, and hears whether its agent runs.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { systemClock, within, type Clock } from '@roundhouse/kit';
import {
  AppError,
  isErrorCode,
  keeperReadySchema,
  type KeeperReady,
  type ProcessRef,
} from '@roundhouse/protocol';
import type { InstalledKeeper } from './keeper-bundle.js';
import type { SpawnSpec } from './spawn-spec.js';

export interface StartKeeperOptions {
  /** From installKeeper. */
  readonly keeper: InstalledKeeper;
  readonly spec: Omit<SpawnSpec, 'build'>;
  readonly clock?: Clock;
}

export interface StartedKeeper {
  readonly keeper: ProcessRef;
  /** Leader of the PTY's process group. */
  readonly agent: ProcessRef;
}

/** A keeper is ready in about 0.12 s; a machine under load may take longer. */
const START_TIMEOUT_MS = 10_000;
/**
 * Small heap: a keeper holds a 1 MiB ring and little else. Not --lite-mode: it saves 3 MB after a flood, none before it,
 * and doubles the processor time of every byte.
 */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=32', '--v8-pool-size=0'];
const LOG_FILE = 'keeper.log';

/**
 * Starts the agent under a keeper of its own. The keeper survives this process and shares no descriptor with it.
 * @throws AppError AGENT_NOT_FOUND, DIRECTORY_MISSING, SESSION_RUNNING, NO_SPACE, SPAWN_FAILED, TIMEOUT, or the
 * signal's reason. No agent runs then; only after TIMEOUT or an abort may one have started and ignored the hang-up:
 * `stopProcessTree({ sessionId, agent: null })` makes sure.
 */
export async function startKeeper(options: StartKeeperOptions, signal?: AbortSignal): Promise<StartedKeeper> {
  signal?.throwIfAborted();
  const { spec } = options;
  const log = openLog(spec.dir);
  const child = spawn(process.execPath, [...NODE_FLAGS, options.keeper.entry], {
    detached: true,
    stdio: ['pipe', log, log, 'pipe'],
    cwd: '/',
    // Neither the agent's environment nor its marker: a sweep for the session must not take its keeper.
    env: {},
  });
  closeSync(log);
  const wait = { ms: START_TIMEOUT_MS, what: 'keeper start', clock: options.clock ?? systemClock };
  const answer = handOver(child, { ...spec, build: options.keeper.build });
  try {
    const ready = await within(answer, signal ? { ...wait, signal } : wait);
    return started(ready, spec.dir);
  } catch (error) {
    // Whatever it was about to do: its end hangs up the agent's terminal.
    child.kill('SIGKILL');
    throw error;
  } finally {
    answer.catch(() => undefined);
    release(child);
  }
}

function openLog(dir: string): number {
  try {
    return openSync(join(dir, LOG_FILE), 'a', 0o600);
  } catch (error) {
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    throw new AppError(full ? 'NO_SPACE' : 'SPAWN_FAILED', {
      message: `${dir} cannot be written`,
      cause: error,
    });
  }
}

/** Sends the spec, resolves with the line that comes back; null when the keeper ended without one. */
function handOver(child: ChildProcess, spec: SpawnSpec): Promise<KeeperReady | null> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', (error) => {
      reject(
        new AppError('SPAWN_FAILED', {
          message: `The keeper cannot be started: ${error.message}`,
          cause: error,
        }),
      );
    });
    const answer = pipeOf(child, 3);
    answer?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    answer?.once('close', () => {
      resolve(parseReady(text));
    });
    answer?.on('error', () => undefined);
    // A keeper that ended early breaks the pipe; its answer says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(spec));
  });
}

function pipeOf(child: ChildProcess, index: number): Readable | null {
  const pipe: Readable | Writable | null | undefined = child.stdio[index];
  return pipe && 'read' in pipe ? pipe : null;
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

/** This process must be able to end while the keeper lives. */
function release(child: ChildProcess): void {
  child.stdin?.destroy();
  pipeOf(child, 3)?.destroy();
  child.unref();
}

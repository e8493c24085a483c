// The process of a keeper: started detached from this one, handed its spec, and heard until it answers.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { systemClock, within, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { InstalledKeeper } from './keeper-bundle.js';

export interface KeeperOrder {
  readonly keeper: InstalledKeeper;
  /** Directory of the epoch. */
  readonly dir: string;
  /** What the keeper reads; nobody on the way to it does. */
  readonly spec: object;
  readonly clock?: Clock;
}

/**
 * Starts a keeper and resolves with what it answers; empty when it ended without an answer.
 * @throws AppError SPAWN_FAILED, NO_SPACE, TIMEOUT, or the signal's reason; the keeper is killed then
 */
export type LaunchKeeper = (order: KeeperOrder, signal?: AbortSignal) => Promise<string>;

/** A keeper is ready in about 0.12 s; a machine under load may take longer. */
export const START_TIMEOUT_MS = 10_000;
/**
 * Small heap: a keeper holds a 1 MiB ring and little else. Not --lite-mode: it saves 3 MB after a flood, none before it,
 * and doubles the processor time of every byte.
 */
const NODE_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=32', '--v8-pool-size=0'];
export const LOG_FILE = 'keeper.log';

/** The keeper survives this process and shares no descriptor with it. */
export const launchKeeper: LaunchKeeper = async (order, signal) => {
  signal?.throwIfAborted();
  const child = startProcess(order);
  const wait = { ms: START_TIMEOUT_MS, what: 'keeper start', clock: order.clock ?? systemClock };
  const answer = handOver(child, order.spec);
  try {
    const text = await within(answer, signal ? { ...wait, signal } : wait);
    if (!isReady(text)) end(child);
    return text;
  } catch (error) {
    // Whatever it was about to do: its end hangs up the agent's terminal.
    end(child);
    throw error;
  } finally {
    answer.catch(() => undefined);
    release(child);
  }
};

function startProcess({ keeper, dir }: KeeperOrder): ChildProcess {
  const log = openLog(dir);
  try {
    return spawn(process.execPath, [...NODE_FLAGS, keeper.entry], {
      detached: true,
      stdio: ['pipe', log, log, 'pipe'],
      cwd: '/',
      // Neither the agent's environment nor its marker: a sweep for the session must not take its keeper.
      env: {},
    });
  } finally {
    closeSync(log);
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

/** Sends the spec, resolves with the line that comes back; empty when the keeper ended without one. */
function handOver(child: ChildProcess, spec: object): Promise<string> {
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
      resolve(text);
    });
    answer?.on('error', () => undefined);
    // A keeper that ended early breaks the pipe; its answer says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(spec));
  });
}

function isReady(text: string): boolean {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
  } catch {
    return false;
  }
}

/** A process that never was has pid 0 to Node for a moment: a signal for it is one for the whole group of this one. */
function end(child: ChildProcess): void {
  if (child.pid !== undefined) child.kill('SIGKILL');
}

/** Null, too, for a process that never was: without a descriptor left, Node gives it no pipes at all. */
function pipeOf(child: ChildProcess, index: number): Readable | null {
  const pipe: Readable | Writable | null | undefined = child.pid === undefined ? null : child.stdio[index];
  return pipe && 'read' in pipe ? pipe : null;
}

/** This process must be able to end while the keeper lives. */
function release(child: ChildProcess): void {
  child.stdin?.destroy();
  pipeOf(child, 3)?.destroy();
  child.unref();
}

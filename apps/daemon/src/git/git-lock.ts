// Waiting for git's lock files. A lock is never deleted: it may have a live holder.
import { lstat, readdir, readlink } from 'node:fs/promises';
import { delay, type Clock } from '@roundhouse/kit';
import { lockedError } from './git-errors.js';

/** Waits between tries in milliseconds: five tries within 2.4 s, so that the caller has an answer in 3 s. */
export const lockRetryMs: readonly number[] = [100, 300, 700, 1300];
/** Most processes that are looked at to find a holder; keeps the search within some 100 ms. */
const PROCESSES_MAX = 2000;

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** The process that has the lock file open, or null where none can be seen (Linux only). */
export async function findHolder(file: string): Promise<number | null> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids.slice(-PROCESSES_MAX)) {
    const directory = `/proc/${pid}/fd`;
    for (const fd of await readdir(directory).catch(() => [])) {
      if ((await readlink(`${directory}/${fd}`).catch(() => '')) === file) return Number(pid);
    }
  }
  return null;
}

/** Resolves when none of the files exists. @throws AppError GIT_LOCKED within 3 s, naming the file. */
export async function waitForLocks(
  files: readonly string[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<void> {
  for (const ms of [...lockRetryMs, null]) {
    const held: string[] = [];
    for (const file of files) if (await exists(file)) held.push(file);
    const first = held[0];
    if (first === undefined) return;
    if (ms === null) throw lockedError(first, await findHolder(first));
    await delay(ms, clock, signal);
  }
}

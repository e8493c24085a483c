// What an earlier hub left behind in the data directory: a server that still runs is stopped, a stale file
// that would block the next server is removed, and a foreign process is never touched.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { delay, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { processArguments, processesIn, processStartedAt, sendSignal } from './process-identity.js';

/** Fast shutdown writes a checkpoint: seconds on a slow disk. Then immediate (recovered at next start), then KILL. */
const stopSteps: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];
const pollMs = 25;
/** How long what a killed server left may take to notice. */
const orphansMs = 3_000;

export interface PostmasterFile {
  readonly pid: number;
  readonly dataDir: string;
  /** 0 until the server has chosen it. */
  readonly port: number;
  /** Line 8, written as the server comes up: `starting`, `ready`, `stopping` …; '' before that. */
  readonly status: string;
}

/** Reads `postmaster.pid` (layout: PostgreSQL's utils/pidfile.h); null when absent or half written. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | null> {
  const text = await readFile(pidFile(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return { pid, dataDir: lines[1] ?? '', port: Number(lines[3]) || 0, status: (lines[7] ?? '').trim() };
}

/**
 * Stops a postgres that an earlier hub left running on this data directory.
 * @returns true when one was stopped. @throws AppError DB_START_FAILED when it does not end.
 */
export async function settlePreviousServer(dataDir: string, clock: Clock): Promise<boolean> {
  const previous = await readPostmasterFile(dataDir);
  if (previous === null) return false;
  if (await isServerOf(previous.pid, dataDir)) {
    await stopServer(previous.pid, clock);
    return true;
  }
  // The pid is somebody else's, or a zombie's that nobody reaps: PostgreSQL would take either for a running server. The
  // file is its guard against a second server, so whatever the dead one left must be gone before it goes.
  await endOrphans(dataDir, clock);
  await rm(pidFile(dataDir), { force: true });
  return false;
}

/** Backends of a killed server notice its death within moments; one that does not is killed, which PostgreSQL survives. */
async function endOrphans(dataDir: string, clock: Clock): Promise<void> {
  for (const end = clock.monotonic() + orphansMs; ;) {
    const orphans = await orphansOf(dataDir);
    if (orphans.length === 0) return;
    if (clock.monotonic() > end) for (const pid of orphans) sendSignal(pid, 'SIGKILL');
    if (clock.monotonic() > end + orphansMs) {
      throw new AppError('DB_START_FAILED', {
        message: `Processes of an earlier PostgreSQL do not end: ${orphans.join(', ')}`,
        hint: 'End them by hand, then start again.',
      });
    }
    await delay(pollMs, clock);
  }
}

/** Ends a server by fast, then immediate shutdown, then SIGKILL; each with its own time. */
export async function stopServer(pid: number, clock: Clock): Promise<void> {
  const startedAt = await processStartedAt(pid);
  if (startedAt === null) return;
  for (const [signal, ms] of stopSteps) {
    sendSignal(pid, signal);
    // A stopped process takes the signal only once it goes on.
    sendSignal(pid, 'SIGCONT');
    for (const end = clock.monotonic() + ms; clock.monotonic() < end;) {
      if ((await processStartedAt(pid)) !== startedAt) return;
      await delay(pollMs, clock);
    }
  }
  throw new AppError('DB_START_FAILED', {
    message: `An earlier PostgreSQL (process ${String(pid)}) does not end`,
    hint: 'End it by hand, then start again.',
  });
}

/** A postmaster keeps the arguments it was started with: ours are `postgres -D <data directory> …`. */
async function isServerOf(pid: number, dataDir: string): Promise<boolean> {
  const args = await processArguments(pid);
  return args !== null && path.basename(args[0] ?? '') === 'postgres' && args.includes(dataDir);
}

/** Backends call themselves `postgres: …`; whoever else looks around in the directory is left alone. */
async function orphansOf(dataDir: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesIn(dataDir)) {
    const [program = ''] = (await processArguments(pid)) ?? [];
    if (path.basename(program.split(':')[0] ?? '') === 'postgres') found.push(pid);
  }
  return found;
}

const pidFile = (dataDir: string): string => path.join(dataDir, 'postmaster.pid');

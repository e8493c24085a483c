// Whether this host can take another session: refused in time, before a descriptor that a live one needs is missing.
import { readdir, readFile } from 'node:fs/promises';
import { AppError } from '@roundhouse/protocol';

/** What is left; null where the platform does not tell or sets no limit. */
export interface HostRoom {
  /** Descriptors that this daemon may still open. */
  readonly files: number | null;
  /** Processes and threads that its container may still start. */
  readonly tasks: number | null;
  /** Bytes of memory that can be had without taking them from somebody. */
  readonly memory: number | null;
}

/** A session keeps two descriptors, of the keeper's writer and of the screen's reader; git and pipes take more for a moment. */
const FILES_PER_START = 16;
/** For what lives already: the hub, telemetry, reads of files, git, and the keepers' connections when they are made anew. */
const FILES_RESERVED = 40;
/** A keeper has about ten threads; a shell and what it runs, or an agent in Node. */
const TASKS_PER_START = 32;
/** A keeper and a small agent; a large one is the owner's to judge. */
const MEMORY_PER_START = 64 * 1024 * 1024;

/**
 * @param starting sessions that were begun and have not opened everything yet
 * @throws AppError HOST_CAPACITY
 */
export function requireRoom(room: HostRoom, starting: number): void {
  const starts = starting + 1;
  refuseUnder(room.files, FILES_RESERVED + starts * FILES_PER_START, {
    what: 'open files',
    hint: 'Stop a session, or start the daemon with a higher limit of open files (ulimit -n).',
  });
  refuseUnder(room.tasks, starts * TASKS_PER_START, {
    what: 'processes',
    hint: 'Stop a session, or give the container of the daemon more processes.',
  });
  refuseUnder(room.memory, starts * MEMORY_PER_START, {
    what: 'memory',
    hint: 'Stop a session, or give the host more memory.',
  });
}

function refuseUnder(
  left: number | null,
  needed: number,
  { what, hint }: { what: string; hint: string },
): void {
  if (left === null || left >= needed) return;
  throw new AppError('HOST_CAPACITY', {
    message: `The host is short of ${what}: ${String(left)} left, a session needs ${String(needed)}`,
    hint,
  });
}

export async function readHostRoom(): Promise<HostRoom> {
  const [limits, open, tasksMax, tasks, memoryInfo] = await Promise.all([
    text('/proc/self/limits'),
    readdir('/proc/self/fd').catch(() => null),
    text('/sys/fs/cgroup/pids.max'),
    text('/sys/fs/cgroup/pids.current'),
    text('/proc/meminfo'),
  ]);
  const maxFiles = numberIn(/^Max open files\s+(\d+)/m, limits);
  const available = numberIn(/^MemAvailable:\s+(\d+) kB/m, memoryInfo);
  return {
    files: maxFiles === null || open === null ? null : maxFiles - open.length,
    tasks: difference(numberIn(/^(\d+)/, tasksMax), numberIn(/^(\d+)/, tasks)),
    memory: available === null ? null : available * 1024,
  };
}

const difference = (max: number | null, now: number | null): number | null =>
  max === null || now === null ? null : max - now;

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

function numberIn(pattern: RegExp, from: string): number | null {
  const found = pattern.exec(from)?.[1];
  return found === undefined ? null : Number(found);
}

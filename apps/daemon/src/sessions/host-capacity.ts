// Whether this host can take another session: refused in time, before what a live one needs is missing.
import { readdir, readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { readCgroupRoom, type CgroupRoom } from './cgroup-room.js';

/** What is left; null where the platform does not tell or sets no limit. */
export interface HostRoom {
  /** Descriptors that this daemon may still open, of how many. */
  readonly files: { readonly left: number; readonly limit: number } | null;
  /** Processes and threads that its container may still start. */
  readonly tasks: number | null;
  /** Bytes of memory that can be had without taking them from somebody. */
  readonly memory: number | null;
  /** Terminals that the kernel still gives. */
  readonly ptys: number | null;
  /** Bytes that may still be written where the daemon keeps its state. */
  readonly disk: number | null;
}

/** Nobody can tell. */
export const unknownRoom: HostRoom = { files: null, tasks: null, memory: null, ptys: null, disk: null };

const MiB = 1024 * 1024;
/** A session keeps two descriptors, of the keeper's writer and of the screen's reader; git and pipes take more for a moment. */
const FILES_PER_START = 16;
/** Used to at most this share: hub, telemetry, reads of files, git, and the keepers' connections made anew need the rest. */
const FILES_SHARE = 0.8;
/** Under a low limit a fifth is less than what lives already needs. */
const FILES_RESERVED = 40;
/** A keeper has about ten threads; a shell and what it runs, or an agent in Node. */
const TASKS_PER_START = 32;
/** A keeper and a small agent; a large one is the owner's to judge. */
const MEMORY_PER_START = 64 * MiB;
/** Under it the kernel soon ends somebody, and chooses whom. */
const MEMORY_RESERVED = 128 * MiB;
/** For people who sign in to the machine itself. */
const PTYS_RESERVED = 8;
/** The output of a session that is kept, by default. */
const DISK_PER_START = 64 * MiB;
/** Records, the outbox and telemetry of those that run. */
const DISK_RESERVED = 36 * MiB;

interface Need {
  readonly what: string;
  readonly left: number | null;
  readonly needed: number;
  readonly hint: string;
  /** Told in MiB. */
  readonly bytes?: true;
}

/**
 * @param starting sessions that were begun and have not opened everything yet
 * @throws AppError HOST_CAPACITY, which says what is short
 */
export function requireRoom(room: HostRoom, starting: number): void {
  const short = needsOf(room, starting + 1).find(({ left, needed }) => left !== null && left < needed);
  if (!short) return;
  const { what, left, needed, hint, bytes } = short;
  const told = (amount: number): string =>
    bytes ? `${String(Math.floor(amount / MiB))} MiB` : String(amount);
  throw new AppError('HOST_CAPACITY', {
    message: `The host is short of ${what}: ${told(left ?? 0)} left, a session needs ${told(needed)}`,
    hint,
  });
}

/** In how far the host is from full, for a person: the tightest of what is known. */
export function roomFor(room: HostRoom): number | null {
  const first = needsOf(room, 1);
  const second = needsOf(room, 2);
  const fits = first.flatMap(({ left, needed }, i) => {
    const each = (second[i]?.needed ?? 0) - needed;
    return left === null || each <= 0 ? [] : [left < needed ? 0 : 1 + Math.floor((left - needed) / each)];
  });
  return fits.length === 0 ? null : Math.min(...fits);
}

function needsOf({ files, tasks, memory, ptys, disk }: HostRoom, starts: number): Need[] {
  const spare = files === null ? 0 : Math.ceil(files.limit * (1 - FILES_SHARE));
  return [
    {
      what: 'open files',
      left: files?.left ?? null,
      needed: Math.max(FILES_RESERVED, spare) + starts * FILES_PER_START,
      hint: 'Stop a session, or start the daemon with a higher limit of open files (ulimit -n).',
    },
    {
      what: 'processes',
      left: tasks,
      needed: starts * TASKS_PER_START,
      hint: 'Stop a session, or give the container of the daemon more processes.',
    },
    {
      ...{ what: 'memory', left: memory, needed: MEMORY_RESERVED + starts * MEMORY_PER_START, bytes: true },
      hint: 'Stop a session, or give the host more memory.',
    },
    {
      what: 'terminals',
      left: ptys,
      needed: PTYS_RESERVED + starts,
      hint: 'Stop a session, or raise kernel.pty.max on the host (sysctl).',
    },
    {
      ...{ what: 'disk space', left: disk, needed: DISK_RESERVED + starts * DISK_PER_START, bytes: true },
      hint: 'Free some space where the daemon keeps its state (ROUNDHOUSE_STATE_DIR).',
    },
  ];
}

export interface RoomSources {
  readonly stateDir: string;
  /** Of the file system; a test has its own. */
  readonly root?: string;
  /** What the group of the agents leaves them; that of this process without it. */
  readonly groups?: () => Promise<CgroupRoom>;
  /** Bytes that this user may still write there; null when it is not known. */
  readonly freeBytes?: (path: string) => Promise<number | null>;
}

export async function readHostRoom(sources: RoomSources): Promise<HostRoom> {
  const { stateDir, root = '/', freeBytes = freeBytesAt } = sources;
  const { groups: readGroups = () => readCgroupRoom(root) } = sources;
  const read = (file: string): Promise<string> => readFile(path.join(root, file), 'utf8').catch(() => '');
  const [limits, open, memoryInfo, groups, disk, ...ptys] = await Promise.all([
    read('proc/self/limits'),
    readdir(path.join(root, 'proc/self/fd')).catch(() => null),
    read('proc/meminfo'),
    readGroups(),
    freeBytes(stateDir),
    ...['max', 'reserve', 'nr'].map((name) => read(`proc/sys/kernel/pty/${name}`)),
  ]);
  const limit = numberIn(/^Max open files\s+(\d+)/m, limits);
  const available = numberIn(/^MemAvailable:\s+(\d+) kB/m, memoryInfo);
  const [max, reserve, now] = ptys.map((each) => numberIn(/^(\d+)/, each));
  return {
    files: limit === null || open === null ? null : { left: limit - open.length, limit },
    tasks: groups.tasks,
    memory: least(available === null ? null : available * 1024, groups.memory),
    // The kernel keeps `reserve` of them for the outermost system alone.
    ptys: max == null || now == null ? null : max - (reserve ?? 0) - now,
    disk,
  };
}

export async function freeBytesAt(place: string): Promise<number | null> {
  const found = await statfs(place).catch(() => null);
  return found === null ? null : found.bavail * found.bsize;
}

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

function numberIn(pattern: RegExp, from: string): number | null {
  const found = pattern.exec(from)?.[1];
  return found === undefined ? null : Number(found);
}

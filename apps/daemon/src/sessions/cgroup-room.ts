// What the control groups of this daemon leave it: the tightest of its own group and all above, of either version.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface CgroupRoom {
  /** Bytes, without what the kernel gives back by itself; null when nothing limits them. */
  readonly memory: number | null;
  /** Processes and threads; null when nothing limits them. */
  readonly tasks: number | null;
}

/** What no machine has: version 1 writes "no limit" as a number near 2^63. */
const NO_LIMIT = 2 ** 60;

interface Files {
  readonly max: string;
  readonly now: string;
  /** In `memory.stat`: cache that is given back under pressure. */
  readonly cache: RegExp | null;
}
const memoryV2: Files = { max: 'memory.max', now: 'memory.current', cache: /^inactive_file (\d+)$/m };
const memoryV1: Files = {
  ...{ max: 'memory.limit_in_bytes', now: 'memory.usage_in_bytes', cache: /^total_inactive_file (\d+)$/m },
};
const tasksFiles: Files = { max: 'pids.max', now: 'pids.current', cache: null };

/** @param root of the file system; a test has its own */
export async function readCgroupRoom(root = '/'): Promise<CgroupRoom> {
  const own = await text(path.join(root, 'proc/self/cgroup'));
  const at = (controller: string): string | undefined =>
    new RegExp(`^\\d+:(?:[^:\\n]*,)?${controller}(?:,[^:\\n]*)?:(/.*)$`, 'm').exec(own)?.[1];
  const unified = /^0::(\/.*)$/m.exec(own)?.[1] ?? '/';
  const mount = path.join(root, 'sys/fs/cgroup');
  const groups = (controller: string): string[] => [
    ...lineOf(mount, unified),
    ...lineOf(path.join(mount, controller), at(controller) ?? '/'),
  ];
  const [memory, tasks] = await Promise.all([
    tightest(groups('memory'), [memoryV2, memoryV1]),
    tightest(groups('pids'), [tasksFiles]),
  ]);
  return { memory, tasks };
}

/** The group and all above it. In a container only the last may be visible. */
function lineOf(mount: string, group: string): string[] {
  const parts = group.split('/').filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, i) =>
    path.join(mount, ...parts.slice(0, parts.length - i)),
  );
}

async function tightest(directories: readonly string[], kinds: readonly Files[]): Promise<number | null> {
  const left = await Promise.all(
    directories.flatMap((directory) => kinds.map((files) => leftIn(directory, files))),
  );
  const known = left.flatMap((each) => each ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

async function leftIn(directory: string, { max, now, cache }: Files): Promise<number | null> {
  const limit = numberOf(await text(path.join(directory, max)));
  if (limit === null || limit >= NO_LIMIT) return null;
  const used = numberOf(await text(path.join(directory, now)));
  if (used === null) return null;
  const stat = cache === null ? '' : await text(path.join(directory, 'memory.stat'));
  const given = Number(cache?.exec(stat)?.[1] ?? 0);
  return Math.max(0, limit - Math.max(0, used - given));
}

const numberOf = (from: string): number | null => (/^\d+$/.test(from.trim()) ? Number(from) : null);
const text = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');

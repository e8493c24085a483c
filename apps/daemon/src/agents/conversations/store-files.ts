// Finds the files of an agent's own store by a pattern with one "*" per directory. Reads names alone, writes nothing.
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { mapLimited } from '../../inventory/map-limited.js';
import { isUnder } from '../../inventory/path-confinement.js';
import type { StoreSite } from './store-site.js';

export interface StoreFile {
  readonly path: string;
  /** ms of the wall clock. */
  readonly at: number;
  readonly sizeBytes: number;
}

/** Directories that one pattern may lead into; a store has one per project, or one per day. */
const DIRECTORIES_MAX = 5_000;
/** Names that are looked at in all; more is not a store that a person made. */
const NAMES_MAX = 50_000;
/** Calls of the file system under way at once: its threads are shared with everything else of the daemon. */
const LOOKS_AT_ONCE = 8;

/**
 * Regular files that fit, in no order. Links are not followed, except on the way to the first "*", where the real place
 * must be inside the root.
 */
export async function findStoreFiles(
  { pattern, root }: StoreSite,
  named: (name: string) => boolean = () => true,
): Promise<StoreFile[]> {
  const parts = pattern.split('/').slice(1);
  const wild = parts.findIndex((part) => part.includes('*'));
  const fixed = parts.slice(0, wild < 0 ? -1 : wild);
  const start = await inside(`/${fixed.join('/')}`, root);
  if (start === null) return [];
  if (wild < 0) return stated([path.join(start, parts.at(-1) ?? '')]);
  let level = [start];
  const rest = parts.slice(wild);
  for (const [index, part] of rest.entries()) {
    const last = index === rest.length - 1;
    level = await below(level, { part, last, named });
    if (level.length === 0) return [];
  }
  return stated(level);
}

/**
 * Whether the agent keeps its conversations in that place: then one that is not there does not exist. An agent has a
 * directory of its own from its first start on, and its store in it from the first conversation that it keeps.
 */
export async function storeExists({ pattern, root }: StoreSite, home: string): Promise<boolean> {
  const parts = pattern.split('/').slice(1);
  const wild = parts.findIndex((part) => part.includes('*'));
  const place = `/${parts.slice(0, wild < 0 ? parts.length - 1 : wild).join('/')}`;
  if ((await inside(place, root)) !== null) return true;
  const own = path.dirname(place);
  return own !== path.normalize(home) && (await inside(own, root)) !== null;
}

interface Step {
  readonly part: string;
  readonly last: boolean;
  readonly named: (name: string) => boolean;
}

async function below(directories: readonly string[], { part, last, named }: Step): Promise<string[]> {
  const fits = matcher(part);
  const found: string[] = [];
  const lists = await mapLimited(directories.slice(0, DIRECTORIES_MAX), LOOKS_AT_ONCE, async (directory) => {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    return entries
      .filter(
        (entry) => (last ? entry.isFile() && named(entry.name) : entry.isDirectory()) && fits(entry.name),
      )
      .map(({ name }) => path.join(directory, name));
  });
  for (const list of lists) {
    if (found.length >= NAMES_MAX) break;
    found.push(...list.slice(0, NAMES_MAX - found.length));
  }
  return found;
}

/** "*" stands for any characters of one name. Linear: a pattern is cut at its stars, and each piece is found in turn. */
export function matcher(part: string): (name: string) => boolean {
  const pieces = part.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return (name) => name === part;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last))
      return false;
    let from = first.length;
    const end = name.length - last.length;
    for (const piece of pieces.slice(1, -1)) {
      const at = name.indexOf(piece, from);
      if (at < 0 || at + piece.length > end) return false;
      from = at + piece.length;
    }
    return true;
  };
}

async function stated(files: readonly string[]): Promise<StoreFile[]> {
  const all = await mapLimited(files, LOOKS_AT_ONCE, async (file) => {
    const found = await lstat(file).catch(() => null);
    return found?.isFile() ? { path: file, at: found.mtimeMs, sizeBytes: found.size } : null;
  });
  return all.filter((file) => file !== null);
}

/** The real path, when it is inside the real root. */
async function inside(directory: string, root: string): Promise<string | null> {
  const [real, realRoot] = await Promise.all([
    realpath(directory).catch(() => null),
    realpath(root).catch(() => null),
  ]);
  return real !== null && realRoot !== null && isUnder(real, realRoot) ? real : null;
}

/** The first bytes of a file; a link that was put in its place meanwhile is refused. Empty when it cannot be read. */
export async function readHead(file: string, bytes: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => null,
  );
  if (!handle) return Buffer.alloc(0);
  try {
    const buffer = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(buffer, 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

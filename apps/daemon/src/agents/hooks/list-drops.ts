// What lies in a session's directory of events, oldest first; whoever filled it, it is never more than a bounded list.
import { lstatSync, opendirSync, type Dir } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';
import { STATUS_CHAIN_FILE, UNWATCHED_DIR, STATUS_FILE } from '../relay/relay-script.js';
import { parseEventFile } from './hook-event.js';

/** Entries looked at in one go: a directory that somebody floods is emptied piece by piece. */
const ENTRIES_MAX = 4_000;
/** Events that may wait for the daemon; of more, the oldest go. A daemon that is away for a day leaves some hundreds. */
export const WAITING_MAX = 2_000;
/** A file that a relay began and has not renamed by then will never be: its agent waits for it 5 s. */
const UNFINISHED_MS = 60_000;

const noEvents = new Set([UNWATCHED_DIR, STATUS_FILE, STATUS_CHAIN_FILE]);

export interface Listing {
  /** Names of the events' files. */
  readonly names: readonly string[];
  /** Events too many, which are gone. */
  readonly dropped: number;
}

interface Found {
  readonly name: string;
  /** Time of writing, and what decides within one tick of the file system's clock. */
  readonly order: readonly [bigint, number, number];
}

/** Also removes what no relay writes. A directory that is missing, or is none, has nothing. */
export async function listDrops(directory: string, now: number): Promise<Listing> {
  if (!lstatSync(directory, { throwIfNoEntry: false })?.isDirectory()) return { names: [], dropped: 0 };
  const found: Found[] = [];
  for (const name of namesIn(directory)) {
    if (noEvents.has(name)) continue;
    const at = path.join(directory, name);
    const seen = await lstat(at, { bigint: true }).catch(() => null);
    if (!seen) continue;
    const meaning = seen.isFile() ? parseEventFile(name) : null;
    if (meaning) found.push({ name, order: [seen.mtimeNs, meaning.process, meaning.nth] });
    else if (!name.startsWith('.') || now - Number(seen.mtimeMs) > UNFINISHED_MS) await remove(at);
  }
  await clearDrafts(path.join(directory, UNWATCHED_DIR), now);
  const names = found.sort(byAge).map(({ name }) => name);
  const tooMany = names.splice(0, Math.max(0, names.length - WAITING_MAX));
  for (const name of tooMany) await remove(path.join(directory, name));
  return { names, dropped: tooMany.length };
}

async function clearDrafts(directory: string, now: number): Promise<void> {
  for (const name of namesIn(directory).filter((each) => each.startsWith('.'))) {
    const draft = path.join(directory, name);
    const seen = await lstat(draft).catch(() => null);
    if (seen && now - seen.mtimeMs > UNFINISHED_MS) await remove(draft);
  }
}

/** Synchronous, as with reading a file: a directory has a handful of names, and is looked at every few seconds. */
function namesIn(directory: string): string[] {
  const names: string[] = [];
  const open = openedDirectory(directory);
  if (!open) return names;
  try {
    while (names.length < ENTRIES_MAX) {
      const entry = open.readSync();
      if (!entry) break;
      names.push(entry.name);
    }
  } finally {
    open.closeSync();
  }
  return names;
}

function openedDirectory(directory: string): Dir | null {
  try {
    return opendirSync(directory, { bufferSize: 256 });
  } catch {
    return null;
  }
}

/** Directories stay: they go with the session. */
const remove = (file: string): Promise<void> => rm(file, { force: true }).catch(() => undefined);

function byAge({ order: a }: Found, { order: b }: Found): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] - b[1] || a[2] - b[2];
}

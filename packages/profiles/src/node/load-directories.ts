// Reads profile directories from disk. Everything about their content is in load.ts.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PROFILE_BYTES_MAX } from '../document.js';
import { loadProfiles, profileFileName, type LoadedProfile, type ProfileText } from '../load.js';
import { clamp, type FileProblem } from '../problem.js';

/** Most files that are read from one directory; a directory with more is not one of profiles. */
const FILES_MAX = 400;

export interface HashedProfile extends LoadedProfile {
  /** SHA-256 of the file (and of its override), in hex: shows whether two machines run the same. */
  readonly hash: string;
  /** Where the file lies; the override may lie elsewhere. */
  readonly directory: string;
}

export interface DirectoriesResult {
  readonly profiles: readonly HashedProfile[];
  readonly problems: readonly FileProblem[];
  /** Names of profiles that have a file, also one that cannot be used. */
  readonly named: readonly string[];
  /** Directories that could not be read. */
  readonly unread: readonly string[];
}

/**
 * Loads the directories in order: a file of a later one replaces the file for the same profile of an earlier
 * one, and an override may stand in any of them. A directory that is missing is reported, not thrown.
 */
export async function loadProfileDirectories(directories: readonly string[]): Promise<DirectoriesResult> {
  const problems: FileProblem[] = [];
  let files: FoundText[] = [];
  const unread: string[] = [];
  for (const directory of directories) {
    const found = await readDirectory(directory, problems);
    if (found === null) {
      unread.push(directory);
      continue;
    }
    const replaced = new Set(found.flatMap(({ file, text }) => (text === null ? [] : [slotOf(file)])));
    files = [...files.filter(({ file }) => !replaced.has(slotOf(file))), ...found];
  }
  // A file that could not be read has been reported: it is named, but has no text.
  const readable = files.filter((file): file is FoundText & ProfileText => file.text !== null);
  const loaded = loadProfiles(readable);
  const texts = new Map(readable.map(({ file, text }) => [file, text]));
  const places = new Map(files.map(({ file, directory }) => [file, directory]));
  return {
    profiles: loaded.profiles.map((entry) => ({
      ...entry,
      hash: hashOf(entry, texts),
      directory: places.get(entry.file) ?? '',
    })),
    problems: [...problems, ...loaded.problems],
    named: [...new Set(files.flatMap(({ file }) => namedBy(file)))],
    unread,
  };
}

interface FoundText {
  readonly file: string;
  readonly text: string | null;
  readonly directory: string;
}

function namedBy(file: string): string[] {
  const meaning = profileFileName(file);
  return meaning && !meaning.local ? [meaning.name] : [];
}

const slotOf = (file: string): string => {
  const meaning = profileFileName(file);
  return meaning ? `${meaning.name}/${String(meaning.local)}` : file;
};

async function readDirectory(directory: string, problems: FileProblem[]): Promise<FoundText[] | null> {
  try {
    const names = (await readdir(directory)).filter((name) => profileFileName(name) !== null).sort();
    if (names.length > FILES_MAX) {
      problems.push(fault(directory, `has more than ${String(FILES_MAX)} profiles; the rest is not read`));
    }
    return await Promise.all(
      names.slice(0, FILES_MAX).map(async (file) => ({
        file,
        text: await readOne(directory, file, problems),
        directory,
      })),
    );
  } catch (error) {
    problems.push(fault(directory, `cannot be read: ${reasonOf(error)}; check PROFILES_DIR`));
    return null;
  }
}

async function readOne(directory: string, file: string, problems: FileProblem[]): Promise<string | null> {
  const path = join(directory, file);
  try {
    const found = await stat(path);
    if (!found.isFile()) return null;
    if (found.size <= PROFILE_BYTES_MAX) return await readFile(path, 'utf8');
    problems.push(fault(file, 'is larger than 64 KiB; a profile is a short file'));
  } catch (error) {
    problems.push(fault(file, `cannot be read: ${reasonOf(error)}; check its permissions`));
  }
  return null;
}

function hashOf({ file, localFile }: LoadedProfile, texts: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256').update(texts.get(file) ?? '');
  if (localFile !== null) hash.update('\0').update(texts.get(localFile) ?? '');
  return hash.digest('hex');
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const fault = (file: string, message: string): FileProblem =>
  clamp({ file, line: null, column: null, field: null, message, severity: 'error' });

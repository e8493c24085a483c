// The profiles of this host: read again when their files change, and a file that breaks keeps its last good version.
import { watch, type FSWatcher } from 'node:fs';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { profileFileName, type FileProblem, type Profile } from '@roundhouse/profiles';
import {
  loadProfileDirectories,
  type DirectoriesResult,
  type HashedProfile,
} from '@roundhouse/profiles/node';
import { inventoryLimits, type HostProfile, type ProfileProblem } from '@roundhouse/protocol';

/** Editors write, rename and touch within this; a reload follows once they are done. */
const QUIET_MS = 300;
/** Problems of one profile that are told. */
const PROBLEMS_MAX = 20;

export interface BookEntry {
  readonly profile: Profile;
  /** SHA-256 of what it was read from. */
  readonly hash: string;
  readonly source: NonNullable<HostProfile['source']>;
  readonly file: string;
  readonly localFile: string | null;
  /** Its file has a mistake by now; this is what it said before. */
  readonly stale: boolean;
  readonly problems: readonly ProfileProblem[];
}

export interface ProfileBookOptions {
  /** In order; the first is that of the shipped profiles. */
  readonly directories: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Files changed on disk; the owner reads them when it wants to. */
  readonly onFiles: () => void;
}

export class ProfileBook {
  readonly #options: ProfileBookOptions;
  #entries = new Map<string, BookEntry>();
  #problems: readonly ProfileProblem[] = [];
  #revision = 0;
  #watchers: FSWatcher[] = [];
  #quiet: Cancel | null = null;

  constructor(options: ProfileBookOptions) {
    this.#options = options;
  }

  /** Grows with each change that was read. */
  get revision(): number {
    return this.#revision;
  }

  get problems(): readonly ProfileProblem[] {
    return this.#problems;
  }

  get entries(): readonly BookEntry[] {
    return [...this.#entries.values()];
  }

  get(name: string): BookEntry | undefined {
    return this.#entries.get(name);
  }

  /** Reads everything again. */
  async read(): Promise<void> {
    const loaded = await loadProfileDirectories(this.#options.directories);
    const next = entriesOf(loaded, this.#entries, this.#options.directories[0]);
    const problems = loaded.problems.map(onWire).slice(0, inventoryLimits.profiles);
    if (fingerprint(next, problems) !== fingerprint(this.#entries, this.#problems)) this.#revision += 1;
    this.#entries = next;
    this.#problems = problems;
  }

  /** Looks out for changes until disposed of. Where a directory cannot be watched, the next scan finds them. */
  watch(): void {
    this.#watchers = this.#options.directories.flatMap((directory) => {
      try {
        const watcher = watch(directory, { persistent: false }, (_, file) => {
          if (file === null || profileFileName(file) !== null) this.#soon();
        });
        watcher.on('error', (error) => {
          this.#options.logger.warn({ err: error, directory }, 'profiles are read once a minute only');
        });
        return [watcher];
      } catch {
        return [];
      }
    });
  }

  dispose(): void {
    this.#quiet?.();
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #soon(): void {
    this.#quiet?.();
    this.#quiet = this.#options.clock.after(QUIET_MS, this.#options.onFiles);
  }
}

type Entries = ReadonlyMap<string, BookEntry>;

function entriesOf(loaded: DirectoriesResult, before: Entries, shipped: string | undefined) {
  const entries = new Map<string, BookEntry>();
  for (const found of loaded.profiles) {
    const { name } = found.profile;
    const problems = problemsOf(name, loaded.problems);
    const kept = before.get(name);
    // An override that broke would silently take its changes away.
    const lost = kept !== undefined && kept.localFile !== null && found.localFile === null;
    const broken = lost && loaded.problems.some(({ file }) => file === kept.localFile);
    entries.set(name, broken ? { ...kept, stale: true, problems } : fresh(found, problems, shipped));
  }
  for (const [name, kept] of before) {
    const named = loaded.named.includes(name) || loaded.unread.length > 0;
    if (entries.has(name) || !named) continue;
    entries.set(name, { ...kept, stale: true, problems: problemsOf(name, loaded.problems) });
  }
  return entries;
}

const fresh = (
  { profile, hash, file, localFile, directory }: HashedProfile,
  problems: readonly ProfileProblem[],
  shipped: string | undefined,
): BookEntry => {
  const own = directory === shipped ? 'shipped' : 'user';
  const source = localFile === null ? own : 'override';
  return { profile, hash, source, file, localFile, stale: false, problems };
};

const problemsOf = (name: string, problems: readonly FileProblem[]): ProfileProblem[] =>
  problems
    .filter(({ file }) => profileFileName(file)?.name === name)
    .slice(0, PROBLEMS_MAX)
    .map(onWire);

const onWire = ({ file, line, field, message }: FileProblem): ProfileProblem => ({
  file,
  line,
  field,
  message,
});

const fingerprint = (entries: Entries, problems: readonly ProfileProblem[]): string =>
  JSON.stringify([
    [...entries.values()].map(({ profile, ...rest }) => ({ ...rest, name: profile.name })),
    problems,
  ]);

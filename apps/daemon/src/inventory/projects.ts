// Finds the git repositories under the roots. Reads directories and small files; never runs git.
import { lstat, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { inventoryLimits, type ProjectInfo } from '@roundhouse/protocol';
import { readGitConfig } from './git-config.js';
import { readGitHead, readGitLayout, type GitLayout } from './git-head.js';
import { mapLimited } from './map-limited.js';
import { printable, realRoots } from './path-confinement.js';

/** A project without what only the trust store knows. */
export type FoundProject = Omit<ProjectInfo, 'trusted'>;

export interface ScanOptions {
  readonly roots: readonly string[];
  /** Deepest directory below a root that may be a project. */
  readonly depth: number;
  readonly signal?: AbortSignal;
}

export interface ScanResult {
  /** Sorted by path. */
  readonly projects: readonly FoundProject[];
  /** What was not looked at, for the log and for people: missing roots, limits that were reached. */
  readonly warnings: readonly string[];
  /** Directories that had to be read anew. */
  readonly directoriesRead: number;
}

export interface ScanLimits {
  readonly directories: number;
  readonly projects: number;
}

/** A home directory has some 20 000 directories outside of caches; beyond this the scan would not end soon. */
const LIMITS: ScanLimits = { directories: 50_000, projects: inventoryLimits.projects };
/** Directories read at once; the disk is the bound, not the CPU. */
const READS_AT_ONCE = 16;
/** How far below a repository another one (a submodule, a vendored one) is looked for. */
const NESTED_DEPTH = 2;
/** Longest path on the wire. */
const PATH_MAX = 4096;
/** A directory that changed less than this ago may change again within the same time stamp. */
const RACY_MS = 2_000;

/** Never entered: git's own, our worktrees, and places where tools keep thousands of directories. */
const SKIPPED = new Set([
  ...['.git', 'node_modules', '.agent-worktrees', '.cache', '.local', '.npm', '.pnpm-store', '.yarn', '.nvm'],
  ...['.cargo', '.rustup', '.gradle', '.m2', '.venv', '.tox', '__pycache__', '.Trash', 'lost+found'],
]);

interface Listing {
  readonly mtimeMs: number;
  readonly ino: number;
  readonly children: readonly string[];
  readonly hasGit: boolean;
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** Levels that are left inside of a repository; null outside of one. */
  readonly nested: number | null;
}

interface Visit {
  readonly place: Place;
  readonly listing: Listing;
  readonly project: FoundProject | null;
}

/** Remembers directories that have not changed since, so that a rescan reads only those that have. */
export class ProjectScanner {
  readonly #limits: ScanLimits;
  #known = new Map<string, Listing>();

  constructor(limits: ScanLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * Looks breadth first, so that a limit cuts off what lies deepest. Symlinks are not followed.
   * @throws the signal's reason when aborted
   */
  async scan({ roots, depth, signal }: ScanOptions): Promise<ScanResult> {
    const real = await realRoots(roots);
    const warnings = await missingRoots(roots);
    const scan = new Scan({ known: this.#known, limits: this.#limits, depth, signal });
    let level: Place[] = real.map((path) => ({ path, depth: 0, nested: null }));
    while (level.length > 0) level = await scan.visit(level);
    this.#known = scan.seen;
    const projects = [...scan.projects].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { projects, warnings: [...warnings, ...scan.warnings], directoriesRead: scan.directoriesRead };
  }
}

interface ScanParts {
  readonly known: ReadonlyMap<string, Listing>;
  readonly limits: ScanLimits;
  readonly depth: number;
  readonly signal: AbortSignal | undefined;
}

/** One pass over the roots. */
class Scan {
  readonly seen = new Map<string, Listing>();
  readonly projects: FoundProject[] = [];
  readonly warnings: string[] = [];
  directoriesRead = 0;
  readonly #parts: ScanParts;
  #budget: number;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#budget = parts.limits.directories;
  }

  /** Looks at one level; returns the next one. */
  async visit(places: readonly Place[]): Promise<Place[]> {
    const fresh = places.filter(({ path }) => !this.seen.has(path));
    const within = fresh.slice(0, this.#budget);
    this.#budget -= within.length;
    const visits = await mapLimited(within, READS_AT_ONCE, (place) => this.#look(place), this.#parts.signal);
    for (const visit of visits) if (visit?.project) this.#found(visit.project);
    const next = visits.flatMap((visit) => (visit ? this.#below(visit) : []));
    if (within.length < fresh.length) {
      this.warnings.push(
        `Stopped after ${String(this.#parts.limits.directories)} directories; choose narrower roots`,
      );
      return [];
    }
    return next;
  }

  #found(project: FoundProject): void {
    const { projects: most } = this.#parts.limits;
    if (this.projects.length < most) this.projects.push(project);
    else if (this.projects.length === most && this.warnings.length === 0) {
      this.warnings.push(`More than ${String(most)} projects; the rest is not listed`);
    }
  }

  async #look(place: Place): Promise<Visit | null> {
    const listing = await this.#list(place.path);
    if (!listing) return null;
    this.seen.set(place.path, listing);
    return { place, listing, project: listing.hasGit ? await readProject(place.path) : null };
  }

  async #list(path: string): Promise<Listing | null> {
    const stat = await lstat(path).catch(() => null);
    if (!stat?.isDirectory()) return null;
    const known = this.#parts.known.get(path);
    const settled = Date.now() - stat.mtimeMs > RACY_MS;
    if (known?.mtimeMs === stat.mtimeMs && known.ino === stat.ino && settled) return known;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
    if (!entries) return null;
    this.directoriesRead += 1;
    const names = new Set(entries.map(({ name }) => name));
    const bare = names.has('HEAD') && names.has('objects') && names.has('refs');
    const folders = entries.filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name));
    return {
      mtimeMs: settled ? stat.mtimeMs : Number.NaN,
      ino: stat.ino,
      children: bare ? [] : folders.map(({ name }) => name),
      hasGit: names.has('.git'),
    };
  }

  #below({ place, listing, project }: Visit): Place[] {
    // A root that is itself a repository (a home directory under git) does not hide what lies in it.
    const entered = project && place.depth > 0 ? NESTED_DEPTH : null;
    const nested = place.nested ?? entered;
    if (place.depth >= this.#parts.depth || nested === 0) return [];
    return listing.children.map((name) => ({
      path: join(place.path, name),
      depth: place.depth + 1,
      nested: nested === null ? null : nested - 1,
    }));
  }
}

/** What a directory with a `.git` is; null when that is not a usable repository. */
async function readProject(path: string): Promise<FoundProject | null> {
  if (path.length > PATH_MAX) return null;
  const layout = await readGitLayout(path);
  if (!layout || !(await exists(join(layout.gitDir, 'HEAD')))) return null;
  const [head, config] = await Promise.all([readGitHead(layout), readGitConfig(layout.commonDir)]);
  const linked = layout.gitDir !== layout.commonDir;
  if (config.bare && !linked) return null;
  return {
    path,
    name: printable(basename(path)).slice(0, 255) || '/',
    branch: head?.branch ?? null,
    remoteUrl: config.remoteUrl,
    worktreeOf: linked ? mainOf(layout) : null,
  };
}

/** Worktrees of a bare repository have no main working tree. */
const mainOf = ({ commonDir, mainTop }: GitLayout): string | null =>
  basename(commonDir) === '.git' && mainTop !== null && mainTop.length <= PATH_MAX ? mainTop : null;

const exists = async (file: string): Promise<boolean> => (await lstat(file).catch(() => null)) !== null;

async function missingRoots(roots: readonly string[]): Promise<string[]> {
  const checked = await Promise.all(
    roots.map(async (root) => ((await realRoots([root])).length === 0 ? root : null)),
  );
  return checked
    .filter((root) => root !== null)
    .map((root) => `The root ${printable(root)} does not exist; check PROJECTS_ROOT`);
}

// What this host offers: projects, profiles and agents, kept up to date and told when it changes.
import type { Profile } from '@roundhouse/profiles';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { inventoryLimits, type HostProfile, type Inventory, type OtlpStatus } from '@roundhouse/protocol';
import type { TrustStore } from '../git/trust.js';
import { fitting, projectsBytesMax } from '../link/fitting.js';
import { ProfileBook, type BookEntry } from './profile-book.js';
import { ProjectScanner, type FoundProject } from './projects.js';
import type { Programs } from './programs.js';
import { ToolInventory } from './tools.js';

const rescanMs = 60_000;

export interface InventoryOptions {
  readonly roots: readonly string[];
  readonly depth: () => number;
  readonly profileDirs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly programs: Programs;
  readonly trust: TrustStore;
  readonly otlp: () => OtlpStatus;
  /** Whether the policy of this host allows a permission mode; all that the profile does when absent. */
  readonly hostAllows?: (profile: Profile, mode: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when something differs from what was told before. */
  readonly onChanged: (inventory: Inventory) => void;
}

interface NewestProfiles {
  /** Of the book that was asked. */
  readonly revision: number;
  readonly told: Pick<Inventory, 'profiles' | 'profileProblems'>;
}

export class HostInventory {
  readonly #options: InventoryOptions;
  readonly #scanner = new ProjectScanner();
  readonly #tools: ToolInventory;
  readonly #stop = new AbortController();
  readonly #book: ProfileBook;
  #current: Inventory | null = null;
  #scanning: Promise<Inventory> | null = null;
  /** The scan after the present one, for those who asked while it was under way. */
  #queued: Promise<Inventory> | null = null;
  /** Counts trusted projects, so that a scan that began before tells the newest. */
  #trustRevision = 0;
  #cancel: Cancel | null = null;

  constructor(options: InventoryOptions) {
    this.#options = options;
    this.#tools = new ToolInventory(options);
    const { profileDirs: directories, clock, logger } = options;
    this.#book = new ProfileBook({ directories, clock, logger, onFiles: () => void this.#reload() });
  }

  /** Null until the first scan is done. */
  get current(): Inventory | null {
    return this.#current;
  }

  profileOf(name: string): Profile | undefined {
    return this.#book.get(name)?.profile;
  }

  get profiles(): Profile[] {
    return this.#book.entries.map(({ profile }) => profile);
  }

  /** Who asks programs for their version. */
  get tools(): ToolInventory {
    return this.#tools;
  }

  /** Reads the profiles, which sessions need at once, and begins to scan now and every minute. */
  async start(): Promise<void> {
    await this.#book.read();
    this.#book.watch();
    const scan = (): void => {
      void this.scan().catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#options.logger.warn({ err: error }, 'the scan failed');
      });
    };
    scan();
    this.#cancel = this.#options.clock.every(rescanMs, scan);
  }

  /** A look at everything; the one under way if there is one. */
  scan(): Promise<Inventory> {
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = null;
    });
    return this.#scanning;
  }

  /** A look that begins now or later: what was made before the call is found. */
  rescan(): Promise<Inventory> {
    if (!this.#scanning) return this.scan();
    this.#queued ??= this.#scanning
      .catch(() => undefined)
      .then(() => {
        this.#queued = null;
        return this.scan();
      });
    return this.#queued;
  }

  /** A person has just trusted a project. */
  async trustChanged(): Promise<void> {
    this.#trustRevision += 1;
    const before = this.#current;
    if (!before) return;
    const projects = await this.#withTrust(before.projects);
    // A scan ended meanwhile: it has looked at trust after this.
    if (this.#current === before) this.#tell({ ...before, projects });
  }

  dispose(): void {
    this.#cancel?.();
    this.#book.dispose();
    this.#stop.abort();
  }

  async #scan(): Promise<Inventory> {
    const { roots, depth, otlp, logger } = this.#options;
    const { signal } = this.#stop;
    await this.#book.read();
    const [found, asked] = await Promise.all([
      this.#scanner.scan({ roots, depth: depth(), signal }),
      this.#newestProfiles(),
    ]);
    for (const warning of found.warnings) logger.warn(warning);
    const kept = fitting(found.projects, projectsBytesMax);
    if (kept.length < found.projects.length) {
      logger.warn(
        { found: found.projects.length, told: kept.length },
        'too many projects to tell the hub of',
      );
    }
    const { told } = asked.revision === this.#book.revision ? asked : await this.#newestProfiles();
    const projects = await this.#withNewestTrust(kept);
    const inventory = { projectRoots: [...roots], projects, ...told, otlp: otlp() };
    this.#tell(inventory);
    return inventory;
  }

  #tell(inventory: Inventory): void {
    const changed = JSON.stringify(inventory) !== JSON.stringify(this.#current);
    this.#current = inventory;
    if (changed) this.#options.onChanged(inventory);
  }

  async #withNewestTrust(found: readonly FoundProject[]) {
    for (;;) {
      const revision = this.#trustRevision;
      const projects = await this.#withTrust(found);
      if (revision === this.#trustRevision) return projects;
    }
  }

  async #withTrust(projects: readonly FoundProject[]) {
    const { trust } = this.#options;
    return Promise.all(
      projects.map(async (project) => ({ ...project, trusted: await trust.isTrusted(project.path) })),
    );
  }

  /** Files of profiles have changed. */
  async #reload(): Promise<void> {
    try {
      await this.#book.read();
      const { told } = await this.#newestProfiles();
      if (this.#current && !this.#stop.signal.aborted) this.#tell({ ...this.#current, ...told });
    } catch (error) {
      if (!this.#stop.signal.aborted)
        this.#options.logger.warn({ err: error }, 'profiles were not read again');
    }
  }

  /** As they are by the time the answer is there, also when they change while programs are asked. */
  async #newestProfiles(): Promise<NewestProfiles> {
    for (;;) {
      const { revision, entries, problems } = this.#book;
      const checked = await this.#tools.check(
        entries.map(({ profile }) => profile),
        this.#stop.signal,
      );
      if (revision !== this.#book.revision) continue;
      const profiles = checked.map((found, index) => ({
        ...found,
        ...originOf(entries[index]),
        modes: this.#modesHere(found, entries[index]),
      }));
      return { revision, told: { profiles: cut(profiles), profileProblems: [...problems] } };
    }
  }

  /** What the profile lets be chosen, the policy of this host may still not. */
  #modesHere({ modes = [] }: HostProfile, entry: BookEntry | undefined): HostProfile['modes'] {
    const { hostAllows } = this.#options;
    return modes.map((mode) => ({
      ...mode,
      allowed:
        mode.allowed &&
        (entry === undefined || hostAllows === undefined || hostAllows(entry.profile, mode.name)),
    }));
  }
}

function originOf(entry: BookEntry | undefined): Partial<HostProfile> {
  if (!entry) return {};
  const { source, file, localFile, stale, problems } = entry;
  return { source, file, localFile, stale, problems: [...problems] };
}

const cut = (profiles: readonly HostProfile[]): HostProfile[] => profiles.slice(0, inventoryLimits.profiles);

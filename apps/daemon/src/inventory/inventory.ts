// What this host offers: projects, profiles and agents, kept up to date and told when it changes.
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import type { Profile } from '@roundhouse/profiles';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import {
  inventoryLimits,
  type HostProfile,
  type Inventory,
  type OtlpStatus,
  type ProfileProblem,
} from '@roundhouse/protocol';
import type { TrustStore } from '../git/trust.js';
import { fitting, projectsBytesMax } from '../link/fitting.js';
import { ProjectScanner, type FoundProject } from './projects.js';
import { ToolInventory } from './tools.js';

const rescanMs = 60_000;

export interface InventoryOptions {
  readonly roots: readonly string[];
  readonly depth: number;
  readonly profileDirs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly trust: TrustStore;
  readonly otlp: () => OtlpStatus;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when something differs from what was told before. */
  readonly onChanged: (inventory: Inventory) => void;
}

export class HostInventory {
  readonly #options: InventoryOptions;
  readonly #scanner = new ProjectScanner();
  readonly #tools: ToolInventory;
  readonly #stop = new AbortController();
  #profiles = new Map<string, Profile>();
  #current: Inventory | null = null;
  #scanning: Promise<Inventory> | null = null;
  /** The scan after the present one, for those who asked while it was under way. */
  #queued: Promise<Inventory> | null = null;
  /** Counts trusted projects, so that a scan that began before tells the newest. */
  #trustRevision = 0;
  #cancel: Cancel | null = null;

  constructor(options: InventoryOptions) {
    this.#options = options;
    this.#tools = new ToolInventory({ env: options.env, clock: options.clock });
  }

  /** Null until the first scan is done. */
  get current(): Inventory | null {
    return this.#current;
  }

  profileOf(name: string): Profile | undefined {
    return this.#profiles.get(name);
  }

  get profiles(): Profile[] {
    return [...this.#profiles.values()];
  }

  /** Who asks programs for their version. */
  get tools(): ToolInventory {
    return this.#tools;
  }

  /** Reads the profiles, which sessions need at once, and begins to scan now and every minute. */
  async start(): Promise<void> {
    await this.#loadProfiles();
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
    this.#stop.abort();
  }

  async #scan(): Promise<Inventory> {
    const { roots, depth, otlp, logger } = this.#options;
    const { signal } = this.#stop;
    const problems = await this.#loadProfiles();
    const [found, profiles] = await Promise.all([
      this.#scanner.scan({ roots, depth, signal }),
      this.#tools.check([...this.#profiles.values()], signal),
    ]);
    for (const warning of found.warnings) logger.warn(warning);
    const kept = fitting(found.projects, projectsBytesMax);
    if (kept.length < found.projects.length) {
      logger.warn(
        { found: found.projects.length, told: kept.length },
        'too many projects to tell the hub of',
      );
    }
    const projects = await this.#withNewestTrust(kept);
    const inventory = {
      projectRoots: [...roots],
      projects,
      profiles: cut(profiles),
      profileProblems: problems,
      otlp: otlp(),
    };
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

  async #loadProfiles(): Promise<ProfileProblem[]> {
    const loaded = await loadProfileDirectories(this.#options.profileDirs);
    this.#profiles = new Map(loaded.profiles.map(({ profile }) => [profile.name, profile]));
    return loaded.problems.slice(0, inventoryLimits.profiles).map(({ file, line, field, message }) => ({
      file,
      line,
      field,
      message,
    }));
  }
}

const cut = (profiles: readonly HostProfile[]): HostProfile[] => profiles.slice(0, inventoryLimits.profiles);

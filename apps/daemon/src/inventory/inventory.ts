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

  /** Looks at everything now; one scan at a time. */
  scan(): Promise<Inventory> {
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = null;
    });
    return this.#scanning;
  }

  /** A person has just trusted a project. */
  async trustChanged(): Promise<void> {
    if (!this.#current) return;
    const projects = await this.#withTrust(this.#current.projects);
    this.#tell({ ...this.#current, projects });
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
    const inventory = {
      projectRoots: [...roots],
      projects: await this.#withTrust(found.projects),
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

// The settings of a running hub: what holds, where it comes from, and what a changed roundhouse.yaml may change now.
// A file with a mistake changes nothing.
import {
  pendingSettings,
  showProblems,
  showSettings,
  type Clock,
  type Env,
  type Logger,
  type SettingOrigin,
} from '@roundhouse/kit';
import { AppError, type FieldError, type ShownSettings } from '@roundhouse/protocol';
import { checkExposure, readConfig, type ConfigFacts, type HubConfig, type LoadedConfig } from '../config.js';
import { hubSettings } from './table.js';

/** The part of a configuration that changes while the hub runs: what rows that are `live` make. */
const liveOf = (config: HubConfig) => {
  const { allowedHosts, trustedProxies, daemonImage, usageKeep, backups, logLevel } = config;
  return { allowedHosts, trustedProxies, daemonImage, usageKeep, backups, logLevel };
};

/** Called after each reading, with what is wrong; nothing is: it was taken up. */
type Listener = (problems: readonly FieldError[]) => void;

export class HubSettings {
  readonly #env: Env;
  readonly #facts: ConfigFacts;
  readonly #started: LoadedConfig;
  readonly #listeners = new Set<Listener>();
  /** One object for good: whoever holds it sees live settings change. */
  readonly #config: { -readonly [K in keyof HubConfig]: HubConfig[K] };
  #latest: LoadedConfig;
  #problems: readonly FieldError[] = [];
  #loadedAt: number;

  private constructor(env: Env, facts: ConfigFacts, now: number) {
    this.#env = env;
    this.#facts = facts;
    this.#started = this.#latest = readConfig(env, facts);
    this.#config = { ...this.#started.config };
    this.#loadedAt = now;
  }

  /** @throws AppError CONFIG_INVALID that names each wrong setting and what to set instead */
  static load(env: Env, facts: ConfigFacts, now = Date.now()): HubSettings {
    return new HubSettings(env, facts, now);
  }

  get config(): HubConfig {
    return this.#config;
  }

  /** As they were read at the start. */
  get origins(): ReadonlyMap<string, SettingOrigin> {
    return this.#started.origins;
  }

  get file(): string | null {
    return this.#latest.file;
  }

  get secretFiles(): readonly string[] {
    return this.#started.secretFiles;
  }

  get places(): readonly string[] {
    return this.#started.places;
  }

  onRead(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Reads again. What is live holds from now on, unless anything is wrong. */
  reload({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }): void {
    try {
      const next = readConfig(this.#env, this.#facts);
      // What waits for a restart does not hold yet: without it, the rest must be safe, too.
      checkExposure({ ...this.#config, ...liveOf(next.config) });
      this.#latest = next;
      Object.assign(this.#config, liveOf(next.config));
      this.#problems = [];
      this.#loadedAt = clock.now();
      const waiting = pendingSettings(this.#readings);
      logger.info({ file: next.file, waiting }, 'settings were read again; what is waiting takes a restart');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#problems = error.fields;
      logger.error({ err: error, hint: error.hint }, 'settings have a mistake: what held before holds');
    }
    for (const listener of this.#listeners) listener(this.#problems);
  }

  /** For people; secrets without their value. */
  show(publicUrl: string): ShownSettings {
    const { stateDir, daemonImage, backups } = this.#config;
    return {
      file: this.#latest.file,
      places: [...this.places],
      loadedAt: new Date(this.#loadedAt).toISOString(),
      problems: showProblems(this.#problems),
      items: showSettings({
        ...this.#readings,
        without: {
          ROUNDHOUSE_STATE_DIR: stateDir,
          ROUNDHOUSE_PUBLIC_URL: publicUrl,
          ROUNDHOUSE_DAEMON_IMAGE: daemonImage,
          ROUNDHOUSE_BACKUP_DIR: backups.dir,
        },
      }),
    };
  }

  get #readings() {
    return { table: hubSettings, started: this.#started, latest: this.#latest };
  }
}

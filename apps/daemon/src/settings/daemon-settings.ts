// The settings of a running daemon, and what a changed roundhouse.yaml changes now. A file with a mistake changes nothing.
import {
  pendingSettings,
  showProblems,
  showSettings,
  type Env,
  type Logger,
  type SettingOrigin,
} from '@roundhouse/kit';
import { AppError, type FieldError, type ShownSettings } from '@roundhouse/protocol';
import { readConfig, type ConfigFacts, type DaemonConfig, type LoadedConfig } from '../config.js';
import { daemonSettings } from './table.js';

/** The part of a configuration that changes while the daemon runs: what rows that are `live` make. */
const liveOf = ({ projectsDepth, spoolMb, logLevel }: DaemonConfig) => ({ projectsDepth, spoolMb, logLevel });

export class DaemonSettings {
  readonly #env: Env;
  readonly #facts: ConfigFacts;
  readonly #started: LoadedConfig;
  /** One object for good: whoever holds it sees live settings change. */
  readonly #config: { -readonly [K in keyof DaemonConfig]: DaemonConfig[K] };
  readonly #listeners = new Set<() => void>();
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
  static load(env: Env, facts: ConfigFacts, now = Date.now()): DaemonSettings {
    return new DaemonSettings(env, facts, now);
  }

  get config(): DaemonConfig {
    return this.#config;
  }

  get origins(): ReadonlyMap<string, SettingOrigin> {
    return this.#started.origins;
  }

  get file(): string | null {
    return this.#started.file;
  }

  get secretFiles(): readonly string[] {
    return this.#started.secretFiles;
  }

  get places(): readonly string[] {
    return this.#started.places;
  }

  /** Called after each reading. */
  onRead(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Reads again. What is live holds from now on, unless anything is wrong. */
  reload(logger: Logger, now = Date.now()): void {
    try {
      this.#latest = readConfig(this.#env, this.#facts);
      const live = liveOf(this.#latest.config);
      if (live.logLevel !== this.#config.logLevel) logger.level = live.logLevel;
      Object.assign(this.#config, live);
      this.#problems = [];
      this.#loadedAt = now;
      const waiting = pendingSettings(this.#readings);
      const message = 'settings were read again; what is waiting takes a restart';
      logger.info({ file: this.#latest.file, ...live, waiting }, message);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#problems = error.fields;
      logger.error({ err: error, hint: error.hint }, 'settings have a mistake: what held before holds');
    }
    for (const listener of this.#listeners) listener();
  }

  /** For people; secrets without their value. */
  show(): ShownSettings {
    const { stateDir, projectRoots } = this.#started.config;
    return {
      file: this.#latest.file,
      places: [...this.places],
      loadedAt: new Date(this.#loadedAt).toISOString(),
      problems: showProblems(this.#problems),
      items: showSettings({
        ...this.#readings,
        without: { ROUNDHOUSE_STATE_DIR: stateDir, PROJECTS_ROOT: projectRoots.join(':') },
      }),
    };
  }

  get #readings() {
    return { table: daemonSettings, started: this.#started, latest: this.#latest };
  }
}

// The settings of a running daemon, and what a changed roundhouse.yaml changes now. A file with a mistake changes nothing.
import { isDeepStrictEqual } from 'node:util';
import type { Env, Logger, SettingOrigin } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { readConfig, type ConfigFacts, type DaemonConfig, type LoadedConfig } from '../config.js';

/** The part of a configuration that changes while the daemon runs: what rows that are `live` make. */
const liveOf = ({ projectsDepth, spoolMb, logLevel }: DaemonConfig) => ({ projectsDepth, spoolMb, logLevel });

export class DaemonSettings {
  readonly #env: Env;
  readonly #facts: ConfigFacts;
  readonly #started: LoadedConfig;
  /** One object for good: whoever holds it sees live settings change. */
  readonly #config: { -readonly [K in keyof DaemonConfig]: DaemonConfig[K] };

  private constructor(env: Env, facts: ConfigFacts) {
    this.#env = env;
    this.#facts = facts;
    this.#started = readConfig(env, facts);
    this.#config = { ...this.#started.config };
  }

  /** @throws AppError CONFIG_INVALID that names each wrong setting and what to set instead */
  static load(env: Env, facts: ConfigFacts): DaemonSettings {
    return new DaemonSettings(env, facts);
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

  get places(): readonly string[] {
    return this.#started.places;
  }

  /** Reads again. What is live holds from now on, unless anything is wrong. */
  reload(logger: Logger): void {
    try {
      const { config, file } = readConfig(this.#env, this.#facts);
      const live = liveOf(config);
      if (live.logLevel !== this.#config.logLevel) logger.level = live.logLevel;
      Object.assign(this.#config, live);
      const waits = !isDeepStrictEqual({ ...this.#started.config, ...live }, config);
      const message = waits ? 'settings were read again; some take a restart' : 'settings were read again';
      logger.info({ file, ...live }, message);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      logger.error({ err: error, hint: error.hint }, 'settings have a mistake: what held before holds');
    }
  }
}

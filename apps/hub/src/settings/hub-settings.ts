// The settings of a running hub: what holds, where it comes from, and what a changed roundhouse.yaml may change now.
// A file with a mistake changes nothing.
import type { Clock, Env, Logger, SettingOrigin } from '@roundhouse/kit';
import { AppError, type FieldError, type HubSettingsReply, type ShownSetting } from '@roundhouse/protocol';
import { checkExposure, readConfig, type ConfigFacts, type HubConfig, type LoadedConfig } from '../config.js';
import { hubSettings } from './table.js';

type Name = keyof typeof hubSettings;
const names = Object.keys(hubSettings) as Name[];

/** The part of a configuration that changes while the hub runs: what rows that are `live` make. */
const liveOf = ({ allowedHosts, trustedProxies, daemonImage, usageKeep, logLevel }: HubConfig) => ({
  ...{ allowedHosts, trustedProxies, daemonImage, usageKeep, logLevel },
});

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
      const waiting = names.filter((name) => this.#isPending(name));
      logger.info({ file: next.file, waiting }, 'settings were read again; what is waiting takes a restart');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#problems = error.fields;
      logger.error({ err: error, hint: error.hint }, 'settings have a mistake: what held before holds');
    }
    for (const listener of this.#listeners) listener(this.#problems);
  }

  /** For people; secrets without their value. */
  show(publicUrl: string): HubSettingsReply {
    return {
      file: this.#latest.file,
      places: [...this.places],
      loadedAt: new Date(this.#loadedAt).toISOString(),
      problems: [...this.#problems],
      items: names.map((name) => this.#show(name, publicUrl)),
    };
  }

  #show(name: Name, publicUrl: string): ShownSetting {
    const { key, topic, help, expects, example, ...row } = hubSettings[name];
    const pending = this.#isPending(name);
    const origins = pending ? this.#started.origins : this.#latest.origins;
    const { source, from, text } = origins.get(name) ?? { source: 'default', from: null, text: null };
    const isSet = source !== 'default';
    const secret = row.secret ?? false;
    const value = secret ? null : isSet ? text : this.#withoutIt(name, publicUrl, row.default);
    return {
      ...{ name, key, topic, help, expects, example, value, isSet, secret },
      ...{ default: row.default, source, from, live: row.live ?? false, pending },
    };
  }

  /** What holds without the setting, where that depends on the machine. */
  #withoutIt(name: Name, publicUrl: string, said: string): string | null {
    if (name === 'ROUNDHOUSE_STATE_DIR') return this.#config.stateDir;
    if (name === 'ROUNDHOUSE_PUBLIC_URL') return publicUrl;
    if (name === 'ROUNDHOUSE_DAEMON_IMAGE') return this.#config.daemonImage;
    return said === '' ? null : said;
  }

  #isPending(name: Name): boolean {
    if (hubSettings[name].live === true) return false;
    return JSON.stringify(this.#latest.values[name]) !== JSON.stringify(this.#started.values[name]);
  }
}

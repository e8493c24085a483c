// The daemon's configuration, made of its settings.
import path from 'node:path';
import {
  configError,
  noFiles,
  readSettings,
  readSettingsFile,
  settingsFilePlaces,
  type Env,
  type Files,
  type LogLevel,
  type SettingOrigin,
  type SettingValues,
  logFileOf,
  type LogFileOptions,
} from '@roundhouse/kit';
import { parseText } from '@roundhouse/profiles';
import type { ForwardTarget } from './otlp/forward.js';
import { daemonSettings } from './settings/table.js';

export interface DaemonConfig {
  /** Address of the hub with its path, without a slash at its end. */
  readonly hubUrl: string;
  /** Needed once; null on later starts. */
  readonly joinToken: string | null;
  readonly projectRoots: readonly string[];
  readonly projectsDepth: number;
  readonly otlp: { readonly port: number; readonly explicit: boolean };
  /** The user's own collector, which gets every body of telemetry, too. */
  readonly otlpForward: ForwardTarget | null;
  /** Directories of profiles; a file of a later one replaces that of an earlier one. */
  readonly profileDirs: readonly string[];
  readonly stateDir: string;
  /** Who starts keepers: this daemon, or the keeper host of its state directory. */
  readonly keepers: 'own' | 'apart';
  /** Output kept on disk for each session, in MiB. */
  readonly spoolMb: number;
  /** Lines kept drawn above each screen. */
  readonly scrollbackLines: number;
  readonly logLevel: LogLevel;
  /** Null: standard error. */
  readonly logFile: LogFileOptions | null;
}

/** What the machine says; a parameter so that loadConfig stays pure. */
export interface ConfigFacts {
  readonly isRoot: boolean;
  readonly homeDir: string;
  /** Directory of the profiles that ship with Roundhouse. */
  readonly shippedProfiles: string;
  /** What reads roundhouse.yaml and files of secrets; none are there without it. */
  readonly files?: Files;
}

/** What was read, and where each value comes from. */
export interface LoadedConfig {
  readonly config: DaemonConfig;
  readonly values: SettingValues<typeof daemonSettings>;
  readonly origins: ReadonlyMap<string, SettingOrigin>;
  /** Files in which secrets stand. */
  readonly secretFiles: readonly string[];
  /** roundhouse.yaml; null when there is none. */
  readonly file: string | null;
  /** Where it was looked for. */
  readonly places: readonly string[];
}

/** @throws AppError CONFIG_INVALID that names each wrong setting and what to set instead */
export const loadConfig = (env: Env, facts: ConfigFacts): DaemonConfig => readConfig(env, facts).config;

/** {@link loadConfig}, with where each value comes from. */
export function readConfig(env: Env, facts: ConfigFacts): LoadedConfig {
  const { files = noFiles } = facts;
  const named = absolute(env['ROUNDHOUSE_CONFIG']);
  const stateDir = stateDirOf(env, facts);
  const file = readSettingsFile({
    ...{ table: daemonSettings, section: 'daemon', named, stateDir, files },
    parse: parseText,
  });
  const { values, ...read } = readSettings({ table: daemonSettings, env, file, files });
  if (values.HUB_URL === undefined) {
    const message = 'HUB_URL is not set: where is the hub? For example HUB_URL=http://127.0.0.1:4400';
    throw configError([{ field: 'HUB_URL', message }], 'Copy the whole command from the Hosts page.');
  }
  const config: DaemonConfig = {
    hubUrl: addressOf(values.HUB_URL),
    joinToken: values.JOIN_TOKEN ?? null,
    projectRoots: (values.PROJECTS_ROOT ?? [facts.homeDir]).map((root) => path.resolve(root)),
    projectsDepth: values.PROJECTS_DEPTH ?? 6,
    otlp: { port: values.OTLP_PORT ?? 4318, explicit: values.OTLP_PORT !== undefined },
    otlpForward: forwardTarget(values.OTLP_FORWARD_URL, values.OTLP_FORWARD_HEADERS),
    profileDirs: [facts.shippedProfiles, ...(values.PROFILES_DIR ?? [])],
    stateDir: values.ROUNDHOUSE_STATE_DIR ?? defaultStateDir(values.XDG_DATA_HOME, facts),
    keepers: values.ROUNDHOUSE_KEEPERS ?? 'own',
    spoolMb: values.ROUNDHOUSE_SPOOL_MB ?? 64,
    scrollbackLines: values.ROUNDHOUSE_SCROLLBACK ?? 5_000,
    logLevel: values.ROUNDHOUSE_LOG_LEVEL ?? 'info',
    logFile: logFileOf(values),
  };
  return { config, values, ...read, file: file.path, places: settingsFilePlaces(named, stateDir) };
}

/** Without the marks of an empty query or fragment, which stand in `href`. */
function addressOf(text: string): string {
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/$/, '');
}

/** Known before anything else is, and also when another setting is wrong. */
export const stateDirOf = (env: Env, facts: ConfigFacts): string =>
  absolute(env['ROUNDHOUSE_STATE_DIR']) ?? defaultStateDir(env['XDG_DATA_HOME'], facts);

/** Undefined for what the table refuses anyway. */
const absolute = (text = ''): string | undefined => (path.isAbsolute(text.trim()) ? text.trim() : undefined);

const forwardTarget = (
  url: string | undefined,
  headers: ForwardTarget['headers'] = {},
): ForwardTarget | null => (url === undefined ? null : { url: url.replace(/\/+$/, ''), headers });

/** Below the hub's, so that both may run on one machine. */
function defaultStateDir(dataHome: string | undefined, { isRoot, homeDir }: ConfigFacts): string {
  if (isRoot) return '/var/lib/roundhouse/daemon';
  return path.join(dataHome || path.join(homeDir, '.local/share'), 'roundhouse', 'daemon');
}

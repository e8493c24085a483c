// The hub's configuration, made of its settings. Fails closed: what would expose the hub without encryption does not
// start.
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
import { productVersion, type FieldError } from '@roundhouse/protocol';
import ipaddr from 'ipaddr.js';
import { hubSettings } from './settings/table.js';
import { defaultUsageKeep, type UsageKeep } from './telemetry/usage-keep.js';

export type TlsConfig =
  | { readonly mode: 'off' }
  | { readonly mode: 'self-signed' }
  | { readonly mode: 'files'; readonly certFile: string; readonly keyFile: string };

export interface HubConfig {
  /** 0 = any free port. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Absolute. */
  readonly stateDir: string;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** Without a slash at its end; null: whatever address the hub listens on. */
  readonly publicUrl: string | null;
  /** Lower-case host names, without port, besides the public URL's and the loopback names. */
  readonly allowedHosts: readonly string[];
  /** CIDRs whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly tls: TlsConfig;
  readonly daemonImage: string;
  /** How long usage is kept by the minute and by the hour. */
  readonly usageKeep: UsageKeep;
  /** Where the newest release is told; null: nobody is asked. */
  readonly updateCheckUrl: string | null;
  /** The commit that this build was made of; null in a checkout. */
  readonly commit: string | null;
  readonly backups: BackupsConfig;
  readonly logLevel: LogLevel;
  /** Null: standard error. */
  readonly logFile: LogFileOptions | null;
}

/** Backups that the hub makes of itself. */
export interface BackupsConfig {
  /** How many are kept of one a day; 0: none is made by itself. */
  readonly keep: number;
  /** Absolute. */
  readonly dir: string;
  /** Null: they are not encrypted. */
  readonly passphrase: string | null;
}

/** What the machine says; a parameter so that loadConfig stays pure. */
export interface ConfigFacts {
  readonly isRoot: boolean;
  readonly homeDir: string;
  /** What reads roundhouse.yaml and files of secrets; none are there without it. */
  readonly files?: Files;
}

type HubSettingValues = SettingValues<typeof hubSettings>;

/** What was read, and where each value comes from. */
export interface LoadedConfig {
  readonly config: HubConfig;
  readonly values: HubSettingValues;
  readonly origins: ReadonlyMap<string, SettingOrigin>;
  /** Files in which secrets stand. */
  readonly secretFiles: readonly string[];
  /** roundhouse.yaml; null when there is none. */
  readonly file: string | null;
  /** Where it was looked for. */
  readonly places: readonly string[];
}

/**
 * The hub's configuration.
 * @throws AppError CONFIG_INVALID that names each wrong setting and what to set instead.
 */
export const loadConfig = (env: Env, facts: ConfigFacts): HubConfig => readConfig(env, facts).config;

/** {@link loadConfig}, with where each value comes from. */
export function readConfig(env: Env, facts: ConfigFacts): LoadedConfig {
  const { files = noFiles } = facts;
  const named = absolute(env['ROUNDHOUSE_CONFIG']);
  const stateDir = stateDirOf(env, facts);
  const file = readSettingsFile({
    ...{ table: hubSettings, section: 'hub', named, stateDir, files },
    parse: parseText,
  });
  const { values, ...read } = readSettings({ table: hubSettings, env, file, files });
  const config = configOf(values, facts);
  checkExposure(config);
  return { config, values, ...read, file: file.path, places: settingsFilePlaces(named, stateDir) };
}

/** Known before anything else is, and also when another setting is wrong. */
export const stateDirOf = (env: Env, facts: ConfigFacts): string =>
  absolute(env['ROUNDHOUSE_STATE_DIR']) ?? defaultStateDir(env['XDG_DATA_HOME'], facts);

/** Undefined for what the table refuses anyway. */
const absolute = (text = ''): string | undefined => (path.isAbsolute(text.trim()) ? text.trim() : undefined);

const configOf = (values: HubSettingValues, facts: ConfigFacts): HubConfig => ({
  port: values.ROUNDHOUSE_PORT ?? 4400,
  host: values.ROUNDHOUSE_HOST ?? '127.0.0.1',
  stateDir: values.ROUNDHOUSE_STATE_DIR ?? defaultStateDir(values.XDG_DATA_HOME, facts),
  databaseUrl: values.DATABASE_URL ?? null,
  publicUrl: values.ROUNDHOUSE_PUBLIC_URL ?? null,
  allowedHosts: values.ROUNDHOUSE_ALLOWED_HOSTS ?? [],
  trustedProxies: values.ROUNDHOUSE_TRUSTED_PROXIES ?? [],
  tls: tlsConfig(values.ROUNDHOUSE_TLS ?? 'off', values.ROUNDHOUSE_TLS_CERT, values.ROUNDHOUSE_TLS_KEY),
  daemonImage: values.ROUNDHOUSE_DAEMON_IMAGE ?? `localhost/roundhouse-daemon:${productVersion}`,
  usageKeep: values.ROUNDHOUSE_USAGE_RETENTION ?? defaultUsageKeep,
  updateCheckUrl: values.ROUNDHOUSE_UPDATE_CHECK_URL ?? null,
  commit: values.ROUNDHOUSE_COMMIT ?? null,
  backups: backupsConfig(values, facts),
  logLevel: values.ROUNDHOUSE_LOG_LEVEL ?? 'info',
  logFile: logFileOf(values),
});

function backupsConfig(values: HubSettingValues, facts: ConfigFacts): BackupsConfig {
  const stateDir = values.ROUNDHOUSE_STATE_DIR ?? defaultStateDir(values.XDG_DATA_HOME, facts);
  return {
    keep: values.ROUNDHOUSE_BACKUP_KEEP ?? 0,
    dir: values.ROUNDHOUSE_BACKUP_DIR ?? path.join(stateDir, 'backups'),
    passphrase: values.ROUNDHOUSE_BACKUP_PASSPHRASE ?? null,
  };
}

function defaultStateDir(dataHome: string | undefined, { isRoot, homeDir }: ConfigFacts): string {
  if (isRoot) return '/var/lib/roundhouse';
  return path.join(dataHome || path.join(homeDir, '.local/share'), 'roundhouse');
}

function tlsConfig(mode: TlsConfig['mode'], certFile?: string, keyFile?: string): TlsConfig {
  if (mode === 'files') {
    if (certFile !== undefined && keyFile !== undefined) return { mode, certFile, keyFile };
    const missing = certFile === undefined ? 'ROUNDHOUSE_TLS_CERT' : 'ROUNDHOUSE_TLS_KEY';
    throw configError([problem(missing, `ROUNDHOUSE_TLS=files needs ${missing}=/path/to/file.pem`)]);
  }
  if (certFile !== undefined || keyFile !== undefined) {
    const given = certFile === undefined ? 'ROUNDHOUSE_TLS_KEY' : 'ROUNDHOUSE_TLS_CERT';
    throw configError([
      problem(given, `${given} is used only with ROUNDHOUSE_TLS=files: set that too, or remove it`),
    ]);
  }
  return { mode };
}

/** Passwords and terminals never cross a network in the clear, and there is no switch to allow it. */
export function checkExposure({ host, tls, trustedProxies, publicUrl }: HubConfig): void {
  const encrypted = tls.mode !== 'off';
  const proxied = trustedProxies.length > 0;
  if (!isLoopback(host) && !encrypted && !proxied) {
    const message = `ROUNDHOUSE_HOST=${host} would serve other machines without encryption`;
    throw configError(
      [problem('ROUNDHOUSE_HOST', message)],
      'Set ROUNDHOUSE_TLS=self-signed (or ROUNDHOUSE_TLS=files with ROUNDHOUSE_TLS_CERT and ROUNDHOUSE_TLS_KEY), ' +
        'or, behind a reverse proxy that does TLS, its address in ROUNDHOUSE_TRUSTED_PROXIES, ' +
        'or listen on 127.0.0.1.',
    );
  }
  if (publicUrl === null) return;
  const url = new URL(publicUrl);
  if (url.protocol === 'https:' && !encrypted && !proxied) {
    const message = `ROUNDHOUSE_PUBLIC_URL=${publicUrl} is https, but nothing here does TLS`;
    throw configError(
      [problem('ROUNDHOUSE_PUBLIC_URL', message)],
      'Set ROUNDHOUSE_TLS=self-signed or files, or name the proxy that does TLS in ROUNDHOUSE_TRUSTED_PROXIES.',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const message = `ROUNDHOUSE_PUBLIC_URL=${publicUrl} is not encrypted`;
    throw configError(
      [problem('ROUNDHOUSE_PUBLIC_URL', message)],
      `Use https: set ROUNDHOUSE_PUBLIC_URL=https://${publicUrl.slice('http://'.length)} and ROUNDHOUSE_TLS=self-signed, files, or a TLS proxy.`,
    );
  }
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost') return true;
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback';
}

const problem = (field: string, message: string): FieldError => ({ field, message });

// The hub's settings: environment variables parsed once, at start. Fails closed: what would expose the hub
// without encryption does not start.
import path from 'node:path';
import { configError, describeEnv, envVariable, parseEnv, type Env, type LogLevel } from '@roundhouse/kit';
import { productVersion, type FieldError } from '@roundhouse/protocol';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { defaultUsageKeep, parseUsageKeep, type UsageKeep } from './telemetry/usage-keep.js';

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
  /** Origin without a slash at its end; null: whatever address the hub listens on. */
  readonly publicUrl: string | null;
  /** Lower-case host names, without port, besides the public URL's and the loopback names. */
  readonly allowedHosts: readonly string[];
  /** CIDRs whose X-Forwarded-* headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly tls: TlsConfig;
  readonly daemonImage: string;
  /** How long usage is kept by the minute and by the hour. */
  readonly usageKeep: UsageKeep;
  /** The commit that this build was made of; null in a checkout. */
  readonly commit: string | null;
  readonly logLevel: LogLevel;
}

/** What the machine says; a parameter so that loadConfig stays pure. */
export interface ConfigFacts {
  readonly isRoot: boolean;
  readonly homeDir: string;
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);
const hostName = z
  .string()
  .toLowerCase()
  .regex(/^([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])$/);
const absolutePath = z.string().refine((text) => path.isAbsolute(text));
const cidr = z.string().transform((text, context) => toCidr(text) ?? refuse(context));
const origin = z.string().transform((text, context) => toOrigin(text) ?? refuse(context));

const hubVariables = {
  ROUNDHOUSE_PORT: envVariable({
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().max(65_535)),
    expects: 'a port number from 0 (any free port) to 65535',
    example: '4400',
  }),
  ROUNDHOUSE_HOST: envVariable({
    schema: z.string().refine((text) => text === 'localhost' || ipaddr.isValid(text)),
    expects: 'an IP address to listen on',
    example: '127.0.0.1',
  }),
  ROUNDHOUSE_STATE_DIR: envVariable({
    schema: absolutePath,
    expects: 'an absolute path',
    example: '/var/lib/roundhouse',
  }),
  XDG_DATA_HOME: envVariable({
    schema: absolutePath,
    expects: 'an absolute path',
    example: '/home/me/.local/share',
  }),
  DATABASE_URL: envVariable({
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .refine((text) => URL.canParse(text)),
    expects: 'the address of a PostgreSQL database',
    example: 'postgresql://user:password@localhost:5432/roundhouse',
    secret: true,
  }),
  ROUNDHOUSE_PUBLIC_URL: envVariable({
    schema: origin,
    expects: 'an http or https address without a path',
    example: 'https://roundhouse.example.com',
  }),
  ROUNDHOUSE_ALLOWED_HOSTS: envVariable({
    schema: list.pipe(z.array(hostName)),
    expects: 'a comma list of host names without port (no wildcards)',
    example: 'roundhouse.lan,10.0.0.5',
  }),
  ROUNDHOUSE_TRUSTED_PROXIES: envVariable({
    schema: list.pipe(z.array(cidr)),
    expects: 'a comma list of proxy addresses or CIDRs, narrower than everybody',
    example: '10.0.0.2,172.18.0.0/16',
  }),
  ROUNDHOUSE_TLS: envVariable({
    schema: z.enum(['off', 'self-signed', 'files']),
    expects: 'off, self-signed or files',
    example: 'self-signed',
  }),
  ROUNDHOUSE_TLS_CERT: envVariable({
    schema: absolutePath,
    expects: 'the absolute path of a PEM certificate chain',
    example: '/etc/roundhouse/cert.pem',
  }),
  ROUNDHOUSE_TLS_KEY: envVariable({
    schema: absolutePath,
    expects: 'the absolute path of a PEM private key',
    example: '/etc/roundhouse/key.pem',
  }),
  ROUNDHOUSE_DAEMON_IMAGE: envVariable({
    schema: z.string().regex(/^[a-z0-9][a-z0-9._:/@-]*$/i),
    expects: 'the name of a container image',
    example: `localhost/roundhouse-daemon:${productVersion}`,
  }),
  ROUNDHOUSE_USAGE_RETENTION: envVariable({
    schema: z.string().transform((text, context) => parseUsageKeep(text) ?? refuse(context)),
    expects: 'how long usage is kept by the minute (24h or more) and by the hour (longer)',
    example: '48h,90d',
  }),
  ROUNDHOUSE_COMMIT: envVariable({
    schema: z.string().regex(/^[0-9a-f]{7,64}$/),
    expects: 'the hash of a commit (images set it)',
    example: '1f2e3d4c',
  }),
  ROUNDHOUSE_LOG_LEVEL: envVariable({
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    expects: 'debug, info, warn, error or silent',
    example: 'info',
  }),
};

/**
 * The hub's configuration.
 * @throws AppError CONFIG_INVALID that names each wrong variable and what to set instead.
 */
export function loadConfig(env: Env, facts: ConfigFacts): HubConfig {
  const values = parseEnv(hubVariables, env);
  const config: HubConfig = {
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
    commit: values.ROUNDHOUSE_COMMIT ?? null,
    logLevel: values.ROUNDHOUSE_LOG_LEVEL ?? 'info',
  };
  checkExposure(config);
  return config;
}

/** What was set, for the log at start; without secrets. */
export const describeConfig = (env: Env): string[] => describeEnv(hubVariables, env);

function defaultStateDir(dataHome: string | undefined, { isRoot, homeDir }: ConfigFacts): string {
  if (isRoot) return '/var/lib/roundhouse';
  return path.join(dataHome ?? path.join(homeDir, '.local/share'), 'roundhouse');
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
function checkExposure({ host, tls, trustedProxies, publicUrl }: HubConfig): void {
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
      `Use https: set ROUNDHOUSE_PUBLIC_URL=https://${url.host} and ROUNDHOUSE_TLS=self-signed, files, or a TLS proxy.`,
    );
  }
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (bare === 'localhost') return true;
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback';
}

/** `10.0.0.2` and `10.0.0.0/8` as CIDR; null for what is neither, and for a range that is everybody. */
function toCidr(text: string): string | null {
  try {
    const single = ipaddr.isValid(text)
      ? `${text}/${ipaddr.parse(text).kind() === 'ipv4' ? '32' : '128'}`
      : text;
    const [address, bits] = ipaddr.parseCIDR(single);
    return bits === 0 ? null : `${address.toString()}/${String(bits)}`;
  } catch {
    return null;
  }
}

function toOrigin(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === '';
  return bare && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : null;
}

function refuse(context: z.core.$RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'wrong value' });
  return z.NEVER;
}

const problem = (field: string, message: string): FieldError => ({ field, message });

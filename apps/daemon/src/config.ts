// The daemon's settings: environment variables parsed once, at start.
import path from 'node:path';
import { envVariable, parseEnv, configError, type Env, type LogLevel } from '@roundhouse/kit';
import { scrollbackMaxLines } from '@roundhouse/protocol';
import { z } from 'zod';
import { headerListSchema } from './header-list.js';
import type { ForwardTarget } from './otlp/forward.js';

export interface DaemonConfig {
  /** Origin of the hub, without a slash at its end. */
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
  /** Output kept on disk for each session, in MiB. */
  readonly spoolMb: number;
  /** Lines kept drawn above each screen. */
  readonly scrollbackLines: number;
  readonly logLevel: LogLevel;
}

/** What the machine says; a parameter so that loadConfig stays pure. */
export interface ConfigFacts {
  readonly isRoot: boolean;
  readonly homeDir: string;
  /** Directory of the profiles that ship with Roundhouse. */
  readonly shippedProfiles: string;
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && `${search}${hash}${username}${password}` === '';
}
function isCollector(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { search, hash, username, password } = new URL(text);
  return `${search}${hash}${username}${password}` === '';
}
const absolutePath = z.string().refine((text) => path.isAbsolute(text));
const pathList = z
  .string()
  .transform((text) => text.split(':').filter((part) => part !== ''))
  .pipe(z.array(absolutePath).min(1).max(64));
const integer = (max: number, min = 0) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const daemonVariables = {
  HUB_URL: envVariable({
    schema: z.url({ protocol: /^https?$/ }).refine(isOrigin),
    expects: 'the http or https address of the hub, without a path or credentials',
    example: 'http://127.0.0.1:4400',
  }),
  JOIN_TOKEN: envVariable({
    schema: z.string().startsWith('rhj_'),
    expects: 'the join token that the Hosts page showed',
    example: 'rhj_…',
    secret: true,
  }),
  PROJECTS_ROOT: envVariable({
    schema: pathList,
    expects: 'absolute paths with ":" between them',
    example: '/home/me/src:/srv/git',
  }),
  PROJECTS_DEPTH: envVariable({ schema: integer(20), expects: 'a number from 0 to 20', example: '6' }),
  OTLP_PORT: envVariable({
    schema: integer(65_535),
    expects: 'a port number from 0 (any free port) to 65535',
    example: '4318',
  }),
  OTLP_FORWARD_URL: envVariable({
    schema: z.url({ protocol: /^https?$/ }).refine(isCollector),
    expects: 'the http or https address of an OTLP collector, without credentials, "?" and "#"',
    example: 'http://collector.example:4318',
  }),
  OTLP_FORWARD_HEADERS: envVariable({
    schema: headerListSchema,
    expects: 'name=value pairs with "," between them, values percent-encoded',
    example: 'authorization=Bearer%20…',
    secret: true,
  }),
  PROFILES_DIR: envVariable({
    schema: pathList,
    expects: 'absolute paths of directories with ":" between them',
    example: '/home/me/roundhouse-profiles',
  }),
  ROUNDHOUSE_STATE_DIR: envVariable({
    schema: absolutePath,
    expects: 'an absolute path',
    example: '/var/lib/roundhouse/daemon',
  }),
  ROUNDHOUSE_SPOOL_MB: envVariable({
    schema: integer(65_535, 2),
    expects: 'a number of MiB from 2 to 65535',
    example: '64',
  }),
  ROUNDHOUSE_SCROLLBACK: envVariable({
    schema: integer(scrollbackMaxLines),
    expects: 'a number of lines from 0 to 10000',
    example: '5000',
  }),
  XDG_DATA_HOME: envVariable({
    schema: absolutePath,
    expects: 'an absolute path',
    example: '/home/me/.local/share',
  }),
  ROUNDHOUSE_LOG_LEVEL: envVariable({
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    expects: 'debug, info, warn, error or silent',
    example: 'info',
  }),
};

/** @throws AppError CONFIG_INVALID that names each wrong variable and what to set instead */
export function loadConfig(env: Env, facts: ConfigFacts): DaemonConfig {
  const values = parseEnv(daemonVariables, env);
  if (values.HUB_URL === undefined) {
    const message = 'HUB_URL is not set: where is the hub? For example HUB_URL=http://127.0.0.1:4400';
    throw configError([{ field: 'HUB_URL', message }], 'Copy the whole command from the Hosts page.');
  }
  return {
    hubUrl: new URL(values.HUB_URL).origin,
    joinToken: values.JOIN_TOKEN ?? null,
    projectRoots: (values.PROJECTS_ROOT ?? [facts.homeDir]).map((root) => path.resolve(root)),
    projectsDepth: values.PROJECTS_DEPTH ?? 6,
    otlp: { port: values.OTLP_PORT ?? 4318, explicit: values.OTLP_PORT !== undefined },
    otlpForward: forwardTarget(values.OTLP_FORWARD_URL, values.OTLP_FORWARD_HEADERS),
    profileDirs: [facts.shippedProfiles, ...(values.PROFILES_DIR ?? [])],
    stateDir: values.ROUNDHOUSE_STATE_DIR ?? defaultStateDir(values.XDG_DATA_HOME, facts),
    spoolMb: values.ROUNDHOUSE_SPOOL_MB ?? 64,
    scrollbackLines: values.ROUNDHOUSE_SCROLLBACK ?? 5_000,
    logLevel: values.ROUNDHOUSE_LOG_LEVEL ?? 'info',
  };
}

const forwardTarget = (
  url: string | undefined,
  headers: ForwardTarget['headers'] = {},
): ForwardTarget | null => (url === undefined ? null : { url: url.replace(/\/+$/, ''), headers });

/** Below the hub's, so that both may run on one machine. */
function defaultStateDir(dataHome: string | undefined, { isRoot, homeDir }: ConfigFacts): string {
  if (isRoot) return '/var/lib/roundhouse/daemon';
  return path.join(dataHome ?? path.join(homeDir, '.local/share'), 'roundhouse', 'daemon');
}

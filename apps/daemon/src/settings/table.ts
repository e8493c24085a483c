// DATA: every setting of a daemon: its names, what it takes, what it is without, and what it is for.
import path from 'node:path';
import { logFileSettings, setting } from '@roundhouse/kit';
import { scrollbackMaxLines } from '@roundhouse/protocol';
import { z } from 'zod';
import { headerListSchema } from '../header-list.js';

/** The same paths that the hub takes for its public URL. */
const plainPath = /^(\/[A-Za-z0-9._~-]+)*\/?$/;
function isHubAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return plainPath.test(pathname) && `${search}${hash}${username}${password}` === '';
}
function isCollector(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  // An empty query or fragment is none to URL, and still in the way of the path that follows.
  return !/[?#]/.test(text) && `${username}${password}` === '';
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

export const daemonSettings = {
  ROUNDHOUSE_CONFIG: setting({
    schema: absolutePath,
    key: null,
    topic: 'hub',
    help: 'The settings file; it must be there. Without it: roundhouse.yaml in the state directory, else in /etc/roundhouse.',
    expects: 'an absolute path',
    example: '/etc/roundhouse/roundhouse.yaml',
    default: '',
  }),
  HUB_URL: setting({
    schema: z.url({ protocol: /^https?$/ }).refine(isHubAddress),
    key: 'hub_url',
    topic: 'hub',
    help: 'Address of the hub, with its path if it has one. It must be set.',
    expects: 'the http or https address of the hub, without credentials or a query',
    example: 'http://127.0.0.1:4400',
    default: '',
  }),
  JOIN_TOKEN: setting({
    schema: z.string().startsWith('rhj_'),
    key: 'join_token',
    topic: 'hub',
    help: 'Needed once; later starts use the key in the state directory.',
    expects: 'the join token that the Hosts page showed',
    example: 'rhj_…',
    default: '',
    secret: true,
  }),
  PROJECTS_ROOT: setting({
    schema: pathList,
    key: 'projects_root',
    topic: 'projects',
    help: 'Where it looks for git repositories.',
    expects: 'absolute paths with ":" between them',
    example: '/home/me/src:/srv/git',
    default: 'the home directory',
    list: ':',
  }),
  PROJECTS_DEPTH: setting({
    schema: integer(20),
    key: 'projects_depth',
    topic: 'projects',
    help: 'How deep it looks.',
    expects: 'a number from 0 to 20',
    example: '6',
    default: '6',
    live: true,
  }),
  PROFILES_DIR: setting({
    schema: pathList,
    key: 'profiles_dir',
    topic: 'sessions',
    help: 'Directories of your own profiles, one YAML file per agent, beside those that ship.',
    expects: 'absolute paths of directories with ":" between them',
    example: '/home/me/roundhouse-profiles',
    default: '',
    list: ':',
  }),
  ROUNDHOUSE_KEEPERS: setting({
    schema: z.enum(['own', 'apart']),
    key: 'keepers',
    topic: 'sessions',
    help: 'Who starts the keepers of the terminals: the daemon itself (own), or the keeper host of this state directory (apart), so that the image of the daemon can change under agents that run. See hosts.md.',
    expects: 'own or apart',
    example: 'apart',
    default: 'own',
  }),
  ROUNDHOUSE_SPOOL_MB: setting({
    schema: integer(65_535, 2),
    key: 'spool_mb',
    topic: 'sessions',
    help: 'Output kept on disk for each session, in MiB; the oldest goes first. A change counts for the next start of a session.',
    expects: 'a number of MiB from 2 to 65535',
    example: '64',
    default: '64',
    live: true,
  }),
  ROUNDHOUSE_SCROLLBACK: setting({
    schema: integer(scrollbackMaxLines),
    key: 'scrollback',
    topic: 'sessions',
    help: 'Lines kept drawn above each screen; older output is in the bytes.',
    expects: 'a number of lines from 0 to 10000',
    example: '5000',
    default: '5000',
  }),
  OTLP_PORT: setting({
    schema: integer(65_535),
    key: 'otlp_port',
    topic: 'usage',
    help: 'Where agents deliver their telemetry, on loopback; 0 takes any free port.',
    expects: 'a port number from 0 (any free port) to 65535',
    example: '4318',
    default: '4318, or another if that is taken',
  }),
  OTLP_FORWARD_URL: setting({
    schema: z.url({ protocol: /^https?$/ }).refine(isCollector),
    key: 'otlp_forward_url',
    topic: 'usage',
    help: 'An OTLP collector of your own that gets all telemetry, too.',
    expects: 'the http or https address of an OTLP collector, without credentials, "?" and "#"',
    example: 'http://collector.example:4318',
    default: '',
  }),
  OTLP_FORWARD_HEADERS: setting({
    schema: headerListSchema,
    key: 'otlp_forward_headers',
    topic: 'usage',
    help: 'Headers for it, as in authorization=Bearer%20…,x-team=red.',
    expects: 'name=value pairs with "," between them, values percent-encoded',
    example: 'authorization=Bearer%20…',
    default: '',
    list: ',',
    secret: true,
  }),
  ROUNDHOUSE_STATE_DIR: setting({
    schema: absolutePath,
    key: null,
    topic: 'storage',
    help: 'Keys, outbox, terminals. Two daemons on one machine need two.',
    expects: 'an absolute path',
    example: '/var/lib/roundhouse/daemon',
    default: '$XDG_DATA_HOME/roundhouse/daemon, as root /var/lib/roundhouse/daemon',
  }),
  XDG_DATA_HOME: setting({
    schema: absolutePath,
    key: null,
    topic: 'storage',
    help: 'Where the state directory is, unless it is named or the daemon runs as root.',
    expects: 'an absolute path',
    example: '/home/me/.local/share',
    default: '~/.local/share',
  }),
  ROUNDHOUSE_LOG_LEVEL: setting({
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    key: 'log_level',
    topic: 'log',
    help: 'How much the daemon writes to its log.',
    expects: 'debug, info, warn, error or silent',
    example: 'info',
    default: 'info',
    live: true,
  }),
  ...logFileSettings,
};

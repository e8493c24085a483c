// DATA: every setting of the hub: its names, what it takes, what it is without, and what it is for.
import path from 'node:path';
import { logFileSettings, setting } from '@roundhouse/kit';
import { backupsKeptMax } from '@roundhouse/protocol';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { basePathOf } from '../platform/http/base-path.js';
import { parseUsageKeep } from '../telemetry/usage-keep.js';

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
const publicUrl = z.string().transform((text, context) => toPublicUrl(text) ?? refuse(context));

export const hubSettings = {
  ROUNDHOUSE_CONFIG: setting({
    schema: absolutePath,
    key: null,
    topic: 'hub',
    help: 'The settings file; it must be there. Without it: roundhouse.yaml in the state directory, else in /etc/roundhouse.',
    expects: 'an absolute path',
    example: '/etc/roundhouse/roundhouse.yaml',
    default: '',
  }),
  ROUNDHOUSE_PORT: setting({
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().max(65_535)),
    key: 'port',
    topic: 'address',
    help: 'Port of the hub; 0 takes any free one.',
    expects: 'a port number from 0 (any free port) to 65535',
    example: '4400',
    default: '4400',
  }),
  ROUNDHOUSE_HOST: setting({
    schema: z.string().refine((text) => text === 'localhost' || ipaddr.isValid(text)),
    key: 'host',
    topic: 'address',
    help: 'Address that it listens on. Anything but loopback needs TLS or a declared proxy, or the hub refuses to start.',
    expects: 'an IP address to listen on',
    example: '127.0.0.1',
    default: '127.0.0.1',
  }),
  ROUNDHOUSE_PUBLIC_URL: setting({
    schema: publicUrl,
    key: 'public_url',
    topic: 'address',
    help: 'How browsers and daemons reach the hub. It may have a path, below which a proxy of another site serves the hub.',
    expects:
      'an http or https address, with a plain path (but none of the hub itself, as /api) or without one',
    example: 'https://roundhouse.example.com',
    default: 'the address it listens on',
  }),
  ROUNDHOUSE_ALLOWED_HOSTS: setting({
    schema: list.pipe(z.array(hostName)),
    key: 'allowed_hosts',
    topic: 'address',
    help: 'Further host names that it answers to. A self-signed certificate carries new ones after a restart.',
    expects: 'a comma list of host names without port (no wildcards)',
    example: 'roundhouse.lan,10.0.0.5',
    default: '',
    list: ',',
    live: true,
  }),
  ROUNDHOUSE_TRUSTED_PROXIES: setting({
    schema: list.pipe(z.array(cidr)),
    key: 'trusted_proxies',
    topic: 'address',
    help: 'Reverse proxies whose X-Forwarded-* headers count.',
    expects: 'a comma list of proxy addresses or CIDRs, narrower than everybody',
    example: '10.0.0.2,172.18.0.0/16',
    default: '',
    list: ',',
    live: true,
  }),
  ROUNDHOUSE_TLS: setting({
    schema: z.enum(['off', 'self-signed', 'files']),
    key: 'tls',
    topic: 'tls',
    help: 'self-signed: the hub makes a certificate, which daemons pin by their join token. files: it takes yours.',
    expects: 'off, self-signed or files',
    example: 'self-signed',
    default: 'off',
  }),
  ROUNDHOUSE_TLS_CERT: setting({
    schema: absolutePath,
    key: 'tls_cert',
    topic: 'tls',
    help: 'Your certificate and its chain, with TLS from files. A replaced file is taken up within half a minute.',
    expects: 'the absolute path of a PEM certificate chain',
    example: '/etc/roundhouse/cert.pem',
    default: '',
  }),
  ROUNDHOUSE_TLS_KEY: setting({
    schema: absolutePath,
    key: 'tls_key',
    topic: 'tls',
    help: 'The private key of that certificate.',
    expects: 'the absolute path of a PEM private key',
    example: '/etc/roundhouse/key.pem',
    default: '',
  }),
  ROUNDHOUSE_DAEMON_IMAGE: setting({
    schema: z.string().regex(/^[a-z0-9][a-z0-9._:/@-]*$/i),
    key: 'daemon_image',
    topic: 'hub',
    help: 'Image in the container commands of Add host.',
    expects: 'the name of a container image',
    example: 'registry.example.com/roundhouse-daemon:1',
    default: 'localhost/roundhouse-daemon:<version>',
    live: true,
  }),
  ROUNDHOUSE_USAGE_RETENTION: setting({
    schema: z.string().transform((text, context) => parseUsageKeep(text) ?? refuse(context)),
    key: 'usage_retention',
    topic: 'usage',
    help: 'How long usage is kept by the minute and by the hour; days are kept for good.',
    expects: 'how long usage is kept by the minute (24h or more) and by the hour (longer)',
    example: '48h,90d',
    default: '48h,90d',
    live: true,
  }),
  DATABASE_URL: setting({
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .refine((text) => URL.canParse(text)),
    key: 'database_url',
    topic: 'storage',
    help: 'A PostgreSQL of yours; without it the hub runs one of its own in the state directory.',
    expects: 'the address of a PostgreSQL database',
    example: 'postgresql://user:password@localhost:5432/roundhouse',
    default: '',
    secret: true,
  }),
  ROUNDHOUSE_STATE_DIR: setting({
    schema: absolutePath,
    key: null,
    topic: 'storage',
    help: 'Database, keys, logs.',
    expects: 'an absolute path',
    example: '/var/lib/roundhouse',
    default: '$XDG_DATA_HOME/roundhouse, as root /var/lib/roundhouse',
  }),
  XDG_DATA_HOME: setting({
    schema: absolutePath,
    key: null,
    topic: 'storage',
    help: 'Where the state directory is, unless it is named or the hub runs as root.',
    expects: 'an absolute path',
    example: '/home/me/.local/share',
    default: '~/.local/share',
  }),
  ROUNDHOUSE_BACKUP_KEEP: setting({
    schema: z
      .string()
      .regex(/^\d{1,3}$/)
      .transform(Number)
      .pipe(z.int().max(backupsKeptMax)),
    key: 'backup_keep',
    topic: 'storage',
    help: 'The hub makes a backup of itself each day and keeps so many; 0 makes none.',
    expects: `a number from 0 (none) to ${String(backupsKeptMax)}`,
    example: '7',
    default: '0',
    live: true,
  }),
  ROUNDHOUSE_BACKUP_DIR: setting({
    schema: absolutePath,
    key: 'backup_dir',
    topic: 'storage',
    help: 'Where these backups are, and none of another hub; best on another disk.',
    expects: 'an absolute path',
    example: '/backups',
    default: 'backups in the state directory',
    live: true,
  }),
  ROUNDHOUSE_BACKUP_PASSPHRASE: setting({
    // As `--passphrase-file` reads it: the same file must open what it sealed.
    schema: z.string().trim().min(1),
    key: 'backup_passphrase',
    topic: 'storage',
    help: 'Encrypts these backups; restoring one takes it. Without it they hold the keys of the hub in clear.',
    expects: 'a passphrase',
    example: 'eleven-quiet-lanterns',
    default: '',
    secret: true,
    live: true,
  }),
  ROUNDHOUSE_LOG_LEVEL: setting({
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    key: 'log_level',
    topic: 'log',
    help: 'How much the hub writes to its log.',
    expects: 'debug, info, warn, error or silent',
    example: 'info',
    default: 'info',
    live: true,
  }),
  ...logFileSettings,
  ROUNDHOUSE_UPDATE_CHECK_URL: setting({
    schema: z
      .string()
      .regex(/^https?:\/\//)
      .refine((text) => URL.canParse(text)),
    key: 'update_check_url',
    topic: 'hub',
    help: 'Asked once a day which release is the newest, so that administrators are told. Without it nothing is ever asked.',
    expects:
      'an http or https address that answers {"version": "1.2.3"}, or as GitHub does at releases/latest',
    example: 'https://releases.example.com/roundhouse/latest.json',
    default: '',
  }),
  ROUNDHOUSE_COMMIT: setting({
    schema: z.string().regex(/^[0-9a-f]{7,64}$/),
    key: null,
    topic: 'hub',
    help: 'The commit that this build was made of; images set it.',
    expects: 'the hash of a commit (images set it)',
    example: '1f2e3d4c',
    default: '',
  }),
};

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

function toPublicUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const path = basePathOf(url);
  const bare = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  const web = url.protocol === 'http:' || url.protocol === 'https:';
  return bare && web && path !== null ? `${url.origin}${path}` : null;
}

function refuse(context: z.core.$RefinementCtx): never {
  context.addIssue({ code: 'custom', message: 'wrong value' });
  return z.NEVER;
}

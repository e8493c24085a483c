// The hub's settings: defaults, every wrong value, and the refusals to serve a network in the clear.
import { AppError } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { describeSettings } from '@roundhouse/kit';
import { isLoopback, loadConfig, readConfig } from './config.js';

const facts = { isRoot: false, homeDir: '/home/me' };
const load = (env: Record<string, string>, isRoot = false) => loadConfig(env, { ...facts, isRoot });
const refusal = (env: Record<string, string>): AppError => {
  try {
    load(env);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(env)}`);
};

describe('loadConfig', () => {
  it('has safe defaults', () => {
    expect(load({})).toEqual({
      port: 4400,
      usageKeep: { minutesMs: 48 * 3_600_000, hoursMs: 90 * 86_400_000 },
      host: '127.0.0.1',
      stateDir: '/home/me/.local/share/roundhouse',
      databaseUrl: null,
      publicUrl: null,
      allowedHosts: [],
      trustedProxies: [],
      tls: { mode: 'off' },
      daemonImage: 'localhost/roundhouse-daemon:0.1.0',
      commit: null,
      updateCheckUrl: null,
      backups: { keep: 0, dir: '/home/me/.local/share/roundhouse/backups', passphrase: null },
      logLevel: 'info',
      logFile: null,
    });
  });

  it('keeps backups where it is told to, a year of them at most', () => {
    const set = { ROUNDHOUSE_BACKUP_KEEP: '7', ROUNDHOUSE_BACKUP_DIR: '/backups' };
    expect(load(set).backups).toEqual({ keep: 7, dir: '/backups', passphrase: null });
    for (const keep of ['367', '-1', 'all']) {
      expect(() => load({ ROUNDHOUSE_BACKUP_KEEP: keep })).toThrow(/ROUNDHOUSE_BACKUP_KEEP/);
    }
    const sealed = (text: string) =>
      loadConfig(
        { ROUNDHOUSE_BACKUP_PASSPHRASE_FILE: '/run/phrase' },
        { ...facts, files: { read: (file) => (file === '/run/phrase' ? text : null) } },
      ).backups.passphrase;
    // With these ends `restore --passphrase-file` takes the same file.
    expect(sealed(' eleven-quiet lanterns \n\n')).toBe('eleven-quiet lanterns');
    expect(() => sealed(' \n\n')).toThrow(/ROUNDHOUSE_BACKUP_PASSPHRASE/);
    expect(() => load({ ROUNDHOUSE_BACKUP_DIR: 'backups' })).toThrow(/ROUNDHOUSE_BACKUP_DIR/);
  });

  it('keeps its state where the user keeps data; root in /var/lib', () => {
    expect(load({ XDG_DATA_HOME: '/data' }).stateDir).toBe('/data/roundhouse');
    expect(load({ XDG_DATA_HOME: '/data' }, true).stateDir).toBe('/var/lib/roundhouse');
    expect(load({ XDG_DATA_HOME: '/data', ROUNDHOUSE_STATE_DIR: '/srv/rh' }, true).stateDir).toBe('/srv/rh');
  });

  it('normalises addresses', () => {
    const config = load({
      ROUNDHOUSE_PUBLIC_URL: 'https://Hub.Example.com/',
      ROUNDHOUSE_ALLOWED_HOSTS: ' Hub.lan, 10.0.0.5 ,[fd00::1],',
      ROUNDHOUSE_TRUSTED_PROXIES: '10.0.0.2, 172.18.0.0/16, fd00::2',
    });
    expect(config.publicUrl).toBe('https://hub.example.com');
    expect(config.allowedHosts).toEqual(['hub.lan', '10.0.0.5', '[fd00::1]']);
    expect(config.trustedProxies).toEqual(['10.0.0.2/32', '172.18.0.0/16', 'fd00::2/128']);
  });

  it.each([
    ['ROUNDHOUSE_PORT', 'x'],
    ['ROUNDHOUSE_PORT', '65536'],
    ['ROUNDHOUSE_PORT', '-1'],
    ['ROUNDHOUSE_PORT', '1.5'],
    ['ROUNDHOUSE_HOST', 'hub.example.com'],
    ['ROUNDHOUSE_HOST', '300.0.0.1'],
    ['ROUNDHOUSE_STATE_DIR', 'here'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['DATABASE_URL', 'postgres://['],
    ['ROUNDHOUSE_PUBLIC_URL', 'hub.example.com'],
    ['ROUNDHOUSE_PUBLIC_URL', 'ftp://hub.example.com'],
    ['ROUNDHOUSE_PUBLIC_URL', 'https://hub.example.com/path?x'],
    ['ROUNDHOUSE_PUBLIC_URL', 'https://hub.example.com/a b'],
    ['ROUNDHOUSE_PUBLIC_URL', 'https://hub.example.com/a//b'],
    ['ROUNDHOUSE_PUBLIC_URL', 'https://hub.example.com/api/roundhouse'],
    ['ROUNDHOUSE_PUBLIC_URL', 'https://me:secret@hub.example.com'],
    ['ROUNDHOUSE_ALLOWED_HOSTS', '*'],
    ['ROUNDHOUSE_ALLOWED_HOSTS', 'a.lan:4400'],
    ['ROUNDHOUSE_ALLOWED_HOSTS', 'https://a.lan'],
    ['ROUNDHOUSE_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['ROUNDHOUSE_TRUSTED_PROXIES', '::/0'],
    ['ROUNDHOUSE_TRUSTED_PROXIES', 'all'],
    ['ROUNDHOUSE_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['ROUNDHOUSE_TLS', 'on'],
    ['ROUNDHOUSE_TLS_CERT', 'cert.pem'],
    ['ROUNDHOUSE_DAEMON_IMAGE', '--privileged'],
    ['ROUNDHOUSE_USAGE_RETENTION', '90d,48h'],
    ['ROUNDHOUSE_USAGE_RETENTION', '1h,90d'],
    ['ROUNDHOUSE_LOG_LEVEL', 'loud'],
    ['ROUNDHOUSE_PROT', '1'],
    ['ROUNDHOUSE_BYPASS_AUTH', 'true'],
  ])('refuses %s=%s by name', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.fields.map(({ field }) => field)).toEqual([name]);
    expect(error.message).toContain(name);
    expect(error.message).not.toContain('secret');
  });
});

describe('R:A3 fails closed', () => {
  it.each(['0.0.0.0', '::', '10.0.0.5', 'fd00::1', '::ffff:10.0.0.5'])(
    'refuses %s in the clear, with the fix',
    (host) => {
      const error = refusal({ ROUNDHOUSE_HOST: host, BYPASS_AUTH: 'true', NODE_ENV: 'development' });
      expect(error.fields[0]?.field).toBe('ROUNDHOUSE_HOST');
      expect(error.hint).toMatch(/ROUNDHOUSE_TLS=self-signed.*ROUNDHOUSE_TRUSTED_PROXIES.*127\.0\.0\.1/);
    },
  );

  it.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])(
    'serves %s in the clear',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(load({ ROUNDHOUSE_HOST: host }).host).toBe(host);
    },
  );

  it.each([
    { ROUNDHOUSE_TLS: 'self-signed' },
    { ROUNDHOUSE_TLS: 'files', ROUNDHOUSE_TLS_CERT: '/c.pem', ROUNDHOUSE_TLS_KEY: '/k.pem' },
    { ROUNDHOUSE_TRUSTED_PROXIES: '10.0.0.2' },
  ])('serves a network with %j', (env) => {
    expect(load({ ROUNDHOUSE_HOST: '0.0.0.0', ...env }).host).toBe('0.0.0.0');
  });

  it.each([
    ['ROUNDHOUSE_PUBLIC_URL', { ROUNDHOUSE_PUBLIC_URL: 'https://hub.lan' }],
    ['ROUNDHOUSE_PUBLIC_URL', { ROUNDHOUSE_PUBLIC_URL: 'http://hub.lan', ROUNDHOUSE_TLS: 'self-signed' }],
    ['ROUNDHOUSE_TLS_CERT', { ROUNDHOUSE_TLS: 'files', ROUNDHOUSE_TLS_KEY: '/k.pem' }],
    ['ROUNDHOUSE_TLS_KEY', { ROUNDHOUSE_TLS: 'files', ROUNDHOUSE_TLS_CERT: '/c.pem' }],
    ['ROUNDHOUSE_TLS_KEY', { ROUNDHOUSE_TLS_KEY: '/k.pem' }],
    ['ROUNDHOUSE_TLS_CERT', { ROUNDHOUSE_TLS: 'self-signed', ROUNDHOUSE_TLS_CERT: '/c.pem' }],
  ])('names %s when settings do not fit together: %j', (name, env) => {
    expect(refusal(env).fields.map(({ field }) => field)).toEqual([name]);
  });
});

describe('roundhouse.yaml', () => {
  const withFiles = (given: Record<string, string>, env: Record<string, string> = {}) =>
    readConfig(env, { ...facts, files: { read: (path) => given[path] ?? null } });
  const home = '/home/me/.local/share/roundhouse/roundhouse.yaml';

  it('F:O2 is read from the state directory, below the environment', () => {
    const { config, file, origins } = withFiles(
      {
        [home]:
          'hub:\n  port: 5000\n  log_level: debug\n  allowed_hosts: [a.lan, 10.0.0.5]\ndaemon:\n  x: 1\n',
      },
      { ROUNDHOUSE_LOG_LEVEL: 'warn' },
    );
    expect(config).toMatchObject({ port: 5000, logLevel: 'warn', allowedHosts: ['a.lan', '10.0.0.5'] });
    expect(file).toBe(home);
    expect(origins.get('ROUNDHOUSE_PORT')).toEqual({ source: 'file', from: `${home}:2`, text: '5000' });
    expect(origins.get('ROUNDHOUSE_LOG_LEVEL')).toMatchObject({ source: 'environment' });
    expect(origins.get('ROUNDHOUSE_TLS')).toEqual({ source: 'default', from: null, text: null });
  });

  it('is looked for in the state directory, then in /etc; a named one must be there', () => {
    const system = '/etc/roundhouse/roundhouse.yaml';
    expect(withFiles({ [system]: 'hub: { port: 1 }' }).config.port).toBe(1);
    expect(withFiles({ [system]: 'hub: { port: 1 }', [home]: 'hub: { port: 2 }' }).config.port).toBe(2);
    expect(withFiles({ '/x.yaml': 'hub: { port: 3 }' }, { ROUNDHOUSE_CONFIG: '/x.yaml' }).config.port).toBe(
      3,
    );
    expect(() => withFiles({ [home]: '' }, { ROUNDHOUSE_CONFIG: '/y.yaml' })).toThrow(
      'ROUNDHOUSE_CONFIG names /y.yaml, which is not there',
    );
  });

  it.each([
    ['hub:\n  port: 1\n  port: 2\n', /roundhouse\.yaml:3: is not valid YAML here/],
    ['hub:\n\tport: 1\n', /roundhouse\.yaml:\d: is not valid YAML here/],
    ['hub:\n  tls: !!js/function x\n', /roundhouse\.yaml/],
    ['a: &a [x, x]\nb: &b [*a, *a]\nhub: *b\n', /roundhouse\.yaml/],
    [`x: ${'['.repeat(100)}`, /nested deeper/],
    ['hub:\n  prot: 1\n', /roundhouse\.yaml:2: hub\.prot is not a setting: did you mean port\?/],
    ['port: 1\n', /roundhouse\.yaml:1: port is not a section/],
  ])('is refused with its line: %j', (text, message) => {
    expect(() => withFiles({ [home]: text })).toThrow(message);
  });

  it('R:A3 opens no door that the environment does not', () => {
    expect(() => withFiles({ [home]: 'hub:\n  host: 0.0.0.0\n' })).toThrow(/without encryption/);
    expect(() => withFiles({ [home]: 'hub:\n  trusted_proxies: [0.0.0.0/0]\n' })).toThrow(
      `${home}:2: hub.trusted_proxies must be`,
    );
  });
});

it('describes itself without secrets', () => {
  const { origins } = readConfig(
    { DATABASE_URL: 'postgres://me:canary@db/x', ROUNDHOUSE_PORT: '1', OTHER: 'x' },
    facts,
  );
  expect(describeSettings(origins)).toEqual(['ROUNDHOUSE_PORT=1', 'DATABASE_URL=********']);
});

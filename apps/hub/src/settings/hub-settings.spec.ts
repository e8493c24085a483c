// Settings of a running hub: what is shown, what a changed file changes now, and that a mistake changes nothing.
import { ManualClock, silentLogger } from '@roundhouse/kit';
import { settingSources, settingTopics } from '@roundhouse/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { HubSettings } from './hub-settings.js';
import { hubSettings } from './table.js';

const file = '/s/roundhouse.yaml';
const around = { clock: new ManualClock(), logger: silentLogger() };
let texts: Record<string, string>;

const load = (text: string, env: Record<string, string> = {}): HubSettings => {
  texts = { [file]: text };
  return HubSettings.load(
    { ROUNDHOUSE_STATE_DIR: '/s', ...env },
    { isRoot: false, homeDir: '/home/me', files: { read: (path) => texts[path] ?? null } },
  );
};
const change = (settings: HubSettings, text: string): void => {
  texts[file] = text;
  settings.reload(around);
};
const shown = (settings: HubSettings) =>
  Object.fromEntries(settings.show('http://127.0.0.1:4400').items.map((item) => [item.name, item]));

beforeEach(() => {
  texts = {};
});

describe('what is shown', () => {
  it('F:O4 is every setting with its source, its default, and what a change takes', () => {
    const settings = load('hub:\n  port: 5000\n', { ROUNDHOUSE_LOG_LEVEL: 'warn' });
    const items = shown(settings);
    expect(Object.keys(items)).toEqual(Object.keys(hubSettings));
    expect(items['ROUNDHOUSE_PORT']).toMatchObject({
      ...{ value: '5000', default: '4400', source: 'file', from: `${file}:2`, live: false, pending: false },
    });
    expect(items['ROUNDHOUSE_LOG_LEVEL']).toMatchObject({
      ...{ value: 'warn', default: 'info', source: 'environment', from: 'ROUNDHOUSE_LOG_LEVEL', live: true },
    });
    expect(items['ROUNDHOUSE_HOST']).toMatchObject({ value: '127.0.0.1', source: 'default', isSet: false });
    expect(items['ROUNDHOUSE_PUBLIC_URL']?.value).toBe('http://127.0.0.1:4400');
    for (const { source, topic } of Object.values(items)) {
      expect(settingSources).toContain(source);
      expect(settingTopics).toContain(topic);
    }
  });

  it('has no secret in it, wherever that came from', () => {
    const url = 'postgres://me:canary@db/x';
    for (const [text, env] of [
      ['', { DATABASE_URL: url }],
      [`hub:\n  database_url: ${url}\n`, {}],
    ] as const) {
      const settings = load(text, env);
      expect(shown(settings)['DATABASE_URL']).toMatchObject({ value: null, isSet: true, secret: true });
      expect(JSON.stringify(settings.show('http://x'))).not.toContain('canary');
    }
  });
});

describe('F:O3 a changed file', () => {
  it('is taken up at once where that can be, for every row that says so', () => {
    const settings = load('');
    const { config } = settings;
    change(
      settings,
      `hub:
  allowed_hosts: [a.lan]
  trusted_proxies: [10.0.0.2]
  daemon_image: other/image
  usage_retention: 24h,30d
  backup_keep: 7
  backup_dir: /backups
  backup_passphrase: eleven-quiet-lanterns
  log_level: debug
`,
    );
    expect(config).toMatchObject({
      ...{ allowedHosts: ['a.lan'], trustedProxies: ['10.0.0.2/32'], daemonImage: 'other/image' },
      backups: { keep: 7, dir: '/backups', passphrase: 'eleven-quiet-lanterns' },
      ...{ logLevel: 'debug', usageKeep: { minutesMs: 24 * 3_600_000, hoursMs: 30 * 86_400_000 } },
    });
    const changed = Object.values(shown(settings)).filter(({ source }) => source === 'file');
    const live = Object.entries(hubSettings).filter(([, row]) => 'live' in row);
    expect(changed.map(({ name }) => name)).toEqual(live.map(([name]) => name));
    change(settings, '');
    expect(config).toMatchObject({ allowedHosts: [], logLevel: 'info' });
  });

  it('waits for a restart where it must, and says so', () => {
    const settings = load('hub:\n  port: 5000\n');
    change(settings, 'hub:\n  port: 6000\n');
    expect(settings.config.port).toBe(5000);
    expect(shown(settings)['ROUNDHOUSE_PORT']).toMatchObject({ value: '5000', pending: true });
    change(settings, '# moved\nhub:\n  port: 5000\n');
    expect(shown(settings)['ROUNDHOUSE_PORT']).toMatchObject({ from: `${file}:3`, pending: false });
  });

  it('with a mistake changes nothing, and is told', () => {
    const settings = load('hub:\n  log_level: warn\n');
    const told: number[] = [];
    settings.onRead((problems) => told.push(problems.length));
    change(settings, 'hub:\n  log_level: debug\n  prot: 1\n');
    expect(settings.config.logLevel).toBe('warn');
    expect(settings.show('http://x').problems).toEqual([
      { field: 'hub.prot', message: `${file}:3: hub.prot is not a setting: did you mean port?` },
    ]);
    change(settings, 'hub:\n  log_level: debug\n');
    expect(settings.config.logLevel).toBe('debug');
    expect(settings.show('http://x').problems).toEqual([]);
    expect(told).toEqual([1, 0]);
  });

  it('R:A3 opens no door for as long as the restart has not been', () => {
    const settings = load('hub:\n  host: 0.0.0.0\n  trusted_proxies: [10.0.0.2]\n');
    // Right for the next start; but the proxy may not go while the hub listens to everybody in the clear.
    change(settings, 'hub:\n  host: 127.0.0.1\n');
    expect(settings.config.trustedProxies).toEqual(['10.0.0.2/32']);
    expect(settings.show('http://x').problems[0]?.message).toMatch(/without encryption/);
  });
});

// Settings of a running daemon: what a changed file changes now, and that a mistake changes nothing.
import { createLogger } from '@roundhouse/kit';
import { reportedSettingsSchema } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { DaemonSettings } from './daemon-settings.js';
import { daemonSettings } from './table.js';

const file = '/s/roundhouse.yaml';

function daemon(text: string) {
  const texts: Record<string, string> = { [file]: text };
  const lines: string[] = [];
  const logger = createLogger({ name: 'daemon', destination: { write: (line) => lines.push(line) } });
  const settings = DaemonSettings.load(
    { ROUNDHOUSE_STATE_DIR: '/s', JOIN_TOKEN_FILE: '/run/secrets/join' },
    {
      ...{ isRoot: false, homeDir: '/home/me', shippedProfiles: '/p' },
      files: { read: (path) => ({ ...texts, '/run/secrets/join': 'rhj_canary\n' })[path] ?? null },
    },
  );
  const change = (next: string): void => {
    texts[file] = next;
    settings.reload(logger);
  };
  return { settings, logger, lines, change };
}

const hub = 'daemon:\n  hub_url: http://hub\n';

it('F:O3 takes up what is live, and only that', () => {
  const { settings, logger, lines, change } = daemon(hub);
  expect(settings.config).toMatchObject({ hubUrl: 'http://hub', joinToken: 'rhj_canary' });
  change(`${hub}  projects_depth: 3\n  spool_mb: 8\n  log_level: debug\n  scrollback: 7\n`);
  expect(settings.config).toMatchObject({
    projectsDepth: 3,
    spoolMb: 8,
    logLevel: 'debug',
    scrollbackLines: 5_000,
  });
  expect(logger.level).toBe('debug');
  expect(lines.at(-1)).toContain('"waiting":["ROUNDHOUSE_SCROLLBACK"]');
  const live = Object.entries(daemonSettings).filter(([, row]) => 'live' in row);
  expect(live.map(([name]) => name)).toEqual([
    'PROJECTS_DEPTH',
    'ROUNDHOUSE_SPOOL_MB',
    'ROUNDHOUSE_LOG_LEVEL',
  ]);
});

it('keeps what held when the file has a mistake, and logs it without secrets', () => {
  const { settings, lines, change } = daemon(`${hub}  spool_mb: 8\n`);
  change('daemon:\n  hub_url: http://hub\n  spool_mb: 1\n');
  expect(settings.config.spoolMb).toBe(8);
  change('');
  expect(settings.config.hubUrl).toBe('http://hub');
  expect(lines.join('')).toContain('daemon.spool_mb must be');
  expect(lines.join('')).not.toContain('canary');
});

describe('what the hub is told', () => {
  const of = (settings: DaemonSettings, name: string) =>
    settings.show().items.find((item) => item.name === name);

  it('F:O4 has every setting with source and default, what waits for a restart, and no secret', () => {
    const { settings, change } = daemon(`${hub}  otlp_forward_headers: x-key=canary\n  spool_mb: 8\n`);
    const told = settings.show();
    expect(reportedSettingsSchema.parse(told)).toEqual(told);
    expect(told.items.map(({ name }) => name)).toEqual(Object.keys(daemonSettings));
    expect(JSON.stringify(told)).not.toContain('canary');
    expect(of(settings, 'JOIN_TOKEN')).toMatchObject({ isSet: true, value: null, source: 'environment' });
    expect(of(settings, 'ROUNDHOUSE_SPOOL_MB')).toMatchObject({ value: '8', default: '64', source: 'file' });
    expect(of(settings, 'PROJECTS_ROOT')).toMatchObject({ value: '/home/me', isSet: false });
    change(`${hub}  spool_mb: 9\n  scrollback: 7\n`);
    expect(of(settings, 'ROUNDHOUSE_SPOOL_MB')).toMatchObject({
      value: '9',
      pending: false,
      from: `${file}:3`,
    });
    expect(of(settings, 'ROUNDHOUSE_SCROLLBACK')).toMatchObject({ value: '5000', pending: true });
  });

  it('has the mistakes of the file until they are mended, each once told', () => {
    const { settings, change } = daemon(hub);
    const problems: number[] = [];
    const stop = settings.onRead(() => problems.push(settings.show().problems.length));
    change(`${hub}  spool_mb: 1\n  no_such: 1\n`);
    expect(settings.show().problems.map(({ message }) => message)).toEqual([
      expect.stringContaining(`${file}:4: daemon.no_such is not a setting`),
      expect.stringContaining(`${file}:3: daemon.spool_mb must be`),
    ]);
    change('daemon:\n  join_token: "rhj_0123456789abcdefghij-canary\n');
    expect(JSON.stringify(settings.show())).not.toContain('canary');
    change(hub);
    stop();
    change('x');
    expect(problems).toEqual([2, 1, 0]);
  });

  it('is cut to what the hub takes', () => {
    const long = Array.from({ length: 60 }, (_, i) => `/src/${'x'.repeat(100)}${String(i)}`).join(':');
    const wrong = Array.from({ length: 80 }, (_, i) => `  wrong_${String(i)}: 1\n`).join('');
    const { settings, change } = daemon(`${hub}  projects_root: ${long}\n`);
    change(hub + wrong);
    const told = settings.show();
    expect(told.problems).toHaveLength(20);
    expect(of(settings, 'PROJECTS_ROOT')?.value).toMatch(/^\/src.*…$/);
    expect(reportedSettingsSchema.parse(told)).toEqual(told);
  });
});

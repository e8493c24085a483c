// Settings of a running daemon: what a changed file changes now, and that a mistake changes nothing.
import { createLogger } from '@roundhouse/kit';
import { expect, it } from 'vitest';
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
  expect(lines.at(-1)).toContain('some take a restart');
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

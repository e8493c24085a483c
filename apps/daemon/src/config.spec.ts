// The daemon's settings from its environment.
import { readSettings } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.js';
import { daemonSettings } from './settings/table.js';

const facts = { isRoot: false, homeDir: '/home/me', shippedProfiles: '/opt/profiles' };
const hub = { HUB_URL: 'http://127.0.0.1:4400' };

function fieldsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env, facts);
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    for (const { field, message } of error.fields) expect(message).toContain(field);
    return error.fields.map(({ field }) => field);
  }
}

describe('the configuration', () => {
  it('has defaults for everything but the hub', () => {
    expect(loadConfig(hub, facts)).toEqual({
      hubUrl: 'http://127.0.0.1:4400',
      joinToken: null,
      projectRoots: ['/home/me'],
      projectsDepth: 6,
      otlp: { port: 4318, explicit: false },
      otlpForward: null,
      profileDirs: ['/opt/profiles'],
      stateDir: '/home/me/.local/share/roundhouse/daemon',
      keepers: 'own',
      spoolMb: 64,
      scrollbackLines: 5_000,
      logLevel: 'info',
      logFile: null,
    });
    expect(loadConfig(hub, { ...facts, isRoot: true }).stateDir).toBe('/var/lib/roundhouse/daemon');
    expect(loadConfig({ ...hub, XDG_DATA_HOME: '/data' }, facts).stateDir).toBe('/data/roundhouse/daemon');
  });

  it.each([
    ['HUB_URL', 'https://hub.example/', { hubUrl: 'https://hub.example' }],
    ['HUB_URL', 'https://Hub.example:443/roundhouse/', { hubUrl: 'https://hub.example/roundhouse' }],
    ['HUB_URL', 'https://hub.example/?', { hubUrl: 'https://hub.example' }],
    ['HUB_URL', 'https://hub.example/roundhouse#', { hubUrl: 'https://hub.example/roundhouse' }],
    [
      'OTLP_FORWARD_URL',
      'https://collector.example/otlp/',
      { otlpForward: { url: 'https://collector.example/otlp', headers: {} } },
    ],
    ['JOIN_TOKEN', 'rhj_x', { joinToken: 'rhj_x' }],
    ['PROJECTS_ROOT', '/a/../b:/c:', { projectRoots: ['/b', '/c'] }],
    ['PROJECTS_DEPTH', '0', { projectsDepth: 0 }],
    ['OTLP_PORT', '0', { otlp: { port: 0, explicit: true } }],
    ['PROFILES_DIR', '/p:/q', { profileDirs: ['/opt/profiles', '/p', '/q'] }],
    ['ROUNDHOUSE_STATE_DIR', '/s', { stateDir: '/s' }],
    ['ROUNDHOUSE_KEEPERS', 'apart', { keepers: 'apart' }],
    ['ROUNDHOUSE_SPOOL_MB', '256', { spoolMb: 256 }],
    ['ROUNDHOUSE_SCROLLBACK', '10000', { scrollbackLines: 10_000 }],
    ['ROUNDHOUSE_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ])('takes %s=%s', (name, value, expected) => {
    expect(loadConfig({ ...hub, [name]: value }, facts)).toMatchObject(expected);
  });

  it.each([
    ['HUB_URL', 'hub'],
    ['HUB_URL', 'ftp://hub'],
    ['HUB_URL', 'https://hub.example/?below'],
    ['HUB_URL', 'https://hub.example/be low'],
    ['HUB_URL', 'https://user:pass@hub.example'],
    ['JOIN_TOKEN', 'x'],
    ['PROJECTS_ROOT', 'relative'],
    ['PROJECTS_ROOT', ':'],
    ['PROJECTS_DEPTH', '21'],
    ['PROJECTS_DEPTH', '-1'],
    ['OTLP_PORT', '65536'],
    ['OTLP_FORWARD_URL', 'collector:4318'],
    ['OTLP_FORWARD_URL', 'http://user:pass@collector.example'],
    ['OTLP_FORWARD_URL', 'http://collector.example/?token=x'],
    ['OTLP_FORWARD_URL', 'http://collector.example/?'],
    ['OTLP_FORWARD_HEADERS', 'authorization'],
    ['OTLP_FORWARD_HEADERS', 'a=b,Host=c'],
    ['OTLP_FORWARD_HEADERS', 'a=b%0d%0ac'],
    ['OTLP_FORWARD_HEADERS', 'a=%zz'],
    ['OTLP_PORT', '4318x'],
    ['PROFILES_DIR', './p'],
    ['ROUNDHOUSE_STATE_DIR', 'state'],
    ['ROUNDHOUSE_LOG_LEVEL', 'loud'],
    ['ROUNDHOUSE_STATE_DIRECTORY', '/s'],
  ])('refuses %s=%s by its name', (name, value) => {
    expect(fieldsOf({ ...hub, [name]: value })).toEqual([name]);
  });

  it('names what is missing, everything that is wrong at once, and no secret', () => {
    expect(fieldsOf({})).toEqual(['HUB_URL']);
    expect(fieldsOf({ HUB_URL: 'x', OTLP_PORT: 'y' }).sort()).toEqual(['HUB_URL', 'OTLP_PORT']);
    expect(() => loadConfig({ ...hub, JOIN_TOKEN: 'sesame' }, facts)).toThrow(/^(?!.*sesame)/s);
    expect(() => loadConfig({ ...hub, OTLP_FORWARD_HEADERS: 'sesame' }, facts)).toThrow(/^(?!.*sesame)/s);
  });

  it('shares an environment with a hub: neither refuses what is the other’s', () => {
    const ofHub = ['KEEP', 'DIR', 'PASSPHRASE', 'PASSPHRASE_FILE'].map((name) => `ROUNDHOUSE_BACKUP_${name}`);
    expect(fieldsOf({ ...hub, ...Object.fromEntries(ofHub.map((name) => [name, 'x'])) })).toEqual([]);
    const ours = Object.keys(daemonSettings).map((name) => [name, 'x']);
    expect(readSettings({ table: {}, env: Object.fromEntries(ours) }).values).toEqual({});
  });

  it('reads the headers for a collector', () => {
    const OTLP_FORWARD_HEADERS = 'Authorization=Bearer%20a=b, x-team = red ,';
    const { otlpForward } = loadConfig(
      { ...hub, OTLP_FORWARD_URL: 'http://c:4318', OTLP_FORWARD_HEADERS },
      facts,
    );
    expect(otlpForward).toEqual({
      url: 'http://c:4318',
      headers: { authorization: 'Bearer a=b', 'x-team': 'red' },
    });
  });
});

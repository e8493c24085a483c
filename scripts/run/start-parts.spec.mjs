// The small parts of `npm start`: what reaches the terminal, what the daemon inherits, locks, leftovers, state.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { daemonSettings } from '../../apps/daemon/src/settings/table.js';
import { hubSettings } from '../../apps/hub/src/settings/table.js';
import { explainFailure } from './explain.mjs';
import { clearLeftovers, noteRunning } from './leftovers.mjs';
import { daemonEnv } from './local-daemon.mjs';
import { withBuildLock } from './lock.mjs';
import { parsePin, verifyTarball } from './pnpm.mjs';
import { processStartTime } from './proc.mjs';
import { prepareStateDir, stateDir } from './state-dir.mjs';
import { createQuiet, sortLine } from './terminal-filter.mjs';

const all = mkdtempSync(join(tmpdir(), 'roundhouse-run-'));
const temp = () => mkdtempSync(join(all, 'one-'));
afterAll(() => {
  rmSync(all, { recursive: true });
});

describe('terminal filter', () => {
  it('passes ready line and setup link on word for word, and keeps the link out of the log', () => {
    const link = 'Setup link: http://127.0.0.1:4400/setup#token=abc';
    expect(sortLine(link, 'hub')).toEqual({ show: link });
    expect(sortLine('Roundhouse is ready: http://127.0.0.1:4400', 'hub')).toEqual({
      show: 'Roundhouse is ready: http://127.0.0.1:4400',
    });
  });

  it('logs information, and shows warnings in one line', () => {
    const info = JSON.stringify({ level: 'info', msg: 'fine' });
    expect(sortLine(info, 'hub')).toEqual({ log: info });
    const warning = JSON.stringify({
      level: 'warn',
      msg: 'late',
      hint: 'Wait.',
      err: { message: 'no route' },
    });
    expect(sortLine(warning, 'hub')).toEqual({ show: 'hub: late: no route Wait.', log: warning });
  });

  it('shows plain text, broken JSON included', () => {
    expect(sortLine('{oops', 'daemon')).toEqual({ show: 'daemon: {oops', log: '{oops' });
  });

  it('is quiet about a repeat for a minute', () => {
    let now = 0;
    const isNew = createQuiet(() => now);
    expect([isNew('a'), isNew('a'), isNew('b')]).toEqual([true, false, true]);
    now = 60_000;
    expect(isNew('a')).toBe(true);
  });
});

describe('environment of the local daemon', () => {
  it('has its own settings and none of the secrets of the hub', () => {
    const env = {
      DATABASE_URL: 'x',
      ROUNDHOUSE_TLS_KEY: 'x',
      ROUNDHOUSE_PORT: '1',
      PROJECTS_ROOT: '/p',
      PATH: '/bin',
    };
    expect(daemonEnv(env, { hubUrl: 'http://h', joinToken: 't' }, '/state')).toEqual({
      PROJECTS_ROOT: '/p',
      PATH: '/bin',
      HUB_URL: 'http://h',
      JOIN_TOKEN: 't',
      ROUNDHOUSE_STATE_DIR: '/state/daemon',
    });
  });

  it('is not the settings of the hub alone, whose secrets they hold', () => {
    const hubAlone = Object.keys(hubSettings).filter((name) => !(name in daemonSettings));
    const variables = hubAlone.flatMap((name) =>
      hubSettings[name].secret ? [name, `${name}_FILE`] : [name],
    );
    expect(variables).toContain('ROUNDHOUSE_BACKUP_PASSPHRASE_FILE');
    const env = Object.fromEntries(variables.map((name) => [name, 'x']));
    expect(Object.keys(daemonEnv(env, { hubUrl: 'http://h' }, '/state'))).toEqual([
      'HUB_URL',
      'ROUNDHOUSE_STATE_DIR',
    ]);
  });
});

describe('state directory', () => {
  it('is named by the variable, else by the user', () => {
    expect(stateDir({ ROUNDHOUSE_STATE_DIR: '/x' }, 0)).toBe('/x');
    expect(stateDir({}, 0)).toBe('/var/lib/roundhouse');
    expect(stateDir({ XDG_DATA_HOME: '/d' }, 1000)).toBe('/d/roundhouse');
  });

  it('is private, and as root can be traversed by the user of the database', () => {
    const modeFor = (uid) => {
      const path = join(temp(), 'state');
      prepareStateDir(path, uid);
      expect(statSync(join(path, 'logs')).mode & 0o777).toBe(0o700);
      return statSync(path).mode & 0o777;
    };
    expect(modeFor(1000)).toBe(0o700);
    expect(modeFor(0)).toBe(0o711);
  });

  it('says what to do when it cannot be made', () => {
    const file = join(temp(), 'file');
    writeFileSync(file, '');
    expect(() => prepareStateDir(join(file, 'state'))).toThrow(/cannot be used/);
  });
});

describe('build lock', () => {
  it('lets one builder in at a time and is gone afterwards', async () => {
    const path = join(temp(), 'lock');
    const log = [];
    const work = (name) => async () => {
      log.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      log.push(`${name} out`);
    };
    await Promise.all([withBuildLock(work('a'), { path }), withBuildLock(work('b'), { path })]);
    expect(log[1]).toBe(log[0].replace('in', 'out'));
    expect(existsSync(path)).toBe(false);
  });

  it('is taken over from a builder that died, also when its pid is in use again', async () => {
    const path = join(temp(), 'lock');
    writeFileSync(path, JSON.stringify({ pid: process.pid, startTime: 'another life' }));
    await expect(withBuildLock(async () => 'done', { path })).resolves.toBe('done');
  });
});

describe('leftovers of a killed start', () => {
  it('ends the processes that were noted, and no process that merely has the pid', async () => {
    const state = temp();
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await Promise.all([once(left, 'spawn'), once(other, 'spawn')]);
    noteRunning(state, { hub: left.pid, daemon: other.pid });
    const noted = JSON.parse(readFileSync(join(state, 'running.json'), 'utf8'));
    noted[1].startTime = 'another life';
    writeFileSync(join(state, 'running.json'), JSON.stringify(noted));
    await clearLeftovers(state);
    expect(processStartTime(left.pid)).toBeUndefined();
    expect(processStartTime(other.pid)).toBeDefined();
    other.kill('SIGKILL');
  });

  it('refuses while the other start is alive', async () => {
    const state = temp();
    noteRunning(state, { supervisor: process.pid });
    await expect(clearLeftovers(state)).rejects.toThrow(/already runs/);
  });
});

describe('pnpm', () => {
  it('is pinned with its hash', () => {
    expect(parsePin(`pnpm@1.2.3+sha512.${'ab'.repeat(64)}`)).toEqual({
      version: '1.2.3',
      sha512: 'ab'.repeat(64),
    });
    expect(() => parsePin('pnpm@1.2.3')).toThrow(/packageManager/);
  });

  it('is refused when its bytes are not the pinned ones', () => {
    const path = join(temp(), 'pnpm.tgz');
    writeFileSync(path, 'bytes');
    const sha512 = createHash('sha512').update('bytes').digest('hex');
    expect(() => verifyTarball(path, sha512)).not.toThrow();
    writeFileSync(path, 'Bytes');
    expect(() => verifyTarball(path, sha512)).toThrow(/SHA-512/);
  });
});

describe('failed tools', () => {
  it.each([
    ['npm error code EAI_AGAIN', /registry could not be reached/],
    ['write: No space left on device', /disk is full/],
    ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', /does not match/],
    ['something else', /something else/],
  ])('explains %s', (output, message) => {
    expect(explainFailure('It failed', output).message).toMatch(message);
  });
});

// F:Q7 The files by which service managers run a daemon.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { launchdPlist } from './launchd-plist.js';
import { servicePlan, type ServiceFacts } from './service-plan.js';
import { systemdUnit } from './systemd-unit.js';

const facts: ServiceFacts = {
  env: { PATH: '/usr/bin:/bin', HUB_URL: 'https://hub.lan', JOIN_TOKEN: 'rhj_canary' },
  platform: 'linux',
  isRoot: false,
  homeDir: '/home/ada',
  userName: 'ada',
  node: process.execPath,
  nodeFlags: ['--no-memory-reducer'],
  program: '/opt/roundhouse/apps/daemon/dist/main.js',
};
const odd = { ...facts.env, PROJECTS_ROOT: `/srv/my "100%" $HOME\\git & <co>` };

describe('install-service', () => {
  it('is a user unit for a person, a system unit for root, a property list on a Mac', () => {
    const file = (more: Partial<ServiceFacts>) => servicePlan([], { ...facts, ...more }).file;
    expect(file({})).toBe('/home/ada/.config/systemd/user/roundhouse-daemon.service');
    expect(file({ isRoot: true })).toBe('/etc/systemd/system/roundhouse-daemon.service');
    expect(file({ platform: 'darwin' })).toBe('/home/ada/Library/LaunchAgents/roundhouse.daemon.plist');
  });

  it('R:D26 ends the daemon alone, and never what it started', () => {
    const unit = systemdUnit(servicePlan([], facts));
    expect(unit).toMatch(/^KillMode=process$/m);
    expect(unit).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
    expect(unit).toMatch(/^OOMPolicy=continue$/m);
    expect(unit).toMatch(/^Delegate=yes\nDelegateSubgroup=roundhouse-daemon$/m);
    expect(unit).toMatch(/^RestartPreventExitStatus=2 3$/m);
    expect(launchdPlist(servicePlan(['--launchd'], facts))).toContain(
      '<key>AbandonProcessGroup</key><true/>',
    );
  });

  it('keeps settings, and no join token', () => {
    for (const scope of ['--user', '--launchd']) {
      const plan = servicePlan([scope], facts);
      const text = scope === '--launchd' ? launchdPlist(plan) : systemdUnit(plan);
      expect(text).toContain('https://hub.lan');
      expect(text).not.toContain('canary');
    }
  });

  it('starts with every setting that holds where it is installed', () => {
    const given = { ROUNDHOUSE_KEEPERS: 'apart', ROUNDHOUSE_LOG_FILE: '/var/log/x.log', OTLP_PORT: '0' };
    const env = { ...facts.env, ...given, OTLP_FORWARD_HEADERS: 'authorization=canary', EDITOR: 'vi' };
    const { environment } = servicePlan([], { ...facts, env });
    const { PATH, HUB_URL } = facts.env;
    expect(Object.fromEntries(environment)).toEqual({ PATH, HUB_URL, ...given });
  });

  it('takes any value as one word', () => {
    const unit = systemdUnit(servicePlan([], { ...facts, env: odd }));
    expect(unit).toContain(String.raw`Environment="PROJECTS_ROOT=/srv/my \"100%%\" $HOME\\git & <co>"`);
    expect(launchdPlist(servicePlan(['--launchd'], { ...facts, env: odd }))).toContain(
      '<string>/srv/my "100%" $HOME\\git &amp; &lt;co&gt;</string>',
    );
    expect(() => servicePlan([], { ...facts, env: { PATH: '/bin\nExecStart=/bin/sh' } })).toThrow();
    expect(() => servicePlan(['--system', '--run-as', 'a b'], facts)).toThrow();
    expect(() => servicePlan(['--sytem'], facts)).toThrow();
  });

  const checker = spawnSync('systemd-analyze', ['--version']).status === 0;
  it.skipIf(!checker)('is a unit that systemd takes', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'rh-unit-'));
    try {
      for (const words of [['--user'], ['--system', '--run-as', 'root']]) {
        const plan = servicePlan(words, { ...facts, env: odd, program: process.execPath });
        const file = path.join(dir, 'roundhouse-daemon.service');
        writeFileSync(file, systemdUnit(plan));
        // Without --user, which needs a session of that user.
        const checked = spawnSync('systemd-analyze', ['--man=no', 'verify', file], { encoding: 'utf8' });
        const about = `${checked.stderr}${checked.stdout}`
          .split('\n')
          .filter((line) => line.includes('roundhouse-daemon') && !line.includes('DelegateSubgroup'));
        expect([checked.status, about]).toEqual([0, []]);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

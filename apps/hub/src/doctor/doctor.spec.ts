// The doctor of a hub: silent on a healthy one, and each fault is found by the one check that names its cure.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeFindings, diagnose, exitCodeOf } from '@roundhouse/kit';
import { productVersion } from '@roundhouse/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFiles } from '@roundhouse/kit';
import { readConfig } from '../config.js';
import { hubChecks } from './checks.js';
import { doctorCommand } from './command.js';
import type { DatabaseDetails, HubFacts } from './facts.js';

const now = Date.parse('2026-11-22T00:00:00Z');
const day = 86_400_000;
const details: DatabaseDetails = {
  serverVersion: 170_004,
  readOnly: false,
  encoding: 'UTF8',
  maxConnections: 100,
  migrated: true,
  pending: [],
  unknown: [],
  failed: [],
  hosts: [{ name: 'mill', daemonVersion: productVersion, protocol: 2 }],
};
const tls = { problem: null, validTo: now + 60 * day, missingName: null, selfRenewing: false };
const healthy: HubFacts = {
  now,
  settingProblems: [],
  nodeVersion: 'v20.20.2',
  stateDir: { path: '/s', exists: true, writable: true, mode: 0o700, freeBytes: 5e9 },
  secretFiles: [{ path: '/s/password-pepper', mode: 0o600 }],
  settingFiles: [
    { path: '/etc/roundhouse/roundhouse.yaml', mode: 0o640 },
    { path: '/run/secrets/database-url', mode: 0o444 },
  ],
  descriptorLimit: 1024,
  skewMs: 20,
  setup: { host: '127.0.0.1', port: 4400, publicUrl: 'https://hub.example.com', databaseKind: 'external' },
  tls,
  database: { problem: null, asleep: false, details },
  running: true,
  port: null,
  identity: 'good',
  publicAnswer: { failure: null },
  webBuilt: true,
  backups: { dir: '/b', newestAt: now - day, setUpAt: now - 90 * day },
};
const database = (change: Partial<DatabaseDetails>): Partial<HubFacts> => ({
  database: { problem: null, asleep: false, details: { ...details, ...change } },
});
const backups = (days: number): Partial<HubFacts> => ({
  backups: { dir: '/b', newestAt: now - days * day, setUpAt: now - 90 * day },
});
const asleep = { problem: null, asleep: true, details: null };

const faults: readonly [id: string, code: 1 | 2, fault: Partial<HubFacts>, found: RegExp, fix: RegExp][] = [
  ['settings', 2, { settingProblems: ['ROUNDHOUSE_PORT must be …'] }, /ROUNDHOUSE_PORT/, /settings\.md/],
  ['node', 2, { nodeVersion: 'v18.19.0' }, /v18/, /Install Node/],
  ['state-dir', 2, { stateDir: { ...healthy.stateDir, writable: false } }, /\/s cannot be written/, /chown/],
  ['state-mode', 2, { stateDir: { ...healthy.stateDir, mode: 0o755 } }, /0755/, /chmod go-rw/],
  ['secret-mode', 2, { secretFiles: [{ path: '/s/k', mode: 0o644 }] }, /\/s\/k .*0644/, /chmod 600/],
  [
    'settings-mode',
    2,
    { settingFiles: [{ path: '/e/r.yaml', mode: 0o644 }] },
    /r\.yaml .*0644/,
    /chmod o-rwx/,
  ],
  ['disk', 2, { stateDir: { ...healthy.stateDir, freeBytes: 1e8 } }, /95 MiB/, /Free some space/],
  ['disk', 1, { stateDir: { ...healthy.stateDir, freeBytes: 8e8 } }, /762 MiB/, /Free some space/],
  ['descriptors', 1, { descriptorLimit: 256 }, /256/, /ulimit/],
  ['clock', 1, { skewMs: -3_600_000 }, /3600 s behind/, /NTP/],
  ['identity', 2, { identity: 'damaged' }, /damaged/, /backup/],
  ['identity', 2, { identity: 'missing' }, /missing/, /enrolled again/],
  ['tls', 2, { tls: { ...tls, problem: 'ROUNDHOUSE_TLS_KEY: /k is not the key' } }, /not the key/, /Renew/],
  ['tls', 2, { tls: { ...tls, validTo: now - 1 } }, /expired on 2026-11-21/, /Renew/],
  ['tls', 1, { tls: { ...tls, validTo: now + 3 * day } }, /expires on 2026-11-25/, /Renew/],
  ['tls-name', 2, { tls: { ...tls, missingName: 'hub.example.com' } }, /hub\.example\.com/, /PUBLIC_URL/],
  ['public-url', 1, { publicAnswer: { failure: 'ENOTFOUND' } }, /hub\.example.*ENOTFOUND/, /name server/],
  ['port', 2, { running: false, port: 'taken' }, /127\.0\.0\.1:4400 is taken/, /ROUNDHOUSE_PORT/],
  ['port', 2, { running: false, port: 'forbidden' }, /may not be used/, /ROUNDHOUSE_PORT/],
  ['port', 2, { running: false, port: 'no such address' }, /no address/, /ROUNDHOUSE_HOST/],
  ['web-app', 2, { webBuilt: false }, /missing/, /Build it/],
  ['database', 2, { database: { ...asleep, problem: 'ECONNREFUSED' } }, /ECONNREFUSED/, /DATABASE_URL/],
  ['database-version', 2, database({ serverVersion: 130_010 }), /version 13/, /Update PostgreSQL/],
  ['database-writable', 2, database({ readOnly: true }), /read-only/, /primary/],
  ['database-encoding', 2, database({ encoding: 'SQL_ASCII' }), /SQL_ASCII/, /UTF8/],
  ['database-connections', 1, database({ maxConnections: 5 }), /takes 5/, /max_connections/],
  ['migrations', 2, database({ failed: ['2_x'] }), /2_x/, /Restore the backup/],
  [
    'migrations',
    2,
    database({ unknown: ['8_y', '9_contract_x'] }),
    /newer.*: 9_contract_x/,
    /version of Roundhouse/,
  ],
  ['migrations', 2, database({ pending: ['3_x'] }), /3_x/, /Start the hub/],
  ['backup', 1, backups(3), /backup in \/b is 3 days old/, /writable/],
  [
    'backup',
    1,
    { backups: { dir: '/b', newestAt: null, setUpAt: now - 3 * day } },
    /no backup in \/b/,
    /Settings page/,
  ],
  [
    'host-version',
    1,
    database({ hosts: [{ name: 'mill', daemonVersion: '0.0.9', protocol: 2 }] }),
    /mill is 0\.0\.9/,
    /Update/,
  ],
  [
    'host-version',
    2,
    database({ hosts: [{ name: 'mill', daemonVersion: '0.0.1', protocol: 0 }] }),
    /too old/,
    /Update/,
  ],
];

describe('the checks of a hub', () => {
  it('find nothing on a healthy hub, and none that sleeps', () => {
    expect(diagnose(hubChecks, healthy)).toEqual([]);
    expect(diagnose(hubChecks, { ...healthy, running: false, port: 'free', database: asleep })).toEqual([]);
    const fresh = { dir: '/b', newestAt: null, setUpAt: now - day };
    for (const each of [null, fresh, { ...fresh, setUpAt: null }])
      expect(diagnose(hubChecks, { ...healthy, backups: each })).toEqual([]);
    expect(exitCodeOf([])).toBe(0);
    expect(describeFindings([])).toBe('');
  });

  it.each(faults)('%s (%i) is found, alone, with its cure', (id, code, fault, ...texts) => {
    const [found, fix] = texts;
    const findings = diagnose(hubChecks, { ...healthy, ...fault });
    expect(findings).toMatchObject([{ id }]);
    expect(findings[0]?.found).toMatch(found);
    expect(findings[0]?.fix).toMatch(fix);
    expect(exitCodeOf(findings)).toBe(code);
  });

  it('each have an id, a cure and a line of documentation, and a fault that proves them', () => {
    const ids = hubChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, doc, fix } of hubChecks) {
      expect(`${id} ${doc} ${fix}`).toMatch(/^[a-z-]+ [A-Z].*\. .*\.$/);
      expect(faults.map(([name]) => name)).toContain(id);
    }
  });

  it('say nothing twice: errors stand first', () => {
    const findings = diagnose(hubChecks, { ...healthy, descriptorLimit: 10, identity: 'damaged' });
    expect(findings.map(({ id }) => id)).toEqual(['identity', 'descriptors']);
  });
});

describe('the doctor of a hub', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'rh-doctor-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function run(env: Record<string, string>): Promise<{ code: number; ids: string[] }> {
    let text = '';
    const load = () =>
      readConfig(
        { ROUNDHOUSE_PORT: '0', ROUNDHOUSE_STATE_DIR: dir, ...env },
        { isRoot: false, homeDir: dir, files: nodeFiles },
      );
    const write = (part: string) => void (text += part);
    const code = await doctorCommand({ load, stateDir: dir, args: ['--json'], write });
    const { findings } = JSON.parse(text) as { findings: { id: string }[] };
    return { code, ids: findings.map(({ id }) => id).filter((id) => id !== 'web-app' && id !== 'disk') };
  }

  it('looks at a real machine without changing it', async () => {
    expect((await run({})).ids).toEqual([]);
    const away = { DATABASE_URL: 'postgresql://me:canary@127.0.0.1:1/x' };
    expect(await run(away)).toEqual({ code: 2, ids: ['database'] });
    expect((await run({ ROUNDHOUSE_PORT: 'x' })).ids).toEqual(['settings']);
    const [yaml, secret] = [path.join(dir, 'roundhouse.yaml'), path.join(dir, 'url')];
    await writeFile(yaml, 'hub:\n  log_level: info\n', { mode: 0o644 });
    expect((await run({})).ids).toEqual([]);
    await writeFile(yaml, 'hub:\n  database_url: postgresql://me:canary@127.0.0.1:1/x\n');
    expect((await run({})).ids).toEqual(['settings-mode', 'database']);
    // What the environment hides is still there to be read.
    expect((await run(away)).ids).toEqual(['settings-mode', 'database']);
    await rm(yaml);
    await writeFile(secret, away.DATABASE_URL, { mode: 0o644 });
    expect((await run({ DATABASE_URL_FILE: secret })).ids).toEqual(['settings-mode', 'database']);
    await chmod(secret, 0o600);
    expect((await run({ DATABASE_URL_FILE: secret })).ids).toEqual(['database']);
    await writeFile(path.join(dir, 'hub-identity.json'), '{', { mode: 0o644 });
    await chmod(dir, 0o777);
    expect((await run({})).ids).toEqual(['state-mode', 'secret-mode', 'identity']);
  });
});

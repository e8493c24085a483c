// F:Q6: before a database that is in use is migrated there is a backup of it, or it is not migrated.
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { migrateToCurrent, migrationsDir } from '../platform/database/migrations.js';
import { runSql, startTestServer, type TestServer } from '../platform/database/test-server.js';
import { readBackup } from './read-backup.js';
import { restore } from './restore.js';
import { backUpBeforeMigrating } from './upgrade-backup.js';

let server: TestServer;
let dir: string;
let newer: string;
const minute = 60_000;

beforeAll(async () => {
  server = await startTestServer();
  dir = await mkdtemp(path.join(tmpdir(), 'rh-upgrade-'));
  newer = path.join(dir, 'migrations');
  await cp(migrationsDir, newer, { recursive: true });
  await mkdir(path.join(newer, '29990101000000_future'));
  await writeFile(path.join(newer, '29990101000000_future/migration.sql'), 'CREATE TABLE future (n int);');
});
beforeEach(() => rm(path.join(dir, 'backups'), { recursive: true, force: true }));
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

const upgrade = (url: string, stateDir = dir) =>
  migrateToCurrent({ connectionString: url }, newer, (address) =>
    backUpBeforeMigrating({ address, config: { databaseUrl: url, stateDir }, now: new Date() }),
  );
const backups = (): Promise<string[]> => readdir(path.join(dir, 'backups')).catch(() => []);

it('has the rows and the migrations of before; a fresh database and one that is current need none', async () => {
  const url = await server.createDatabase();
  const before = await migrateToCurrent({ connectionString: url });
  await runSql(url, `INSERT INTO audit_events (code, actor_kind) VALUES ('kept', 'user')`);
  expect(await upgrade(url)).toEqual(['29990101000000_future']);
  expect(await upgrade(url)).toEqual([]);
  const [name = '', ...more] = await backups();
  expect(more).toEqual([]);
  const { manifest, end } = await readBackup({ file: path.join(dir, 'backups', name), passphrase: null });
  expect(manifest.migrations).toEqual(before);
  expect(end.tables).toContainEqual(expect.objectContaining({ name: 'audit_events', rows: 1 }));
  await upgrade(await server.createDatabase());
  expect(await backups()).toEqual([name]);
});

it('is the way back past a release that took something away', async () => {
  const url = await server.createDatabase();
  await migrateToCurrent({ connectionString: url });
  await runSql(url, `INSERT INTO audit_events (code, actor_kind) VALUES ('kept', 'user')`);
  const removing = path.join(dir, 'removing');
  await cp(migrationsDir, removing, { recursive: true });
  await mkdir(path.join(removing, '29990101000000_contract_audit'));
  await writeFile(
    path.join(removing, '29990101000000_contract_audit/migration.sql'),
    'DROP TABLE audit_events;',
  );
  await migrateToCurrent({ connectionString: url }, removing, (address) =>
    backUpBeforeMigrating({ address, config: { databaseUrl: url, stateDir: dir }, now: new Date() }),
  );
  const refused = migrateToCurrent({ connectionString: url });
  await expect(refused).rejects.toMatchObject({ code: 'DB_MIGRATION_REFUSED' });
  const [name = ''] = await backups();
  const place = { file: path.join(dir, 'backups', name), passphrase: null };
  const target = { databaseUrl: url, stateDir: dir, alone: true };
  await restore({ ...place, server: target, replace: true, withFiles: false, now: new Date() });
  expect(await migrateToCurrent({ connectionString: url })).toEqual([]);
  expect(await runSql(url, 'SELECT code FROM audit_events')).toEqual([{ code: 'kept' }]);
});

it('changes nothing when there is no room for the backup', async () => {
  const url = await server.createDatabase();
  await migrateToCurrent({ connectionString: url });
  const blocked = path.join(dir, 'file');
  await writeFile(blocked, '');
  await expect(upgrade(url, blocked)).rejects.toMatchObject({
    code: 'DB_MIGRATION_REFUSED',
    hint: expect.stringContaining('Nothing was changed') as string,
  });
  expect(await runSql(url, `SELECT to_regclass('future') AS future`)).toEqual([{ future: null }]);
});

it('keeps the newest three', async () => {
  const url = await server.createDatabase();
  await migrateToCurrent({ connectionString: url });
  await mkdir(path.join(dir, 'backups'));
  await writeFile(
    path.join(dir, 'backups/before-0.1.0-20251231T000000Z.backup.part'),
    'of a hub that was killed',
  );
  for (const at of [0, 1, 2, 3, 4].map((n) => new Date(Date.UTC(2026, 0, 1) + n * minute))) {
    const address = { connectionString: url };
    await backUpBeforeMigrating({ address, config: { databaseUrl: url, stateDir: dir }, now: at });
  }
  expect((await backups()).map((name) => /T(\d{4})/.exec(name)?.[1])).toEqual(['0002', '0003', '0004']);
});

// Backups of real databases: what is restored is the same row by row, and what is not whole changes nothing.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger, systemClock } from '@roundhouse/kit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withServer } from '../platform/database/dump/server.js';
import { Database } from '../platform/database/database.js';
import { serverAdapter } from '../platform/database/migration-adapter.js';
import { migrateToCurrent, migrationsDir } from '../platform/database/migrations.js';
import { applyMigrations, migrationNames } from '../platform/database/schema-engine.js';
import { runSql, startTestServer, type TestServer } from '../platform/database/test-server.js';
import { HubRig } from '../testing/hub-rig.js';
import { TestHub } from '../testing/test-hub.js';
import { backUp } from './back-up.js';
import { moveDatabase } from './move-database.js';
import { readBackup } from './read-backup.js';
import { restore, verifyBackup } from './restore.js';
import { leftFiles, savedFiles } from './state-files.js';

let server: TestServer;
let dir: string;
let source: string;
/** Its database is embedded, and it runs. */
let hub: TestHub;
const now = new Date('2026-11-22T00:00:00Z');
const tables = ['audit_events', 'hosts', 'sessions', 'usage_buckets', 'users'];

/** Every row of every table as text. */
async function rowsOf(url: string): Promise<Record<string, unknown[]>> {
  const names = (await runSql(
    url,
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1`,
  )) as { name: string }[];
  const found: Record<string, unknown[]> = {};
  for (const { name } of names) found[name] = await runSql(url, `SELECT t::text FROM "${name}" t ORDER BY 1`);
  return found;
}

const place = (name: string, passphrase: string | null = null) => ({
  file: path.join(dir, name),
  passphrase,
});
const external = (databaseUrl: string) => ({ databaseUrl, stateDir: hub.stateDir, alone: false });
const plan = { replace: false, withFiles: true, now };

/** What the text form of rows must carry: nulls in JSON, arrays, quotes, line ends, every kind of Unicode. */
async function fill(url: string): Promise<void> {
  const hostile = 'a\\tb\\n\\\\. " \' \t\n\\N 𝔘😀é'.replaceAll("'", "''");
  const host = randomUUID();
  await runSql(
    url,
    `INSERT INTO hosts (id, name, project_roots, profiles, system)
     VALUES ('${host}', '${hostile}', ARRAY['${hostile}', ''], '{"a": null, "n": 1e400}', 'null')`,
  );
  const parent = randomUUID();
  const values = (id: string, of: string): string =>
    `('${id}', '${host}', '${hostile}', 'bash', '/p', 'p', ${of}, 9007199254740993, ARRAY['${hostile}'])`;
  await runSql(
    url,
    `INSERT INTO sessions (id, host_id, name, profile, project, project_name, companion_of, cost_nanos, warnings)
     VALUES ${values(randomUUID(), `'${parent}'`)}, ${values(parent, 'NULL')}`,
  );
  await runSql(
    url,
    `INSERT INTO usage_buckets (grain, at, session_id, epoch, model, agent, role, host_id, host_name, project, project_name, profile, input_tokens)
     SELECT 0, now() - make_interval(mins => n), '${parent}', 1, 'm' || n % 7, '', 'main', '${host}', 'h', '/p', 'p', 'bash', n
       FROM generate_series(1, 1500) n`,
  );
}

beforeAll(async () => {
  server = await startTestServer();
  dir = await mkdtemp(path.join(tmpdir(), 'rh-backup-'));
  // The database's own user passes through.
  await chmod(dir, 0o711);
  const rig = await HubRig.start(server);
  const host = await rig.host();
  await rig.audit.record('HOST_CREATED', { actor: rig.actor, subject: { kind: 'host', id: host } });
  const [row] = await rig.database.client.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  await rig.close();
  source = (await server.createDatabase()).replace(/[^/]+$/, row?.name ?? '');
  await fill(source);
  hub = await TestHub.start({}, { ROUNDHOUSE_TLS: 'self-signed' });
}, 120_000);

afterAll(async () => {
  await hub?.close();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('backup and restore', () => {
  it('is given up at once, also while the database does not answer', async () => {
    const locker = new pg.Client({ connectionString: source });
    await locker.connect();
    try {
      await locker.query('BEGIN');
      await locker.query('LOCK TABLE hosts IN ACCESS EXCLUSIVE MODE');
      const stop = new AbortController();
      const making = backUp({ ...place('given-up'), server: external(source), now, signal: stop.signal });
      making.catch(() => undefined);
      const waits = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'roundhouse-backup' AND wait_event_type = 'Lock'`;
      await expect.poll(() => runSql(source, waits)).toHaveLength(1);
      stop.abort();
      await expect(making).rejects.toMatchObject({ name: 'AbortError' });
      expect((await readdir(dir)).filter((name) => name.startsWith('given-up'))).toEqual([]);
    } finally {
      await locker.end();
    }
  });

  it('is read back no further than somebody waits for it', async () => {
    const file = place('read-back');
    await backUp({ ...file, server: external(source), now });
    const stop = new AbortController();
    const begin = () => Promise.resolve(stop.abort());
    await expect(readBackup(file, { begin }, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('moves a hub from an external to an embedded database and back, row by row', async () => {
    const before = await rowsOf(source);
    for (const name of tables) expect(before[name]?.length).toBeGreaterThan(0);
    const file = place('whole', 'correct horse battery');
    const made = await backUp({ ...file, server: external(source), now });
    expect(made.files).toEqual([...savedFiles]);
    expect(await verifyBackup(file, external(source))).toEqual(made.tables);

    const stateDir = path.join(dir, 'new');
    const embedded = { databaseUrl: null, stateDir, alone: true };
    const report = await restore({ ...file, ...plan, server: embedded });
    expect(report.tables).toEqual(made.tables);
    for (const name of savedFiles) {
      expect(await readFile(path.join(stateDir, name))).toEqual(
        await readFile(path.join(hub.stateDir, name)),
      );
      expect((await stat(path.join(stateDir, name))).mode & 0o777).toBe(0o600);
    }
    await withServer(embedded, async (address) => {
      const { user, password, host, port, database } = address as Record<string, string>;
      const url = `postgresql://${user}:${password}@${host}:${port}/${database}`;
      expect(await rowsOf(url)).toEqual(before);
      // Numbers go on, and the log is still append-only.
      await runSql(url, `INSERT INTO audit_events (code, actor_kind) VALUES ('LOGOUT', 'user')`);
      await expect(runSql(url, 'DELETE FROM audit_events')).rejects.toThrow(/append-only/);
      expect(await migrateToCurrent(address)).toEqual([]);
    });

    const target = await server.createDatabase();
    const moved = await moveDatabase({ databaseUrl: target, stateDir, replace: false, now });
    expect(moved.tables.map(({ name }) => name)).toEqual(made.tables.map(({ name }) => name));
    const after = await rowsOf(target);
    expect(after['audit_events']).toHaveLength((before['audit_events']?.length ?? 0) + 1);
    expect({ ...after, audit_events: [] }).toEqual({ ...before, audit_events: [] });
    expect(await readdir(stateDir)).not.toContain('move-database.backup');
  }, 120_000);

  it('sees one moment, whatever is written meanwhile', async () => {
    const url = await server.createDatabase();
    await migrateToCurrent({ connectionString: url });
    await fill(url);
    let going = true;
    const writer = (async () => {
      while (going) {
        await runSql(
          url,
          `WITH b AS (UPDATE usage_buckets SET input_tokens = input_tokens + 1 RETURNING 1)
           INSERT INTO audit_events (code, actor_kind, details)
           SELECT 'LOGIN_SUCCEEDED', 'user', jsonb_build_object('sum', (SELECT sum(input_tokens) FROM usage_buckets))`,
        );
      }
    })();
    const file = place('busy');
    await backUp({ ...file, server: external(url), now });
    going = false;
    await writer;
    const target = await server.createDatabase();
    await restore({ ...file, ...plan, server: external(target) });
    const [sums] = (await runSql(
      target,
      `SELECT (SELECT sum(input_tokens) FROM usage_buckets)::text AS now,
              ((SELECT (details->>'sum')::numeric FROM audit_events ORDER BY id DESC LIMIT 1) + 1500)::text AS told`,
    )) as { now: string; told: string | null }[];
    expect(sums?.told ?? sums?.now).toBe(sums?.now);
  }, 60_000);

  it('refuses a hub in use unless it may replace it, a foreign database, and one that a hub has', async () => {
    const file = place('small');
    await backUp({ ...file, server: external(source), now });
    const used = await server.createDatabase();
    await migrateToCurrent({ connectionString: used });
    await runSql(used, `INSERT INTO hosts (id, name) VALUES ('${randomUUID()}', 'mine')`);
    const before = await rowsOf(used);
    const into = { ...file, ...plan, server: external(used) };
    await expect(restore(into)).rejects.toMatchObject({ code: 'HUB_NOT_EMPTY' });
    const other = new Database({ url: used, stateDir: dir, clock: systemClock, logger: silentLogger() });
    other.start();
    await other.whenReady();
    await expect(restore({ ...into, replace: true })).rejects.toMatchObject({ code: 'STATE_LOCKED' });
    await other.dispose();
    expect(await rowsOf(used)).toEqual(before);
    await restore({ ...into, replace: true });
    expect(await rowsOf(used)).toEqual(await rowsOf(source));

    const foreign = await server.createDatabase();
    await runSql(foreign, 'CREATE TABLE invoices (id int)');
    await expect(restore({ ...into, server: external(foreign), replace: true })).rejects.toMatchObject({
      code: 'HUB_NOT_EMPTY',
    });
    expect(await runSql(foreign, 'SELECT * FROM invoices')).toEqual([]);
  }, 60_000);

  it('refuses a backup of a newer version with the way out', async () => {
    const newer = await server.createDatabase();
    await migrateToCurrent({ connectionString: newer });
    await runSql(
      newer,
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29991231000000_later', now())`,
    );
    const file = place('newer');
    await backUp({ ...file, server: external(newer), now });
    const target = await server.createDatabase();
    await expect(restore({ ...file, ...plan, server: external(target) })).rejects.toMatchObject({
      code: 'BACKUP_NEWER',
      message: expect.stringContaining('29991231000000_later'),
    });
    expect(await rowsOf(target)).toEqual({});
  }, 60_000);

  it('brings an older backup to the schema of now', async () => {
    const names = await migrationNames(migrationsDir);
    const old = await server.createDatabase();
    const { adapter, close } = serverAdapter({ connectionString: old });
    await applyMigrations(adapter, migrationsDir, new Set(names.slice(0, -2)));
    await close();
    await runSql(old, `INSERT INTO hosts (id, name) VALUES ('${randomUUID()}', 'old')`);
    const file = place('older');
    await backUp({ ...file, server: external(old), now });
    const target = await server.createDatabase();
    const report = await restore({ ...file, ...plan, server: external(target) });
    expect(report.migrated).toEqual(names.slice(-2));
    expect(await runSql(target, 'SELECT name FROM hosts')).toEqual([{ name: 'old' }]);
    expect(await migrateToCurrent({ connectionString: target })).toEqual([]);
  }, 60_000);

  it('takes a backup of a hub that runs, and restores nothing under it', async () => {
    const running = { databaseUrl: null, stateDir: hub.stateDir, alone: false };
    const file = place('running');
    const { tables: sums } = await backUp({ ...file, server: running, now });
    expect(sums.length).toBeGreaterThan(10);
    await expect(restore({ ...file, ...plan, server: running })).rejects.toMatchObject({
      code: 'STATE_LOCKED',
    });
    const move = { databaseUrl: source, stateDir: hub.stateDir, replace: true, now };
    await expect(moveDatabase(move)).rejects.toMatchObject({ code: 'STATE_LOCKED' });
  }, 60_000);

  it('changes nothing when the backup is cut, damaged, or the passphrase is wrong', async () => {
    const target = await server.createDatabase();
    await migrateToCurrent({ connectionString: target });
    const before = await rowsOf(target);
    const made = place('good', 'correct horse');
    await backUp({ ...made, server: external(source), now });
    const bytes = await readFile(made.file);
    const flipped = Buffer.from(bytes);
    flipped[bytes.length - 100] = (flipped[bytes.length - 100] ?? 0) ^ 1;
    const bad = place('bad', 'correct horse');
    for (const content of [flipped, bytes.subarray(0, bytes.length - 70_000)]) {
      await writeFile(bad.file, content);
      await expect(restore({ ...bad, ...plan, server: external(target) })).rejects.toMatchObject({
        code: 'BACKUP_INVALID',
      });
    }
    const guess = { ...made, ...plan, passphrase: 'wrong horse', server: external(target) };
    await expect(restore(guess)).rejects.toMatchObject({ code: 'BACKUP_INVALID' });
    expect(await rowsOf(target)).toEqual(before);
    expect(await runSql(target, `SELECT 1 FROM pg_namespace WHERE nspname LIKE 'roundhouse%'`)).toEqual([]);
  }, 60_000);
});

describe('the files of a hub', () => {
  it('are each saved, or left with a reason', async () => {
    const names = await readdir(hub.stateDir, { withFileTypes: true });
    const known = [...savedFiles.map((name) => name.split('/')[0]), ...Object.keys(leftFiles)];
    for (const entry of names) {
      if (entry.name.startsWith('before-restore-')) continue;
      expect(known.map((name) => name?.replace(/\/$/, ''))).toContain(entry.name);
    }
  });
});

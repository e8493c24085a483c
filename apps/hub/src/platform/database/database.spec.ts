// The database door against a real server behind a TCP relay that the tests open and close.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { silentLogger, systemClock } from '@roundhouse/kit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Database, type DatabaseState } from './database.js';
import { findFreePort } from './free-port.js';
import { migrateToCurrent, migrationsDir } from './migrations.js';
import { runSql, startTestServer, type TestServer } from './test-server.js';
import { Waiting } from './waiting.js';
import { readObstacle } from './write-probe.js';

/** Passes TCP through while it is open. */
class Relay {
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  constructor(
    readonly port: number,
    private readonly target: number,
  ) {}

  open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    this.#server = server;
    return new Promise((resolve) => server.listen(this.port, '127.0.0.1', resolve));
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}

/** Refuses what is added to the table as a full disk does. */
const noRoom = (table: string): string => `
  CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql
  AS $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$;
  CREATE TRIGGER no_room BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION no_room()`;

const until = (database: Database, wanted: DatabaseState): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (database.state !== wanted) return;
      off();
      resolve();
    };
    const off = database.onChange(look);
    look();
  });

describe('Database', () => {
  let server: TestServer;
  const cleanups: (() => unknown)[] = [];
  const open = (url: string, dir?: string): Database => {
    const database = new Database({
      url,
      stateDir: '/nowhere',
      clock: systemClock,
      logger: silentLogger(),
      ...(dir === undefined ? {} : { migrationsDir: dir }),
    });
    cleanups.push(() => database.dispose());
    database.start();
    return database;
  };
  const copyOfMigrations = async (): Promise<string> => {
    const dir = await mkdtemp(path.join(tmpdir(), 'rh-migrations-'));
    cleanups.push(() => rm(dir, { recursive: true, force: true }));
    await cp(migrationsDir, dir, { recursive: true });
    return dir;
  };
  const addMigration = async (dir: string, sql: string, name = 'future'): Promise<void> => {
    await mkdir(path.join(dir, `29990101000000_${name}`));
    await writeFile(path.join(dir, `29990101000000_${name}/migration.sql`), sql);
  };

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(() => server.stop());

  it('F:F3 waits for a late database, notices its loss and its return', async () => {
    const relay = new Relay(await findFreePort(), server.port);
    cleanups.push(() => {
      relay.close();
    });
    const url = new URL(await server.createDatabase());
    url.port = String(relay.port);
    const database = open(url.href);
    const unavailable = { code: 'DB_UNAVAILABLE', status: 503 };
    await expect(database.client.user.count()).rejects.toMatchObject(unavailable);
    expect(database.state).toBe('connecting');

    await relay.open();
    await database.whenReady();
    expect(await database.client.user.count()).toBe(0);
    expect(await database.client.$transaction((tx) => tx.host.count())).toBe(0);

    relay.close();
    await expect(database.client.$transaction((tx) => tx.host.count())).rejects.toMatchObject(unavailable);
    await until(database, 'down');
    await expect(database.client.user.count()).rejects.toMatchObject(unavailable);

    await relay.open();
    const since = performance.now();
    await until(database, 'ready');
    expect(await database.client.user.count()).toBe(0);
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('gives a statement that takes too long up, typed, and stays ready', async () => {
    const database = open(await server.createDatabase());
    await database.whenReady();
    await expect(database.client.$queryRaw`SELECT 1 AS one, pg_sleep(30)::text`).rejects.toMatchObject({
      code: 'DB_UNAVAILABLE',
    });
    expect(database.state).toBe('ready');
  });

  it('R:C18 tells a database that takes no changes from one that is away, and why', async () => {
    const url = await server.createDatabase();
    const database = open(url);
    await database.whenReady();
    const returned: string[] = [];
    cleanups.push(database.onReturn(() => returned.push(database.state)));
    const user = { id: randomUUID(), username: 'ann', passwordHash: 'x' };
    const refused = (message: string) => ({ code: 'DB_READ_ONLY', status: 503, message });

    const probe = new pg.Client({ connectionString: url });
    await probe.connect();
    cleanups.push(() => probe.end());
    expect(await readObstacle(probe, 'full', false)).toBe('full');
    expect(await readObstacle(probe, 'full', true)).toBeNull();
    for (const table of ['users', 'hub_state']) await runSql(url, noRoom(table));
    expect(await readObstacle(probe, 'full', true)).toBe('full');
    expect(await runSql(url, 'SELECT * FROM hub_state')).toEqual([]);
    await expect(database.client.user.create({ data: user })).rejects.toMatchObject(
      refused('The disk of the database is full'),
    );
    expect([database.state, database.obstacle]).toEqual(['ready', 'full']);

    const name = new URL(url).pathname.slice(1);
    await runSql(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const reader = open(url);
    await reader.whenReady();
    await expect(reader.client.$transaction((tx) => tx.user.create({ data: user }))).rejects.toMatchObject(
      refused('The database is read-only'),
    );
    await expect.poll(() => reader.obstacle).toBe('read-only');
    expect(await reader.client.user.count()).toBe(0);
    expect(returned).toEqual([]);
  });

  it('R:C18 believes a change that was refused more than a look that began before it', async () => {
    const url = await server.createDatabase();
    const database = open(url);
    await database.whenReady();
    for (const table of ['users', 'hub_state']) await runSql(url, noRoom(table));
    const seen: unknown[] = [];
    cleanups.push(database.onChange(() => seen.push(database.obstacle)));
    const query: (...args: readonly unknown[]) => Promise<unknown> = Reflect.get(
      pg.Client.prototype,
      'query',
    );
    const looks: (() => void)[] = [];
    Reflect.set(pg.Client.prototype, 'query', async function (this: pg.Client, ...args: readonly unknown[]) {
      const answer = await query.apply(this, [...args]);
      if (String(args[0]).includes('transaction_read_only') && looks.length < 2)
        await new Promise<void>((resolve) => looks.push(resolve));
      return answer;
    });
    cleanups.push(() => Reflect.set(pg.Client.prototype, 'query', query));
    await expect.poll(() => looks.length, { timeout: 5_000 }).toBe(1);
    const user = { id: randomUUID(), username: 'eve', passwordHash: 'x' };
    await expect(database.client.user.create({ data: user })).rejects.toMatchObject({ code: 'DB_READ_ONLY' });
    looks[0]?.();
    await expect.poll(() => looks.length, { timeout: 5_000 }).toBe(2);
    looks[1]?.();
    expect(seen).toEqual(['full']);
  });

  it('F:F4 lets go of everything that waits when the database goes away', async () => {
    const waiting = new Waiting();
    const forever = new Promise<never>(() => undefined);
    const asked = [waiting.add(forever), waiting.add(forever)];
    await waiting.add(Promise.resolve(1));
    expect(waiting.size).toBe(2);
    waiting.letGo(() => new Error('gone'));
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(waiting.size).toBe(0);
  });

  it('passes errors of a query on as they are', async () => {
    const database = open(await server.createDatabase());
    await database.whenReady();
    const user = { id: randomUUID(), username: 'ann', passwordHash: 'x' };
    await database.client.user.create({ data: user });
    await expect(database.client.user.create({ data: { ...user, id: randomUUID() } })).rejects.toMatchObject({
      code: 'P2002',
    });
    const shouted = { id: randomUUID(), username: 'Bob', passwordHash: 'x' };
    await expect(database.client.user.create({ data: shouted })).rejects.toThrow(
      /users_username_lower_check/,
    );
  });

  it('migrates once, also when two hubs start together', async () => {
    const config = { connectionString: await server.createDatabase() };
    const applied = await Promise.all([migrateToCurrent(config), migrateToCurrent(config)]);
    expect(applied.map((names) => names.length).sort()).toEqual([0, expect.any(Number)]);
    expect(applied.flat()).toContain('20261121000000_init');
    expect(await migrateToCurrent(config)).toEqual([]);
  });

  it('the audit log takes no UPDATE, DELETE or TRUNCATE', async () => {
    const url = await server.createDatabase();
    await migrateToCurrent({ connectionString: url });
    await runSql(url, `INSERT INTO audit_events (code, actor_kind) VALUES ('a', 'user')`);
    for (const sql of [
      `UPDATE audit_events SET code = 'b'`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
    ]) {
      await expect(runSql(url, sql)).rejects.toThrow(/append-only/);
    }
    expect(await runSql(url, 'SELECT code FROM audit_events')).toEqual([{ code: 'a' }]);
  });

  it('F:F2 runs on the database of a newer version that only added to it', async () => {
    const url = await server.createDatabase();
    const newer = await copyOfMigrations();
    await addMigration(newer, 'CREATE TABLE future (n int); ALTER TABLE users ADD COLUMN later TEXT;');
    await migrateToCurrent({ connectionString: url }, newer);
    const database = open(url);
    await database.whenReady();
    const user = { id: randomUUID(), username: 'ann', passwordHash: 'x' };
    expect(await database.client.user.create({ data: user })).toMatchObject({ username: 'ann' });
    expect(await migrateToCurrent({ connectionString: url }, newer)).toEqual([]);
  });

  it('refuses a database from which a newer version took something away', async () => {
    const url = await server.createDatabase();
    const newer = await copyOfMigrations();
    await addMigration(newer, 'DROP TABLE login_throttle;', 'contract_throttle');
    await migrateToCurrent({ connectionString: url }, newer);
    const database = open(url);
    await expect(database.whenReady()).rejects.toMatchObject({
      code: 'DB_MIGRATION_REFUSED',
      message: expect.stringMatching(/newer than this version.*29990101000000_contract_throttle/) as string,
    });
    expect(database.failure?.code).toBe('DB_MIGRATION_REFUSED');
  });

  it('rolls a failing migration back whole, and refuses the database until it is restored', async () => {
    const url = await server.createDatabase();
    const dir = await copyOfMigrations();
    await addMigration(dir, 'CREATE TABLE half (n int); SELECT nonsense;');
    await expect(open(url, dir).whenReady()).rejects.toMatchObject({
      code: 'DB_MIGRATION_REFUSED',
      message: expect.stringContaining('nonsense') as string,
    });
    expect(await runSql(url, `SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);
    await expect(open(url, dir).whenReady()).rejects.toMatchObject({
      message: expect.stringContaining('did not finish') as string,
    });
  });

  it('a disposed database answers SHUTTING_DOWN to who waits for it', async () => {
    const database = open(`postgresql://nobody@127.0.0.1:${String(await findFreePort())}/none`);
    const waiting = expect(database.whenReady()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await database.dispose();
    await waiting;
  });
});

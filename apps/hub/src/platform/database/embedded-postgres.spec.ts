// The embedded server with real processes: first start, restart, crash, a killed hub, a second hub.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedPostgres, type PostgresAddress } from './embedded-postgres.js';
import { processStartedAt } from './process-identity.js';
import { readPostmasterFile } from './postmaster-pid.js';

const isRoot = process.getuid?.() === 0;

async function query(address: pg.ClientConfig, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('EmbeddedPostgres', () => {
  let base: string;
  let stateDir: string;
  const started: EmbeddedPostgres[] = [];
  const open = (progress: string[] = []): EmbeddedPostgres => {
    const server = new EmbeddedPostgres({
      stateDir,
      clock: systemClock,
      onProgress: (line) => progress.push(line),
    });
    started.push(server);
    return server;
  };
  /** Makes the lock say that its owner, a hub, was killed. */
  const forgetOwner = async (): Promise<void> => {
    const child = spawn('true');
    await once(child, 'exit');
    const owner = { pid: child.pid, startedAt: '1', nonce: 'x' };
    await writeFile(path.join(stateDir, 'database/hub.lock'), JSON.stringify(owner));
  };

  beforeEach(async () => {
    base = await mkdtemp(path.join(tmpdir(), 'rh-pg-'));
    if (isRoot) await chmod(base, 0o711);
    stateDir = path.join(base, 'state');
  });
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
    await rm(base, { recursive: true, force: true });
  });

  it('starts, keeps data over a restart, and survives a crash and a killed hub', async () => {
    const progress: string[] = [];
    const first = open(progress);
    const address = await first.ensureRunning();
    expect(progress).toEqual([
      expect.stringContaining('Unpacking'),
      expect.stringContaining('first start only'),
    ]);
    await query(address, 'CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)');
    await expectClosedDoors(address, stateDir);

    // Its server dies: the same hub starts it again on the same port.
    await killServer(first);
    const again = await first.ensureRunning();
    expect(again.port).toBe(address.port);
    await query(again, 'INSERT INTO kept VALUES (2)');

    // The hub is killed: its server runs on, and the next hub takes over.
    const orphan = first.pid ?? 0;
    await forgetOwner();
    const quiet: string[] = [];
    const second = open(quiet);
    const taken = await second.ensureRunning();
    expect(await processStartedAt(orphan)).toBeNull();
    expect(quiet).toEqual([]);
    expect(await query(taken, 'SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);

    const pid = second.pid ?? 0;
    await second.stop();
    expect(await processStartedAt(pid)).toBeNull();
    expect(await readPostmasterFile(path.join(stateDir, 'database/data'))).toBeNull();
  });

  it('refuses a second hub on the same state directory and leaves the first alone', async () => {
    const address = await open().ensureRunning();
    await expect(open().ensureRunning()).rejects.toMatchObject({
      code: 'STATE_LOCKED',
      message: expect.stringContaining(String(process.pid)) as string,
    });
    expect(await query(address, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts beside a foreign process that has the pid of a stale file, and does not touch it', async () => {
    const first = open();
    await first.ensureRunning();
    await first.stop();
    const dataDir = path.join(stateDir, 'database/data');
    const { uid, gid } = await stat(dataDir);
    const foreign = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
    try {
      await writeFile(
        path.join(dataDir, 'postmaster.pid'),
        `${String(foreign.pid)}\n${dataDir}\n1\n5432\n\n127.0.0.1\n`,
      );
      const second = open();
      expect(await query(await second.ensureRunning(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(foreign.exitCode).toBeNull();
      expect(await processStartedAt(foreign.pid ?? 0)).not.toBeNull();
    } finally {
      foreign.kill('SIGKILL');
    }
  });

  it('starts after a server that was killed is still a zombie, which looks alive to PostgreSQL', async () => {
    const first = open();
    await first.ensureRunning();
    await first.stop();
    const dataDir = path.join(stateDir, 'database/data');
    const { uid, gid } = await stat(dataDir);
    // `sleep` takes the place of the shell and never asks for the exit of its child; one left working in the data
    // directory stands for a backend that has not noticed yet.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], isRoot ? { uid, gid } : {});
    const inDataDir = { cwd: dataDir, ...(isRoot ? { uid, gid } : {}) };
    const backend = spawn('sleep', ['60'], { ...inDataDir, argv0: 'postgres: checkpointer ' });
    const visitor = spawn('sleep', ['60'], inDataDir);
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const zombie = line.toString().trim();
      await expect.poll(() => processStartedAt(Number(zombie))).toBeNull();
      await writeFile(path.join(dataDir, 'postmaster.pid'), `${zombie}\n${dataDir}\n1\n5432\n\n127.0.0.1\n`);
      const second = open();
      expect(await query(await second.ensureRunning(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(await processStartedAt(backend.pid ?? 0)).toBeNull();
      expect(await processStartedAt(visitor.pid ?? 0)).not.toBeNull();
    } finally {
      parent.kill('SIGKILL');
      backend.kill('SIGKILL');
      visitor.kill('SIGKILL');
    }
  });

  it.runIf(isRoot)('names the directory that its uid cannot enter', async () => {
    await chmod(base, 0o700);
    await expect(open().ensureRunning()).rejects.toMatchObject({
      code: 'DB_START_FAILED',
      message: expect.stringContaining(`cannot enter ${base}`) as string,
      hint: expect.stringContaining('ROUNDHOUSE_STATE_DIR') as string,
    });
  });

  it('refuses data of another PostgreSQL and a lost password', async () => {
    const dataDir = path.join(stateDir, 'database/data');
    await mkdir(dataDir, { recursive: true });
    await writeFile(path.join(dataDir, 'PG_VERSION'), '17\n');
    await expect(open().ensureRunning()).rejects.toMatchObject({
      code: 'DB_START_FAILED',
      message: expect.stringContaining('PostgreSQL 17') as string,
    });
    await writeFile(path.join(dataDir, 'PG_VERSION'), '18\n');
    await expect(open().ensureRunning()).rejects.toMatchObject({
      message: expect.stringContaining('password is missing') as string,
    });
  });
});

async function killServer(server: EmbeddedPostgres): Promise<void> {
  process.kill(server.pid ?? 0, 'SIGKILL');
  while (server.pid !== null) await new Promise((resolve) => setImmediate(resolve));
}

/** A password of its own, asked for over the network, in a file that only the hub reads. */
async function expectClosedDoors(address: PostgresAddress, stateDir: string): Promise<void> {
  await expect(query({ ...address, password: 'wrong' }, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  const file = path.join(stateDir, 'database/password');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).trim()).toBe(address.password);
  expect(address.password).toHaveLength(43);
  expect(await query(address, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(address, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
}

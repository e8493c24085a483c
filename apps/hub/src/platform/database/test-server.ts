// For specs: a real PostgreSQL in a directory of its own, and empty databases on it.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import pg from 'pg';
import { EmbeddedPostgres } from './embedded-postgres.js';

export interface TestServer {
  readonly port: number;
  /** Makes an empty database. @returns its address */
  createDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** About a second; share one server among the tests of a file. */
export async function startTestServer(): Promise<TestServer> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'rh-pg-'));
  const server = new EmbeddedPostgres({ stateDir, clock: systemClock });
  const { host, port, user, password, database } = await server.ensureRunning();
  const url = (name: string): string =>
    `postgresql://${user}:${password}@${host}:${String(port)}/${encodeURIComponent(name)}`;
  return {
    port,
    createDatabase: async () => {
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await runSql(url(database), `CREATE DATABASE ${name}`);
      return url(name);
    },
    stop: async () => {
      await server.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

/** Runs one text of SQL. @returns the rows of its only statement */
export async function runSql(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

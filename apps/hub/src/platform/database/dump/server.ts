// The PostgreSQL that a command works on, whether a hub runs on it or not: the external one, the embedded one that a
// hub has started, or the embedded one started for this command alone.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '@roundhouse/kit';
import type pg from 'pg';
import { EmbeddedPostgres } from '../embedded-postgres.js';
import { embeddedDatabase, embeddedUser } from '../postgres-cluster.js';
import { readPostmasterFile } from '../postmaster-pid.js';

/** How `pg` reaches a server. */
export type ServerAddress = pg.ClientConfig;

export interface ServerChoice {
  /** Null: the embedded server. */
  readonly databaseUrl: string | null;
  readonly stateDir: string;
  /** True: no hub may have it; the embedded server is then started here, under the hub's lock. */
  readonly alone: boolean;
  readonly onProgress?: (line: string) => void;
}

/** @throws AppError STATE_LOCKED when a hub has the embedded server and it must be had alone; DB_START_FAILED */
export async function withServer<T>(
  { databaseUrl, stateDir, alone, onProgress }: ServerChoice,
  use: (address: ServerAddress) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== null) return use({ connectionString: databaseUrl });
  const running = alone ? null : await runningEmbedded(stateDir);
  if (running) return use(running);
  const server = new EmbeddedPostgres({
    stateDir,
    clock: systemClock,
    ...(onProgress ? { onProgress } : {}),
  });
  try {
    return await use({ ...(await server.ensureRunning()) });
  } finally {
    await server.stop();
  }
}

/** True when the state directory has a database of its own. */
export const hasEmbedded = (stateDir: string): Promise<boolean> =>
  stat(path.join(stateDir, 'database/data/PG_VERSION')).then(
    () => true,
    () => false,
  );

/** The address of the embedded server that a hub runs now; null when none does. */
async function runningEmbedded(stateDir: string): Promise<ServerAddress | null> {
  const root = path.join(stateDir, 'database');
  const file = await readPostmasterFile(path.join(root, 'data'));
  if (file?.status !== 'ready' || file.port === 0 || !isAlive(file.pid)) return null;
  const password = (await readFile(path.join(root, 'password'), 'utf8').catch(() => '')).trim();
  return { host: '127.0.0.1', port: file.port, user: embeddedUser, password, database: embeddedDatabase };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Where the database can be asked now, without starting anything; null for an embedded one that does not run. */
export const addressNow = ({
  databaseUrl,
  stateDir,
}: Pick<ServerChoice, 'databaseUrl' | 'stateDir'>): Promise<ServerAddress | null> =>
  databaseUrl === null ? runningEmbedded(stateDir) : Promise.resolve({ connectionString: databaseUrl });

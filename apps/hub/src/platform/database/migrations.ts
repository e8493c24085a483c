// Brings a database to this version's schema at start: one hub at a time, and never a database that a failed migration left
// half changed, or one from which a newer version took what this one needs.
import { fileURLToPath } from 'node:url';
import { AppError } from '@roundhouse/protocol';
import pg from 'pg';
import { mayPass } from './database-errors.js';
import { serverAdapter } from './migration-adapter.js';
import { applyMigrations, migrationStatus, type MigrationStatus } from './schema-engine.js';

/** Seen from src and from dist alike. */
export const migrationsDir = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/** Any fixed number will do: it names the lock among the advisory locks of this database. */
const lockKey = 4_400_001;
/** Another hub may be applying a long migration; past this it is stuck and a person should look. */
const lockTimeoutMs = 120_000;
const connectTimeoutMs = 5_000;

/**
 * Migrations only add, so a hub also runs on the database of a newer one; those that take something away say so in their
 * name. `node scripts/migration.mjs check` holds migrations to it with the same mark.
 */
export const isContraction = (name: string): boolean => /^\d+_contract_/.test(name);

/** Called when a database that is in use is about to change. @throws AppError: then it does not */
export type BeforeMigrating = (config: pg.ClientConfig) => Promise<void>;

/**
 * Applies pending migrations under an advisory lock.
 * @returns the names applied now.
 * @throws AppError DB_MIGRATION_REFUSED; whatever `pg` throws when the database is away.
 */
export function migrateToCurrent(
  config: pg.ClientConfig,
  dir = migrationsDir,
  before: BeforeMigrating = () => Promise.resolve(),
): Promise<readonly string[]> {
  return underMigrationLock(config, () => migrate(config, dir, before));
}

/** While this runs, no hub gets to the database: each takes this lock when it starts. */
export async function underMigrationLock<T>(config: pg.ClientConfig, use: () => Promise<T>): Promise<T> {
  const holder = new pg.Client({ ...config, connectionTimeoutMillis: connectTimeoutMs });
  // A connection lost while idle is an event; the next query reports it.
  holder.on('error', () => undefined);
  try {
    await holder.connect();
    await takeLock(holder);
    return await use();
  } finally {
    // Ending the connection releases the lock.
    await holder.end().catch(() => undefined);
  }
}

async function takeLock(holder: pg.Client): Promise<void> {
  await holder.query(`SET lock_timeout = ${String(lockTimeoutMs)}`);
  try {
    await holder.query('SELECT pg_advisory_lock($1)', [lockKey]);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError && cause.code === '55P03')) throw cause;
    throw new AppError('DB_MIGRATION_REFUSED', {
      message: `Another hub has been migrating this database for ${String(lockTimeoutMs / 1000)} s`,
      hint: 'Wait for it to end, or stop it, then start again.',
      cause,
    });
  }
}

async function migrate(
  config: pg.ClientConfig,
  dir: string,
  before: BeforeMigrating,
): Promise<readonly string[]> {
  const { adapter, close } = serverAdapter({ ...config, connectionTimeoutMillis: connectTimeoutMs });
  try {
    const status = await migrationStatus(adapter, dir);
    refuse(status);
    if (status.pending.length === 0) return [];
    if (!status.isFresh) await before(config);
    return await applyMigrations(adapter, dir);
  } catch (cause) {
    throw cause instanceof AppError || mayPass(cause) ? cause : failedNow(cause);
  } finally {
    await close();
  }
}

function refuse({ unknown, failed }: MigrationStatus): void {
  if (failed.length > 0) {
    throw new AppError('DB_MIGRATION_REFUSED', {
      message: `The migration ${failed.join(', ')} was begun on this database and did not finish`,
      hint: 'Restore the backup from before the update, then start again.',
    });
  }
  const contractions = unknown.filter(isContraction);
  if (contractions.length > 0) {
    throw new AppError('DB_MIGRATION_REFUSED', {
      message: `The database is newer than this version of Roundhouse: ${contractions.join(', ')} took away what it needs`,
      hint: 'Start the version that last used it, or restore an older backup.',
    });
  }
}

function failedNow(cause: unknown): AppError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new AppError('DB_MIGRATION_REFUSED', {
    message: `A migration failed: ${text.trim().slice(0, 2_000)}`,
    hint: 'That migration was rolled back whole. Restore the backup from before the update and report this.',
    cause,
  });
}

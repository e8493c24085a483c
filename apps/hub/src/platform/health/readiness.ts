// Whether the hub can serve, part by part. Pure: what is looked at is given.
import type { DatabaseState } from '../database/database.js';
import { obstacleWords, type Obstacle } from '../database/database-errors.js';

export interface ReadinessFacts {
  readonly database: DatabaseState;
  /** Why it takes no changes. */
  readonly obstacle: Obstacle | null;
  /** True once the schema is that of this version. */
  readonly migrated: boolean;
  /** Why the database can never become ready without a person. */
  readonly failure: { readonly code: string; readonly message: string } | null;
  /** On the disk of the state directory; null where the system does not tell. */
  readonly freeBytes: number | null;
  readonly freeMinBytes: number;
}

export interface ReadinessCheck {
  readonly name: 'database' | 'migrations' | 'disk';
  readonly ok: boolean;
  readonly reason: string | null;
}

const mib = 1024 * 1024;

export function readinessOf(facts: ReadinessFacts): ReadinessCheck[] {
  return [
    check('database', databaseReason(facts)),
    check('migrations', migrationsReason(facts)),
    check('disk', diskReason(facts)),
  ];
}

const check = (name: ReadinessCheck['name'], reason: string | null): ReadinessCheck => ({
  name,
  ok: reason === null,
  reason,
});

function databaseReason({ database, obstacle, failure }: ReadinessFacts): string | null {
  if (database === 'ready') return obstacle && `${obstacleWords[obstacle]}: nothing can be changed`;
  if (failure !== null && failure.code !== 'DB_MIGRATION_REFUSED')
    return 'The database cannot be used; see the log';
  return database === 'connecting' ? 'The database is not ready yet' : 'The database is not reachable';
}

/** Nothing of the message: this answer is for everybody. */
function migrationsReason({ migrated, failure }: ReadinessFacts): string | null {
  if (failure?.code === 'DB_MIGRATION_REFUSED') return 'The database does not fit this version; see the log';
  return migrated ? null : 'Not applied yet';
}

const diskReason = ({ freeBytes, freeMinBytes }: ReadinessFacts): string | null =>
  freeBytes === null || freeBytes >= freeMinBytes
    ? null
    : `${String(Math.floor(freeBytes / mib))} MiB are free for the state directory, ${String(freeMinBytes / mib)} are needed`;

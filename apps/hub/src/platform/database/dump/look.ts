// Looks at a database without changing anything in it: what kind of server it is, and how its schema stands.
import type pg from 'pg';
import { serverAdapter } from '../migration-adapter.js';
import { isContraction, migrationsDir } from '../migrations.js';
import { migrationStatus, type MigrationStatus } from '../schema-engine.js';
import { connectClient, currentSchema } from './snapshot.js';
import { migrationTable, quoted } from './tables.js';

export interface DatabaseLook extends MigrationStatus {
  readonly serverVersion: number;
  readonly readOnly: boolean;
  readonly encoding: string;
  readonly maxConnections: number;
  /** False: no hub has used it yet. */
  readonly migrated: boolean;
  /** Our clock less that of the server. */
  readonly skewMs: number;
  readonly hosts: readonly HostRow[];
}
interface HostRow {
  readonly name: string;
  readonly daemonVersion: string;
  readonly protocol: number | null;
}

/** @throws what `pg` throws when the database is away */
export async function lookAtDatabase(address: pg.ClientConfig): Promise<DatabaseLook> {
  const client = await connectClient({ ...address, query_timeout: 5_000 }, 'roundhouse-doctor');
  try {
    const begun = Date.now();
    const { rows } = await client.query<{
      now: number;
      version: string;
      encoding: string;
      connections: string;
    }>(
      `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now,
              current_setting('server_version_num') AS version,
              (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()) AS encoding,
              current_setting('max_connections') AS connections`,
    );
    const [row] = rows;
    const schema = await currentSchema(client);
    const migrated = await exists(client, `${quoted(schema)}.${quoted(migrationTable)}`);
    return {
      serverVersion: Number(row?.version),
      encoding: row?.encoding ?? '',
      maxConnections: Number(row?.connections),
      readOnly: await isReadOnly(client),
      skewMs: (begun + Date.now()) / 2 - (row?.now ?? begun),
      migrated,
      hosts: migrated ? await hostsOf(client) : [],
      ...(migrated ? await statusOf(address) : { pending: [], unknown: [], failed: [], isFresh: true }),
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    name,
  ]);
  return rows[0]?.there ?? false;
}

async function isReadOnly(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ value: boolean }>(
    `SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS value`,
  );
  return rows[0]?.value ?? false;
}

/** Columns that every version has; an older one has no such table yet. */
async function hostsOf(client: pg.Client): Promise<HostRow[]> {
  if (!(await exists(client, 'hosts'))) return [];
  const { rows } = await client.query<HostRow>(
    `SELECT name, daemon_version AS "daemonVersion", protocol FROM hosts
      WHERE daemon_version IS NOT NULL ORDER BY name`,
  );
  return rows;
}

async function statusOf(address: pg.ClientConfig): Promise<MigrationStatus> {
  const { adapter, close } = serverAdapter(address);
  try {
    const status = await migrationStatus(adapter, migrationsDir);
    // What a newer version only added does no harm here.
    return { ...status, unknown: status.unknown.filter(isContraction) };
  } finally {
    await close();
  }
}

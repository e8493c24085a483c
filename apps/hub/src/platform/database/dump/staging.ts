// A second schema in the same database, where a backup is loaded and compared before anything of the present one is
// touched; then it takes its place in one transaction, or goes without a trace.
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { AppError } from '@roundhouse/protocol';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { serverAdapter } from '../migration-adapter.js';
import { migrationsDir } from '../migrations.js';
import { applyMigrations } from '../schema-engine.js';
import { connectClient, currentSchema } from './snapshot.js';
import {
  listTables,
  migrationTable,
  plainText,
  quoted,
  TableCopy,
  type DumpTable,
  type TableSum,
} from './tables.js';

const schema = 'roundhouse_staging';

export interface StagingOptions {
  readonly address: pg.ClientConfig;
  /** Migrations of the backup: the tables are made as they were then. */
  readonly migrations: readonly string[];
}

export class Staging {
  private constructor(
    private readonly client: pg.Client,
    private readonly address: pg.ClientConfig,
    private readonly target: string,
  ) {}

  static async create({ address, migrations }: StagingOptions): Promise<Staging> {
    const client = await connectClient(address, 'roundhouse-restore');
    try {
      await client.query(plainText);
      const staging = new Staging(client, address, await currentSchema(client));
      // What a killed restore left.
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.query(`CREATE SCHEMA ${schema}`);
      await staging.migrate(new Set(migrations));
      return staging;
    } catch (error) {
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`).catch(() => undefined);
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  /** Applies the named migrations, or all that are pending. */
  async migrate(only?: ReadonlySet<string>): Promise<readonly string[]> {
    const { adapter, close } = serverAdapter(this.address, schema);
    try {
      return await applyMigrations(adapter, migrationsDir, only);
    } finally {
      await close();
    }
  }

  /** How a table is filled: pieces in, then `end`. */
  async loader(table: DumpTable): Promise<TableLoader> {
    const known = (await listTables(this.client, schema)).find(({ name }) => name === table.name);
    const strange = known ? table.columns.filter((column) => !known.columns.includes(column)) : [table.name];
    if (strange.length > 0) {
      throw new AppError('BACKUP_INVALID', {
        message: `The backup has what its own migrations do not make: ${table.name} ${strange.join(', ')}`,
      });
    }
    const list = table.columns.map(quoted).join(', ');
    const sql = `COPY ${schema}.${quoted(table.name)} (${list}) FROM STDIN`;
    return new TableLoader(this.client.query(copyFrom(sql)));
  }

  /** What is in the table now, read from the database. */
  async sum(table: DumpTable): Promise<TableSum> {
    let result: TableSum | null = null;
    const rows = TableCopy.of(this.client, schema).rows(table, (sum) => (result = sum));
    while (!(await rows.next()).done);
    return result ?? { name: table.name, rows: 0, sha256: '' };
  }

  /** Numbers that the database gives go on after the highest that was loaded. */
  async continueSequences(): Promise<void> {
    const { rows } = await this.client.query<{ table: string; column: string; sequence: string }>(
      `SELECT c.relname AS "table", a.attname AS "column",
              pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) AS sequence
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE n.nspname = $1 AND c.relkind = 'r'
          AND pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) IS NOT NULL`,
      [schema],
    );
    for (const { table, column, sequence } of rows) {
      await this.client.query(
        `SELECT setval($1, (SELECT max(${quoted(column)}) FROM ${schema}.${quoted(table)}))`,
        [sequence],
      );
    }
  }

  /** Takes the place of what is there now: all of it or nothing. */
  async publish(): Promise<void> {
    await this.client.query('BEGIN');
    try {
      for (const drop of await this.#objects(this.target)) await this.client.query(`DROP ${drop} CASCADE`);
      for (const move of await this.#objects(schema)) {
        await this.client.query(`ALTER ${move} SET SCHEMA ${quoted(this.target)}`);
      }
      // Without CASCADE: whatever did not move makes this fail, and everything is as before.
      await this.client.query(`DROP SCHEMA ${schema}`);
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** Safe to call again, and after `publish`. */
  async drop(): Promise<void> {
    await this.client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`).catch(() => undefined);
    await this.client.end().catch(() => undefined);
  }

  /** Tables and functions of a schema, but for those of extensions; sequences and indexes follow their tables. */
  async #objects(name: string): Promise<string[]> {
    const { rows } = await this.client.query<{ object: string }>(
      `SELECT format('TABLE %I.%I', n.nspname, c.relname) AS object, c.oid
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind = 'r'
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
       UNION ALL
       SELECT format('FUNCTION %s', p.oid::regprocedure), p.oid
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = $1
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`,
      [name],
    );
    return rows.map(({ object }) => object);
  }
}

export class TableLoader {
  #failure: Promise<unknown>;

  constructor(private readonly stream: ReturnType<typeof copyFrom>) {
    this.#failure = finished(stream).then(
      () => null,
      (error: unknown) => error,
    );
  }

  async write(piece: Buffer): Promise<void> {
    if (this.stream.destroyed) await this.end();
    if (!this.stream.write(piece)) await Promise.race([once(this.stream, 'drain'), this.#failure]);
  }

  async end(): Promise<void> {
    this.stream.end();
    const failure = await this.#failure;
    if (failure === null) return;
    throw new AppError('BACKUP_INVALID', {
      message: `The database refused rows of the backup: ${failure instanceof Error ? failure.message : 'unknown'}`,
      cause: failure,
    });
  }
}

/** How the database stands before a restore. */
export interface TargetState {
  /** People or hosts are in it. */
  readonly inUse: boolean;
  /** Tables are there that Roundhouse did not make. */
  readonly foreign: boolean;
  /** A hub is connected to it. */
  readonly hubRuns: boolean;
}

export async function lookAtTarget(address: pg.ClientConfig): Promise<TargetState> {
  const client = await connectClient(address, 'roundhouse-restore');
  try {
    const target = await currentSchema(client);
    const names = (await listTables(client, target)).map(({ name }) => name);
    const migrated = await client.query(`SELECT to_regclass($1) IS NOT NULL AS there`, [
      `${quoted(target)}.${quoted(migrationTable)}`,
    ]);
    const foreign = names.length > 0 && !isTrue(migrated.rows[0], 'there');
    const people = names.filter((name) => name === 'users' || name === 'hosts');
    let inUse = false;
    for (const name of foreign ? [] : people) {
      const { rows } = await client.query(
        `SELECT EXISTS (SELECT 1 FROM ${quoted(target)}.${quoted(name)}) AS there`,
      );
      inUse ||= isTrue(rows[0], 'there');
    }
    const hub = await client.query(
      `SELECT EXISTS (SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'roundhouse-hub%') AS there`,
    );
    return { inUse, foreign, hubRuns: isTrue(hub.rows[0], 'there') };
  } finally {
    await client.end().catch(() => undefined);
  }
}

const isTrue = (row: unknown, name: string): boolean =>
  typeof row === 'object' && row !== null && Reflect.get(row, name) === true;

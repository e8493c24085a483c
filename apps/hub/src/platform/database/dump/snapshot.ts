// The whole database at one moment: one transaction that sees nothing of what others write meanwhile.
import pg from 'pg';
import {
  appliedMigrations,
  listTables,
  plainText,
  TableCopy,
  type DumpTable,
  type TableSum,
} from './tables.js';

const connectTimeoutMs = 5_000;

export class Snapshot {
  private constructor(
    private readonly end: () => Promise<void>,
    private readonly copy: TableCopy,
    readonly tables: readonly DumpTable[],
    readonly migrations: readonly string[],
  ) {}

  /**
   * @param signal ends the connection, whatever is asked over it then
   * @throws what `pg` throws when the database is away or was never migrated
   */
  static async open(config: pg.ClientConfig, signal?: AbortSignal): Promise<Snapshot> {
    const client = await connectClient(config, 'roundhouse-backup');
    const hangUp = (): void => void client.end().catch(() => undefined);
    signal?.addEventListener('abort', hangUp);
    const end = async (): Promise<void> => {
      signal?.removeEventListener('abort', hangUp);
      await client.end().catch(() => undefined);
    };
    try {
      signal?.throwIfAborted();
      await client.query(plainText);
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const schema = await currentSchema(client);
      const tables = await listTables(client, schema);
      const migrations = await appliedMigrations(client, schema);
      return new Snapshot(end, TableCopy.of(client, schema), tables, migrations);
    } catch (error) {
      await end();
      throw error;
    }
  }

  rows(table: DumpTable, onEnd: (sum: TableSum) => void): AsyncGenerator<Buffer> {
    return this.copy.rows(table, onEnd);
  }

  close(): Promise<void> {
    return this.end();
  }
}

export async function connectClient(config: pg.ClientConfig, name: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...config,
    application_name: name,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
  });
  // A connection lost while idle is an event; the next query reports it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

export async function currentSchema(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string | null }>('SELECT current_schema() AS name');
  return rows[0]?.name ?? 'public';
}

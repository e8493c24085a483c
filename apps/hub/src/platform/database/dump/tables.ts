// Which tables a schema has, in an order in which rows find the rows that they point at, and their rows as text of
// COPY: exact for every type, and the same on every server.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

export interface DumpTable {
  readonly name: string;
  readonly columns: readonly string[];
}
export interface TableSum {
  readonly name: string;
  readonly rows: number;
  /** SHA-256 of its rows by primary key, as COPY prints them. */
  readonly sha256: string;
}

/** Prisma's own; made by the migrations, never copied. */
export const migrationTable = '_prisma_migrations';

/** What decides how values look as text. */
export const plainText = `SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';
  SET extra_float_digits = 1; SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET statement_timeout = 0;`;

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Tables of the schema, those that are pointed at first. @throws Error when two tables point at each other */
export async function listTables(client: pg.Client, schema: string): Promise<DumpTable[]> {
  const columns = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND c.relname <> $2
        AND NOT a.attisdropped AND a.attgenerated = ''
      GROUP BY c.relname ORDER BY c.relname`,
    [quoted(schema), migrationTable],
  );
  const links = await client.query<{ child: string; parent: string }>(
    `SELECT DISTINCT c.relname AS child, p.relname AS parent FROM pg_constraint k
       JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
      WHERE k.contype = 'f' AND c.relnamespace = $1::regnamespace AND c.oid <> p.oid`,
    [quoted(schema)],
  );
  return parentsFirst(columns.rows, links.rows);
}

/** @throws Error when two tables point at each other: then no order loads them */
function parentsFirst(
  tables: readonly DumpTable[],
  links: readonly { readonly child: string; readonly parent: string }[],
): DumpTable[] {
  const done = new Set<string>();
  const result: DumpTable[] = [];
  while (result.length < tables.length) {
    const ready = tables.filter(
      ({ name }) => !done.has(name) && links.every((link) => link.child !== name || done.has(link.parent)),
    );
    if (ready.length === 0) throw new Error('Tables point at each other in a circle');
    for (const table of ready) done.add(table.name);
    result.push(...ready);
  }
  return result;
}

/** The names of the migrations that made the schema, in their order. */
export async function appliedMigrations(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM ${quoted(schema)}.${quoted(migrationTable)}
      WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows.map(({ name }) => name);
}

export class TableCopy {
  private constructor(
    private readonly client: pg.Client,
    private readonly schema: string,
  ) {}

  static of(client: pg.Client, schema: string): TableCopy {
    return new TableCopy(client, schema);
  }

  /** The rows by primary key, in pieces; calls `onEnd` with their number and checksum. */
  async *rows(table: DumpTable, onEnd: (sum: TableSum) => void): AsyncGenerator<Buffer> {
    const list = table.columns.map(quoted).join(', ');
    const order = await this.#order(table);
    const from = `${quoted(this.schema)}.${quoted(table.name)}`;
    const stream = this.client.query(copyTo(`COPY (SELECT ${list} FROM ${from} ${order}) TO STDOUT`));
    const hash = createHash('sha256');
    for await (const piece of stream as AsyncIterable<Buffer>) {
      hash.update(piece);
      yield piece;
    }
    onEnd({ name: table.name, rows: stream.rowCount, sha256: hash.digest('hex') });
  }

  /** Text is ordered by its bytes, whatever the server's language is. */
  async #order({ name }: DumpTable): Promise<string> {
    const { rows } = await this.client.query<{ name: string; text: boolean }>(
      `SELECT a.attname AS name, a.attcollation <> 0 AS text FROM pg_index i
         JOIN pg_class c ON c.oid = i.indrelid
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indisprimary AND c.relname = $1 AND c.relnamespace = $2::regnamespace
        ORDER BY array_position(i.indkey::int2[], a.attnum)`,
      [name, quoted(this.schema)],
    );
    const keys = rows.map((row) => `${quoted(row.name)}${row.text ? ' COLLATE "C"' : ''}`);
    return keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
  }
}

// Makes a backup: one moment of the database, and the hub's own keys.
import { createHash } from 'node:crypto';
import { productVersion } from '@roundhouse/protocol';
import { withServer, type ServerAddress, type ServerChoice } from '../platform/database/dump/server.js';
import { Snapshot } from '../platform/database/dump/snapshot.js';
import type { TableSum } from '../platform/database/dump/tables.js';
import {
  backupFormat,
  bodyMaxBytes,
  writeArchive,
  type ArchivePlace,
  type ArchiveRecord,
} from './archive.js';
import { readStateFiles, type StateFile } from './state-files.js';

const nothing = Buffer.alloc(0);

export interface BackupOptions extends ArchivePlace {
  readonly server: ServerChoice;
  readonly now: Date;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

export interface BackupReport {
  readonly tables: readonly TableSum[];
  readonly files: readonly string[];
}

/** Works while the hub runs and while it does not. @throws AppError DB_START_FAILED; what `pg` and files throw */
export const backUp = (options: BackupOptions): Promise<BackupReport> =>
  withServer(options.server, (address) => backUpFrom(address, options));

/** The same of a database that somebody has at hand. */
export async function backUpFrom(address: ServerAddress, options: BackupOptions): Promise<BackupReport> {
  const { server, now } = options;
  const files = await readStateFiles(server.stateDir);
  const snapshot = await Snapshot.open(address, options.signal);
  const tables: TableSum[] = [];
  const database = server.databaseUrl === null ? ('embedded' as const) : ('external' as const);
  try {
    await writeArchive(options, records({ snapshot, files, tables, database, now }), options.signal);
    return { tables, files: files.map(({ name }) => name) };
  } finally {
    await snapshot.close();
  }
}

interface Contents {
  readonly snapshot: Snapshot;
  readonly files: readonly StateFile[];
  /** Filled as they are written. */
  readonly tables: TableSum[];
  readonly database: 'embedded' | 'external';
  readonly now: Date;
}

async function* records({ snapshot, files, tables, database, now }: Contents): AsyncGenerator<ArchiveRecord> {
  const manifest = {
    kind: 'manifest' as const,
    format: backupFormat,
    product: productVersion,
    createdAt: now.toISOString(),
    database,
    migrations: [...snapshot.migrations],
    tables: snapshot.tables.map(({ name, columns }) => ({ name, columns: [...columns] })),
  };
  yield { head: manifest, body: nothing };
  for (const { name, content } of files) yield { head: { kind: 'file', name }, body: content };
  for (const table of snapshot.tables) {
    const head = { kind: 'rows' as const, table: table.name };
    for await (const body of pieces(snapshot.rows(table, (sum) => tables.push(sum)))) yield { head, body };
  }
  const sums = files.map(({ name, content }) => ({ name, sha256: sha256(content) }));
  yield { head: { kind: 'end', tables: [...tables], files: sums }, body: nothing };
}

/** Pieces of one size: the database tells a row at a time. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; at += bodyMaxBytes / 2) {
      const part = piece.subarray(at, at + bodyMaxBytes / 2);
      waiting.push(part);
      bytes += part.length;
      if (bytes <= bodyMaxBytes / 2) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

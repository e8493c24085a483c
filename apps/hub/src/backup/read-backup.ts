// Reads a backup in the order in which it must come, and checks every sum in it.
import { createHash, type Hash } from 'node:crypto';
import { AppError } from '@roundhouse/protocol';
import {
  backupFormat,
  readArchive,
  wrong,
  type ArchiveEnd,
  type ArchivePlace,
  type ArchiveRecord,
  type Manifest,
} from './archive.js';
import { savedFiles, type StateFile } from './state-files.js';
import { sha256 } from './back-up.js';

export interface BackupVisitor {
  begin?(manifest: Manifest): Promise<void>;
  /** Pieces of one table come together, tables in the order of the manifest. */
  rows?(table: string, piece: Buffer): Promise<void>;
}

export interface BackupContents {
  readonly manifest: Manifest;
  readonly files: readonly StateFile[];
  readonly end: ArchiveEnd;
}

/** @throws AppError BACKUP_INVALID, BACKUP_NEWER; what the visitor throws */
export async function readBackup(
  place: ArchivePlace,
  visitor: BackupVisitor = {},
  signal?: AbortSignal,
): Promise<BackupContents> {
  let contents: BackupContents | null = null;
  const use = async (records: AsyncIterable<ArchiveRecord>): Promise<void> => {
    contents = await visit(records, visitor);
  };
  await readArchive(place, use, signal);
  if (contents === null) throw wrong('it is empty');
  return contents;
}

async function visit(records: AsyncIterable<ArchiveRecord>, visitor: BackupVisitor): Promise<BackupContents> {
  let manifest: Manifest | null = null;
  let end: ArchiveEnd | null = null;
  const files: StateFile[] = [];
  const sums = new Map<string, Hash>();
  for await (const { head, body } of records) {
    if (end !== null) throw wrong('something comes after its end');
    if (head.kind === 'manifest') {
      if (manifest !== null) throw wrong('it begins twice');
      manifest = checkFormat(head);
      for (const { name } of manifest.tables) sums.set(name, createHash('sha256'));
      await visitor.begin?.(manifest);
      continue;
    }
    if (manifest === null) throw wrong('its beginning is missing');
    if (head.kind === 'end') end = head;
    else if (head.kind === 'file') files.push({ name: knownFile(head.name), content: Buffer.from(body) });
    else {
      const sum = sums.get(head.table);
      if (!sum) throw wrong(`it does not announce the table ${head.table}`);
      sum.update(body);
      await visitor.rows?.(head.table, body);
    }
  }
  if (manifest === null || end === null) throw wrong('its end is missing');
  checkSums(end, sums, files);
  return { manifest, files, end };
}

function checkFormat(manifest: Manifest): Manifest {
  if (manifest.format <= backupFormat) return manifest;
  throw new AppError('BACKUP_NEWER', {
    message: `The backup was made by Roundhouse ${manifest.product}, in a format that is not known here`,
  });
}

/** Names are chosen from those known here: a file never goes where the backup says. */
function knownFile(name: string): string {
  const known = savedFiles.find((saved) => saved === name);
  if (known === undefined) throw wrong(`it holds a file that is not known here: ${name}`);
  return known;
}

function checkSums(end: ArchiveEnd, sums: ReadonlyMap<string, Hash>, files: readonly StateFile[]): void {
  if (end.tables.length !== sums.size) throw wrong('tables are missing');
  for (const table of end.tables) {
    if (sums.get(table.name)?.copy().digest('hex') !== table.sha256)
      throw wrong(`table ${table.name} is damaged`);
  }
  if (end.files.length !== files.length) throw wrong('files are missing');
  for (const { name, sha256: expected } of end.files) {
    const file = files.find((one) => one.name === name);
    if (!file || sha256(file.content) !== expected) throw wrong(`file ${name} is damaged`);
  }
}

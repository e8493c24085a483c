// A backup as records: what there is (manifest), files of the state directory, rows of tables in pieces, and at the end
// the checksums of all of it. Records are compressed, then sealed. No name in it ever becomes a path by itself.
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { AppError } from '@roundhouse/protocol';
import { z } from 'zod';
import { openFrames, sealFrames } from './sealed-frames.js';

/** Grows when an older Roundhouse could not read it any more. */
export const backupFormat = 1;
/** Heads are small but for the manifest with its columns; bodies are the pieces that a table comes in. */
const headMaxBytes = 1024 * 1024;
export const bodyMaxBytes = 256 * 1024;

const name = z.string().min(1).max(200);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const tableSchema = z.object({ name, columns: z.array(name).min(1) });
const manifestSchema = z.object({
  kind: z.literal('manifest'),
  format: z.int().positive(),
  product: name,
  createdAt: z.iso.datetime(),
  database: z.enum(['embedded', 'external']),
  migrations: z.array(name),
  /** In the order in which they can be loaded. */
  tables: z.array(tableSchema),
});
const endSchema = z.object({
  kind: z.literal('end'),
  tables: z.array(z.object({ name, rows: z.int().nonnegative(), sha256 })),
  files: z.array(z.object({ name, sha256 })),
});
const headSchema = z.discriminatedUnion('kind', [
  manifestSchema,
  z.object({ kind: z.literal('file'), name }),
  z.object({ kind: z.literal('rows'), table: name }),
  endSchema,
]);

export type Manifest = z.infer<typeof manifestSchema>;
export type ArchiveEnd = z.infer<typeof endSchema>;
export interface ArchiveRecord {
  readonly head: z.infer<typeof headSchema>;
  readonly body: Buffer;
}

/** Where a backup is, and what opens it. */
export interface ArchivePlace {
  readonly file: string;
  /** Null: not encrypted. */
  readonly passphrase: string | null;
}

/** The file appears whole or not at all. */
export async function writeArchive(
  place: ArchivePlace,
  records: AsyncIterable<ArchiveRecord>,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const draft = `${place.file}.part`;
  try {
    await pipeline(
      encode(records),
      createGzip(),
      (source: AsyncIterable<Buffer>) => sealFrames(source, place.passphrase),
      createWriteStream(draft, { flags: 'w', mode: 0o600, flush: true }),
      { signal },
    );
    await rename(draft, place.file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** @throws AppError BACKUP_INVALID, BACKUP_NEWER; what `use` throws */
export async function readArchive(
  { file, passphrase }: ArchivePlace,
  use: (records: AsyncIterable<ArchiveRecord>) => Promise<void>,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  try {
    await pipeline(
      createReadStream(file),
      (source: AsyncIterable<Buffer>) => openFrames(source, passphrase),
      createGunzip(),
      (source: AsyncIterable<Buffer>) => use(decode(source)),
      { signal },
    );
  } catch (error) {
    throw readable(error, file);
  }
}

function readable(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
    return new AppError('BACKUP_INVALID', { message: `${file} cannot be read (${code})`, cause: error });
  }
  if (!code.startsWith('Z_')) return error;
  return new AppError('BACKUP_INVALID', { message: 'The backup is damaged', cause: error });
}

async function* encode(records: AsyncIterable<ArchiveRecord>): AsyncGenerator<Buffer> {
  for await (const { head, body } of records) {
    const text = Buffer.from(JSON.stringify(head));
    const sizes = Buffer.alloc(8);
    sizes.writeUInt32BE(text.length, 0);
    sizes.writeUInt32BE(body.length, 4);
    yield Buffer.concat([sizes, text, body]);
  }
}

async function* decode(source: AsyncIterable<Buffer>): AsyncGenerator<ArchiveRecord> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    for (;;) {
      const record = firstRecord(held);
      if (record === null) break;
      held = held.subarray(record.bytes);
      yield record;
    }
  }
  if (held.length > 0) throw wrong('it ends within a record');
}

function firstRecord(held: Buffer): (ArchiveRecord & { bytes: number }) | null {
  if (held.length < 8) return null;
  const [headBytes, bodyBytes] = [held.readUInt32BE(0), held.readUInt32BE(4)];
  if (headBytes > headMaxBytes || bodyBytes > bodyMaxBytes) throw wrong('a record is too large');
  const bytes = 8 + headBytes + bodyBytes;
  if (held.length < bytes) return null;
  const parsed = headSchema.safeParse(parseJson(held.toString('utf8', 8, 8 + headBytes)));
  if (!parsed.success) throw wrong('a record is not known');
  return { head: parsed.data, body: held.subarray(8 + headBytes, bytes), bytes };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const wrong = (what: string): AppError =>
  new AppError('BACKUP_INVALID', { message: `The backup cannot be used: ${what}` });

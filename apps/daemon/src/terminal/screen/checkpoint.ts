// A screen on disk, so that the next daemon does not draw everything again and an ended session shows at once: one line
// of JSON, then the bytes that draw it. Written whole or not at all; a damaged one is none.
import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { colsSchema, offsetSchema, rowsSchema } from '@roundhouse/protocol';
import { z } from 'zod';

const name = 'screen.checkpoint';
/** The head fits; a file without a line end in its first bytes is not a checkpoint. */
const headMaxBytes = 4_096;

/**
 * Output after which a checkpoint is worth its time, and the shortest time between two. Less than `someBytes` is drawn
 * again in a few milliseconds: an agent that only turns its spinner writes none.
 */
const worth = { bytes: 16 * 1024 * 1024, minMs: 1_000, someBytes: 1024 * 1024, someMs: 30_000 };

/** Whether a screen is to be written, with so many bytes drawn since the last time, which was so long ago. */
export function isCheckpointDue(bytes: number, sinceMs: number): boolean {
  return (
    (bytes >= worth.bytes && sinceMs >= worth.minMs) || (bytes >= worth.someBytes && sinceMs >= worth.someMs)
  );
}

const headSchema = z.object({
  version: z.literal(1),
  offset: offsetSchema,
  cols: colsSchema,
  rows: rowsSchema,
  /** Lines above the screen in the data. */
  scrollback: z.int().nonnegative(),
  /** Nothing before the offset was missing when it was drawn. */
  exact: z.boolean(),
  /** The output ends here. */
  final: z.boolean(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
});

export type CheckpointHead = Omit<z.infer<typeof headSchema>, 'version' | 'bytes' | 'sha256'>;
export interface Checkpoint {
  readonly head: CheckpointHead;
  readonly data: Buffer;
}

/** Null when there is none that can be used. */
export async function readCheckpoint(dir: string): Promise<Checkpoint | null> {
  const file = await readFile(join(dir, name)).catch(() => null);
  if (!file) return null;
  const end = file.subarray(0, headMaxBytes).indexOf(0x0a);
  if (end < 0) return null;
  const head = headSchema.safeParse(jsonOf(file.toString('utf8', 0, end)));
  const data = file.subarray(end + 1);
  if (!head.success || head.data.bytes !== data.length || head.data.sha256 !== sha256(data)) return null;
  return { head: head.data, data };
}

/** @throws the error of the system; the checkpoint before it is still there then */
export async function writeCheckpoint(dir: string, { head, data }: Checkpoint): Promise<void> {
  const temporary = join(dir, `${name}.tmp`);
  const text = JSON.stringify({ version: 1, ...head, bytes: data.length, sha256: sha256(data) });
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.write(`${text}\n`);
      await file.write(data);
      // The last one is kept for years; the others only shorten a start.
      if (head.final) await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(dir, name));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

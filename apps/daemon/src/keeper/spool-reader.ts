// Reads the spool's segments: shared by the keeper and by a daemon that shows an ended session without its keeper.
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One file of the spool: raw bytes from `start`. */
export interface Segment {
  readonly start: number;
  readonly length: number;
}

/** Bytes of a terminal; `off` is later than asked for where bytes are gone. */
export interface Slice {
  readonly off: number;
  readonly bytes: Buffer;
}

/** Digits of 2^53-1, so that names sort as numbers. */
const NAME_DIGITS = 16;

export function segmentName(start: number): string {
  return String(start).padStart(NAME_DIGITS, '0');
}

/** Segments in order; overlaps (a write that failed half-way and was repeated) are cut to the next one's start. */
async function listSegments(dir: string): Promise<Segment[]> {
  const names = (await readdir(dir))
    .filter((name) => name.length === NAME_DIGITS && /^\d+$/.test(name))
    .sort();
  const sized = await Promise.all(
    names.map(async (name) => ({ start: Number(name), length: (await stat(join(dir, name))).size })),
  );
  return sized.map((segment, index) => {
    const next = sized[index + 1];
    return next
      ? { start: segment.start, length: Math.min(segment.length, next.start - segment.start) }
      : segment;
  });
}

/** At most `max` bytes at `from`, or at the next offset that exists; null when there is nothing from there on. */
export async function readSegments(
  dir: string,
  segments: readonly Segment[],
  request: { from: number; max: number },
) {
  for (const segment of segments) {
    const end = segment.start + segment.length;
    if (end <= request.from) continue;
    const off = Math.max(request.from, segment.start);
    const bytes = await readSegment(dir, segment, { off, length: Math.min(request.max, end - off) });
    if (bytes && bytes.length > 0) return { off, bytes } satisfies Slice;
  }
  return null;
}

async function readSegment(dir: string, segment: Segment, part: { off: number; length: number }) {
  try {
    const file = await open(join(dir, segmentName(segment.start)), 'r');
    try {
      const buffer = Buffer.allocUnsafe(part.length);
      const { bytesRead } = await file.read(buffer, 0, part.length, part.off - segment.start);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return null; // The budget removed it meanwhile, or the disk cannot read it: those bytes are gone.
  }
}

/** The spool of an ended session. */
export interface EndedSpool {
  /** Offset of the first byte on disk. */
  readonly oldest: number;
  /** Offset after the last byte on disk. */
  readonly head: number;
  /** At most `max` bytes at `from` or at the next offset that exists; null at the end. */
  read(from: number, max: number): Promise<Slice | null>;
}

/**
 * Opens `<sessionDir>/spool` for reading, without a keeper. A missing spool is an empty one.
 * @param sessionDir the directory that the keeper was started with
 */
export async function openSpool(sessionDir: string): Promise<EndedSpool> {
  const dir = join(sessionDir, 'spool');
  const segments = await listSegments(dir).catch(() => []);
  const last = segments.at(-1);
  return {
    oldest: segments[0]?.start ?? 0,
    head: last ? last.start + last.length : 0,
    read: (from, max) => readSegments(dir, segments, { from, max }),
  };
}

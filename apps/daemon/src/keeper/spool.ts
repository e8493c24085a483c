// The keeper's output on disk: append-only segments, the oldest deleted beyond the budget. No fsync: it survives the
// death of every process of ours, not a power cut.
import { mkdirSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { readSegments, segmentName, type Segment, type Slice } from './spool-reader.js';

const SEGMENT_BYTES = 1024 * 1024;
/** Number of segments: 64 MiB per session, a day of an agent, an hour of a flood's worth of context. */
export const SPOOL_SEGMENTS = 64;

export interface SpoolOptions {
  readonly segmentBytes?: number;
  readonly maxSegments?: number;
}

export class Spool {
  readonly #dir: string;
  readonly #segmentBytes: number;
  readonly #maxSegments: number;
  readonly #segments: { start: number; length: number }[] = [];
  #file: FileHandle | null = null;

  constructor(dir: string, options: SpoolOptions = {}) {
    this.#dir = dir;
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#maxSegments = options.maxSegments ?? SPOOL_SEGMENTS;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Offset of the first byte on disk, null while there is none. */
  get oldest(): number | null {
    return this.#segments[0]?.start ?? null;
  }

  /** Offset that the output reaches when the byte at `off` goes: the oldest segments make room for new, full ones. */
  lostAt(off: number): number {
    const last = this.#segments.at(-1);
    if (!last) return off + this.#segmentBytes * this.#maxSegments;
    const next = this.#segments.findIndex(({ start }) => start > off);
    const index = next < 0 ? this.#segments.length - 1 : Math.max(0, next - 1);
    const more = this.#maxSegments - this.#segments.length + 1 + index;
    return last.start + this.#segmentBytes * more;
  }

  /**
   * Appends `bytes`, the first of which has number `off`. One call at a time. An `off` that does not follow the last
   * byte (after a time without disk) starts a new segment.
   * @throws the file system's error; what was written before it stays readable
   */
  async write(off: number, bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const segment = await this.#segmentFor(off + done);
      const length = Math.min(bytes.length - done, this.#segmentBytes - segment.length);
      const { bytesWritten } = await segment.file.write(bytes, done, length, segment.length);
      segment.grow(bytesWritten);
      done += bytesWritten;
    }
  }

  read(from: number, max: number): Promise<Slice | null> {
    return readSegments(this.#dir, [...this.#segments], { from, max });
  }

  /** Closes the file of the current segment until the next write. Never throws. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => undefined);
  }

  async #segmentFor(off: number) {
    const last = this.#segments.at(-1);
    const fits = last && last.start + last.length === off && last.length < this.#segmentBytes;
    const file = last && fits ? (this.#file ?? (await this.#reopen(last.start))) : null;
    if (last && file) return this.#opened(last, file);
    await this.close();
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    this.#file = await open(join(this.#dir, segmentName(off)), 'w', 0o600);
    this.#cutFrom(off);
    const segment = { start: off, length: 0 };
    this.#segments.push(segment);
    await this.#dropOldest();
    return this.#opened(segment, this.#file);
  }

  /** Goes on in a segment that `close` left short; null when its file is gone. */
  async #reopen(start: number): Promise<FileHandle | null> {
    this.#file = await open(join(this.#dir, segmentName(start)), 'r+').catch(() => null);
    return this.#file;
  }

  /** A repeated write replaces what a failed one left behind. */
  #cutFrom(off: number): void {
    while ((this.#segments.at(-1)?.start ?? -1) >= off) this.#segments.pop();
    const last = this.#segments.at(-1);
    if (last) last.length = Math.min(last.length, off - last.start);
  }

  #opened(segment: { length: number }, file: FileHandle) {
    return { file, length: segment.length, grow: (count: number) => void (segment.length += count) };
  }

  async #dropOldest(): Promise<void> {
    while (this.#segments.length > this.#maxSegments) {
      const oldest = this.#segments.shift();
      if (oldest) await unlink(join(this.#dir, segmentName(oldest.start))).catch(() => undefined);
    }
  }
}

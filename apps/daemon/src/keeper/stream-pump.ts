// Sends the output to one daemon: bytes, gaps, sizes and the exit in stream order, never more than it has credit for.
import type { KeeperExit, KeeperResize } from '@roundhouse/protocol';
import { DATA_BYTES } from './frames.js';
import { KeeperFault } from './keeper-fault.js';
import type { OutputLog } from './output-log.js';
import type { ResizeLog } from './resize-log.js';
import type { Slice } from './spool-reader.js';

export interface StreamSink {
  /** False while the socket is full; call `kick` when that changes. */
  readonly ready: () => boolean;
  readonly data: (off: number, bytes: Buffer) => void;
  readonly gap: (from: number, to: number) => void;
  readonly resized: (off: number, size: { cols: number; rows: number }) => void;
  readonly exit: (exit: KeeperExit) => void;
}

export interface StreamSource {
  readonly log: Pick<OutputLog, 'head' | 'peek' | 'read'>;
  readonly resizes: Pick<ResizeLog, 'at' | 'nextAfter'>;
  readonly exit: () => KeeperExit | null;
}

/**
 * In a flood, frames wait this long to grow: a PTY gives 4 KiB at a time, and a frame each costs more than its bytes.
 * What follows a silence of that length goes at once.
 */
const COALESCE_MS = 1;
/** Bytes that one read takes from the disk: four frames for one opening of a file. */
const AHEAD_BYTES = 4 * DATA_BYTES;
/** A frame under this size is typing, not a flood, however fast the next one follows. */
const FLOOD_BYTES = 1024;

/**
 * A reader draws the screen beside what people type and see: a few bytes wait for it so long, and have reached whoever typed
 * them by then.
 */
const READER_REST_MS = 4;

export interface StreamStart {
  readonly from: number;
  readonly window: number;
  /** Not the writer's stream. */
  readonly reader?: boolean;
  /** Milliseconds; 0 sends what each turn of the event loop brought. */
  readonly coalesceMs?: number;
}

export class StreamPump {
  readonly #source: StreamSource;
  readonly #sink: StreamSink;
  readonly #window: number;
  readonly #coalesceMs: number;
  readonly #restMs: number;
  #lastData = 0;
  #lastBytes = 0;
  #cursor: number;
  /** First offset that may not be sent yet. */
  #limit: number;
  #lastGap: { from: number; to: number } | null = null;
  #sizeSent: KeeperResize | null = null;
  #sizeFloor: number;
  #exitSent = false;
  /** Read from disk and not sent yet, or not all of it. */
  #ahead: Slice | null = null;
  #stopped = false;
  #running = false;
  #again = false;
  #scheduled = false;

  constructor(source: StreamSource, sink: StreamSink, start: StreamStart) {
    this.#source = source;
    this.#sink = sink;
    this.#window = start.window;
    this.#coalesceMs = start.coalesceMs ?? COALESCE_MS;
    this.#restMs = start.reader ? READER_REST_MS : 0;
    this.#cursor = this.#sizeFloor = start.from;
    this.#limit = start.from + start.window;
  }

  /** Something changed: more output, a size, the exit, room in the socket. */
  kick(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    const run = (): void => {
      this.#scheduled = false;
      void this.#run();
    };
    if (this.#inFlood()) setTimeout(run, this.#coalesceMs);
    else if (this.#restMs > 0 && this.#source.log.head - this.#cursor < FLOOD_BYTES)
      setTimeout(run, this.#restMs);
    else setImmediate(run);
  }

  /**
   * @returns the offset before which the other side has everything
   * @throws KeeperFault for an offset that was never sent
   */
  ack(off: number): number {
    if (off > this.#cursor) {
      throw new KeeperFault(
        'OFFSET_INVALID',
        `ACK of ${String(off)}, but only ${String(this.#cursor)} was sent`,
      );
    }
    // Who has everything before a gap has the gap, too.
    const gap = this.#lastGap;
    const reached = gap && off >= gap.from ? Math.max(off, gap.to) : off;
    this.#limit = Math.max(this.#limit, reached + this.#window);
    this.kick();
    return this.#limit - this.#window;
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    while (this.#again) {
      this.#again = false;
      while (await this.#step());
    }
    this.#running = false;
  }

  /** @returns true when there may be more to do at once */
  async #step(): Promise<boolean> {
    if (this.#stopped) return false;
    const { log, resizes } = this.#source;
    this.#sendSize();
    if (this.#cursor >= log.head) {
      this.#sendExit();
      return false;
    }
    const room = this.#limit - this.#cursor;
    if (room <= 0 || !this.#sink.ready()) return false;
    const untilResize = (resizes.nextAfter(this.#cursor) ?? Number.MAX_SAFE_INTEGER) - this.#cursor;
    const max = Math.min(DATA_BYTES, room, untilResize);
    const inMemory = log.peek(this.#cursor, max);
    if (inMemory) this.#ahead = null;
    const slice = inMemory ? { off: this.#cursor, bytes: inMemory } : await this.#fromDisk(max);
    if (!this.#isStopped()) this.#sendSlice(slice);
    return true;
  }

  /** A stream that is behind what memory holds stays there in a flood: it reads more at once than it may send. */
  async #fromDisk(max: number): Promise<Slice> {
    const before = this.#ahead;
    const at = this.#cursor - (before?.off ?? Number.POSITIVE_INFINITY);
    const has = before !== null && at >= 0 && at < before.bytes.length;
    const slice = has ? before : await this.#source.log.read(this.#cursor, AHEAD_BYTES);
    this.#ahead = slice;
    const start = has ? at : 0;
    return { off: slice.off + start, bytes: slice.bytes.subarray(start, start + max) };
  }

  #inFlood(): boolean {
    const full = this.#source.log.head - this.#cursor >= DATA_BYTES;
    return !full && this.#lastBytes >= FLOOD_BYTES && performance.now() - this.#lastData < this.#coalesceMs;
  }

  #sendSlice(slice: { off: number; bytes: Buffer }): void {
    if (slice.off > this.#cursor) {
      // The bytes after a gap may be drawn at another size: the next step sends that first, and reads again.
      const gap = { from: this.#cursor, to: slice.off };
      this.#lastGap = gap;
      this.#cursor = this.#sizeFloor = gap.to;
      this.#limit += gap.to - gap.from;
      this.#sink.gap(gap.from, gap.to);
      return;
    }
    this.#cursor += slice.bytes.length;
    this.#lastData = performance.now();
    this.#lastBytes = slice.bytes.length;
    this.#sink.data(slice.off, slice.bytes);
  }

  #sendSize(): void {
    const size = this.#source.resizes.at(this.#cursor);
    const { off, cols, rows } = this.#sizeSent ?? { off: -1, cols: 0, rows: 0 };
    if (size.off === off && size.cols === cols && size.rows === rows) return;
    this.#sizeSent = size;
    this.#sink.resized(Math.min(Math.max(size.off, this.#sizeFloor), this.#cursor), size);
  }

  #sendExit(): void {
    const exit = this.#source.exit();
    if (!exit || this.#exitSent || exit.off > this.#cursor) return;
    this.#exitSent = true;
    this.#sink.exit(exit);
  }

  /** Read again after a wait, where the compiler still believes the earlier check. */
  #isStopped(): boolean {
    return this.#stopped;
  }
}

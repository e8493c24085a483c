// Everything an agent printed: ring in memory, spool on disk behind it, one address space of offsets.
import { Ring, RING_BYTES } from './ring.js';
import { Spool, type SpoolOptions } from './spool.js';
import type { Slice } from './spool-reader.js';

export interface OutputLogOptions extends SpoolOptions {
  readonly dir: string;
  readonly ringBytes?: number;
  /** The disk cannot keep up (true): stop reading the PTY until it says false. */
  readonly onPressure: (pressed: boolean) => void;
  /** The spool stopped (true) or works again (false). */
  readonly onDegraded: (degraded: boolean) => void;
  /** Monotonic milliseconds. */
  readonly monotonic: () => number;
}

/** Bytes per write to the spool. */
const WRITE_BYTES = 256 * 1024;
/** So little waits for a moment before it is written: who typed it has seen it by then. */
const SMALL_BYTES = 32 * 1024;
const SMALL_WAIT_MS = 5;
/** A broken spool is tried again this often: a full disk is usually emptied. */
const RETRY_MS = 30_000;

export class OutputLog {
  readonly #ring: Ring;
  readonly #spool: Spool;
  readonly #options: OutputLogOptions;
  readonly #ringBytes: number;
  /** Unwritten bytes that stop the reading (half the ring, so that none is overwritten) and let it go on. */
  readonly #high: number;
  readonly #low: number;
  /** Everything before it is on disk, or was given up. */
  #flushed = 0;
  #writing: Promise<void> | null = null;
  #soon: NodeJS.Timeout | null = null;
  #pressed = false;
  #degradedAt: number | null = null;

  constructor(options: OutputLogOptions) {
    const ringBytes = options.ringBytes ?? RING_BYTES;
    this.#ring = new Ring(ringBytes);
    this.#ringBytes = ringBytes;
    this.#high = ringBytes / 2;
    this.#low = ringBytes / 8;
    this.#spool = new Spool(options.dir, options);
    this.#options = options;
  }

  get head(): number {
    return this.#ring.head;
  }

  get oldest(): number {
    return Math.min(this.#ring.oldest, this.#spool.oldest ?? Number.MAX_SAFE_INTEGER);
  }

  /** True while output is kept in memory only. */
  get degraded(): boolean {
    return this.#degradedAt !== null;
  }

  /** Bytes that may still be appended before the one at `off` is lost; of those that are lost already, the oldest. */
  roomFor(off: number): number {
    const wanted = Math.max(off, this.oldest);
    const lostAt = this.degraded ? wanted + this.#ringBytes : this.#spool.lostAt(wanted);
    return lostAt - this.head;
  }

  append(bytes: Buffer): void {
    this.#ring.append(bytes);
    if (this.head - this.#flushed >= Math.min(SMALL_BYTES, this.#low)) this.#flush();
    else this.#soon ??= setTimeout(() => this.#flush(), SMALL_WAIT_MS);
    if (!this.degraded && this.head - this.#flushed >= this.#high) this.#press(true);
  }

  /** Bytes that are in memory; null when `from` must be read from disk. */
  peek(from: number, max: number): Buffer | null {
    return this.#ring.read(from, max);
  }

  /** At most `max` bytes at `from`, or at the next offset that still exists. `from` must not be beyond the head. */
  async read(from: number, max: number): Promise<Slice> {
    const inMemory = this.peek(from, max);
    if (inMemory) return { off: from, bytes: inMemory };
    const slice = await this.#spool.read(from, max);
    const oldest = this.#ring.oldest;
    if (slice && slice.off <= oldest) return slice;
    return { off: oldest, bytes: this.peek(oldest, max) ?? Buffer.alloc(0) };
  }

  /** Resolves when everything is on disk, as far as the disk takes it. */
  async close(): Promise<void> {
    this.#flush();
    while (this.#writing) await this.#writing;
    await this.#spool.close();
  }

  #flush(): void {
    if (this.#soon) clearTimeout(this.#soon);
    this.#soon = null;
    if (this.#writing) return;
    if (this.#degradedAt !== null) {
      if (this.#options.monotonic() - this.#degradedAt < RETRY_MS) return;
      this.#degradedAt = this.#options.monotonic();
    }
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#degradedAt === null && this.#flushed < this.head) this.#flush();
    });
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#flushed < this.head) {
        const from = Math.max(this.#flushed, this.#ring.oldest);
        const bytes = this.#ring.read(from, WRITE_BYTES) ?? Buffer.alloc(0);
        await this.#spool.write(from, bytes);
        this.#flushed = from + bytes.length;
        if (this.#degradedAt !== null) this.#setDegraded(null);
        if (this.head - this.#flushed <= this.#low) this.#press(false);
      }
    } catch {
      await this.#spool.close();
      this.#setDegraded(this.#options.monotonic());
      this.#press(false);
    }
  }

  #setDegraded(at: number | null): void {
    const was = this.degraded;
    this.#degradedAt = at;
    if (was !== this.degraded) this.#options.onDegraded(this.degraded);
  }

  #press(pressed: boolean): void {
    if (this.#pressed === pressed) return;
    this.#pressed = pressed;
    this.#options.onPressure(pressed);
  }
}

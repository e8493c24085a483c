// The newest bytes of one stream, addressed by their absolute offset. Pure.

/** Most bytes kept for each watched session: two viewer windows, so that a viewer in step never needs the host. */
export const ringBytes = 1024 * 1024;

/**
 * A ring is this small when many sessions are watched: those beyond the first hundreds share some 500 MB, of which only
 * what was written is taken from the machine. What a viewer lacks beyond its ring is asked of the host.
 */
const manyRingsBytes = 128 * 1024 * 1024;
const leastBytes = 64 * 1024;

/** Most bytes to keep of each session when so many are watched. */
export const ringLimit = (sessions: number): number =>
  Math.max(leastBytes, Math.min(ringBytes, Math.floor(manyRingsBytes / Math.max(1, sessions))));

/**
 * One piece of memory, taken whole with the first byte, written round and round, and read as copies: what is kept for long
 * gives the collector of garbage nothing to do, and what is sent is gone soon. What has only just come is sent as it came.
 */
export class ByteRing {
  #memory = new Uint8Array(0);
  #start: number;
  #end: number;
  #fresh: Uint8Array | null = null;

  /** @param limit most bytes to keep, asked when there are some */
  constructor(
    start: number,
    private readonly limit: () => number = () => ringBytes,
  ) {
    this.#start = this.#end = start;
  }

  /** Offset of the oldest byte kept. */
  get start(): number {
    return this.#start;
  }

  /** Offset after the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** Adds bytes that follow the end. Who reads them meanwhile gets them without a copy. */
  append(data: Uint8Array, meanwhile: () => void = () => undefined): void {
    if (data.byteLength === 0) return;
    if (this.#memory.byteLength === 0) this.#memory = new Uint8Array(this.limit());
    const { byteLength: size } = this.#memory;
    const kept = data.byteLength > size ? data.subarray(data.byteLength - size) : data;
    this.#end += data.byteLength;
    this.#put(kept, this.#end - kept.byteLength);
    this.#start = Math.max(this.#start, this.#end - size);
    this.#fresh = data;
    try {
      meanwhile();
    } finally {
      this.#fresh = null;
    }
  }

  /** Forgets everything and goes on at `offset`, after a gap. */
  reset(offset: number): void {
    this.#start = this.#end = offset;
    this.#fresh = null;
  }

  /** At most `max` bytes from `from`, which stay as they are; empty when there are none, null when they are gone. */
  read(from: number, max: number): Uint8Array | null {
    if (from < this.#start || from > this.#end) return null;
    const since = from - this.#end + (this.#fresh?.byteLength ?? 0);
    if (this.#fresh && since >= 0) return this.#fresh.subarray(since, since + max);
    const copy = Buffer.allocUnsafe(Math.min(max, this.#end - from));
    const at = this.#place(from);
    const first = this.#memory.subarray(at, at + copy.byteLength);
    copy.set(first);
    copy.set(this.#memory.subarray(0, copy.byteLength - first.byteLength), first.byteLength);
    return copy;
  }

  #place(offset: number): number {
    return offset % Math.max(1, this.#memory.byteLength);
  }

  #put(data: Uint8Array, offset: number): void {
    const at = this.#place(offset);
    const first = data.subarray(0, this.#memory.byteLength - at);
    this.#memory.set(first, at);
    this.#memory.set(data.subarray(first.byteLength), 0);
  }
}

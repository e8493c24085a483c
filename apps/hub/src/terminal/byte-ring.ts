// The newest bytes of one stream, addressed by their absolute offset. Pure.

/** Most bytes kept for each watched session: two viewer windows, so that a viewer in step never needs the host. */
export const ringBytes = 1024 * 1024;

/** Pieces are put together up to this size: a chunk for each keystroke would cost a hundred times its bytes. */
const mergeBytes = 4 * 1024;

interface Chunk {
  readonly offset: number;
  readonly data: Uint8Array;
}

export class ByteRing {
  #chunks: Chunk[] = [];
  #end: number;

  constructor(
    start: number,
    private readonly capacity: number = ringBytes,
  ) {
    this.#end = start;
  }

  /** Offset of the oldest byte kept. */
  get start(): number {
    return this.#chunks[0]?.offset ?? this.#end;
  }

  /** Offset after the newest byte. */
  get end(): number {
    return this.#end;
  }

  /** Adds bytes that follow the end. */
  append(data: Uint8Array): void {
    if (data.byteLength === 0) return;
    const last = this.#chunks.at(-1);
    if (last && last.data.byteLength + data.byteLength <= mergeBytes) {
      this.#chunks[this.#chunks.length - 1] = { offset: last.offset, data: joined(last.data, data) };
    } else this.#chunks.push({ offset: this.#end, data });
    this.#end += data.byteLength;
    while (this.#chunks.length > 1 && this.#end - this.start > this.capacity) this.#chunks.shift();
  }

  /** Forgets everything and goes on at `offset`, after a gap. */
  reset(offset: number): void {
    this.#chunks = [];
    this.#end = offset;
  }

  /** At most `max` bytes from `from`, of one chunk; empty when there are none, null when they are gone. */
  read(from: number, max: number): Uint8Array | null {
    if (from < this.start || from > this.#end) return null;
    const index = this.#find(from);
    const chunk = this.#chunks[index];
    if (!chunk) return new Uint8Array();
    const skip = from - chunk.offset;
    return chunk.data.subarray(skip, skip + max);
  }

  /** Index of the chunk that holds the byte at `offset`. */
  #find(offset: number): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const chunk = this.#chunks[middle];
      if (chunk && chunk.offset + chunk.data.byteLength <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.byteLength + b.byteLength);
  both.set(a);
  both.set(b, a.byteLength);
  return both;
}

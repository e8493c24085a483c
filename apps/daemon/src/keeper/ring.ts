// The last bytes of a terminal in memory, addressed by absolute offset. Pure.

/** Enough for the screen and some scrollback of a busy agent; what is older is read from the spool. */
export const RING_BYTES = 1024 * 1024;

export class Ring {
  readonly #buffer: Buffer;
  #head = 0;

  /** @param capacity bytes; memory is only touched as it fills. */
  constructor(capacity: number = RING_BYTES) {
    if (!Number.isInteger(capacity) || capacity < 1)
      throw new RangeError('ring capacity must be a positive integer');
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  /** Offset of the first byte still held. */
  get oldest(): number {
    return Math.max(0, this.#head - this.#buffer.length);
  }

  /** Offset of the next byte to come: the number of bytes ever appended. */
  get head(): number {
    return this.#head;
  }

  append(bytes: Buffer): void {
    const capacity = this.#buffer.length;
    const kept = bytes.length > capacity ? bytes.subarray(bytes.length - capacity) : bytes;
    const at = (this.#head + bytes.length - kept.length) % capacity;
    const first = Math.min(kept.length, capacity - at);
    kept.copy(this.#buffer, at, 0, first);
    kept.copy(this.#buffer, 0, first);
    this.#head += bytes.length;
  }

  /** A copy of at most `max` bytes from `from`; null when `from` is no longer (or not yet) here. */
  read(from: number, max: number): Buffer | null {
    if (from < this.oldest || from > this.#head) return null;
    const capacity = this.#buffer.length;
    const length = Math.min(max, this.#head - from);
    const at = from % capacity;
    const first = Math.min(length, capacity - at);
    const out = Buffer.allocUnsafe(length);
    this.#buffer.copy(out, 0, at, at + first);
    this.#buffer.copy(out, first, 0, length - first);
    return out;
  }
}

// Reads on from the master side of a PTY after a full read, into one buffer: the kernel gives 4 KiB at a time, and a
// turn of the event loop for each costs more than the bytes.
import { readSync } from 'node:fs';

/** A read that brings this much was cut by the kernel's own buffer (4095 bytes), so there is more. */
const FULL_READ_BYTES = 4_000;
/** At most so much before input, acknowledgements and timers have their turn: about a millisecond. */
export const TURN_BYTES = 128 * 1024;
/** Most that one read of the kernel gives. */
const READ_BYTES = 4_096;

export class PtyOutput {
  readonly #fd: number;
  readonly #buffer = Buffer.allocUnsafeSlow(TURN_BYTES);

  /** @param fd the master, in non-blocking mode as node-pty opens it */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /** What follows a read of `length` bytes and is there already; valid until the next call. Null when there is nothing. */
  more(length: number): Buffer | null {
    if (length < FULL_READ_BYTES) return null;
    let filled = 0;
    while (filled + READ_BYTES <= TURN_BYTES) {
      const count = this.#read(filled);
      filled += count;
      if (count < FULL_READ_BYTES) break;
    }
    return filled > 0 ? this.#buffer.subarray(0, filled) : null;
  }

  #read(at: number): number {
    // No stack for an error that only means "nothing there now".
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return readSync(this.#fd, this.#buffer, at, READ_BYTES, null);
    } catch {
      return 0; // EAGAIN, or the end: the stream on this descriptor meets it as well.
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

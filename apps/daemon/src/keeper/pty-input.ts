// Writes to the master side of a PTY without ever blocking: what the program does not read yet waits here.
// (The stream that node-pty writes to busy-waits in libuv on a full terminal: a large paste into a program that
// echoes would stop both sides for good.)
import { writeSync } from 'node:fs';

/** The kernel cannot tell Node when a terminal takes bytes again, so it is asked: soon, then less often. */
const FIRST_RETRY_MS = 1;
const LAST_RETRY_MS = 16;

export class PtyInput {
  /** The master, in non-blocking mode as node-pty opens it; null once closed: the number may be somebody else's. */
  #fd: number | null;
  readonly #queue: Buffer[] = [];
  #pending = 0;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Bytes that the program has no room for yet. */
  get pending(): number {
    return this.#pending;
  }

  write(bytes: Buffer): void {
    if (this.#fd === null || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#pending += bytes.length;
    if (!this.#timer) this.#flush();
  }

  /** Drops what waits. Must be called before the descriptor is closed. */
  close(): void {
    this.#fd = null;
    this.#queue.length = this.#pending = 0;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #flush(): void {
    this.#timer = null;
    for (let first = this.#queue[0]; first; first = this.#queue[0]) {
      const written = this.#writeSome(first);
      if (written === null) return;
      this.#pending -= written;
      if (written > 0) this.#retryMs = FIRST_RETRY_MS;
      if (written === first.length) this.#queue.shift();
      else return this.#retryLater(first.subarray(written));
    }
  }

  #retryLater(rest: Buffer): void {
    this.#queue[0] = rest;
    this.#timer = setTimeout(() => this.#flush(), this.#retryMs);
    this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2);
  }

  /** Bytes taken, 0 when there is no room; null when the terminal is gone. */
  #writeSome(bytes: Buffer): number | null {
    if (this.#fd === null) return null;
    try {
      return writeSync(this.#fd, bytes);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
      this.close();
      return null;
    }
  }
}

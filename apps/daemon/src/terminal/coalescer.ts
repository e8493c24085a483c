// Puts small pieces of output together: the first byte after a pause goes at once, the rest within milliseconds.
import type { Cancel, Clock } from '@roundhouse/kit';
import { outputChunkBytes } from '@roundhouse/protocol';

/** Shorter than a frame of the screen, long enough to turn a repaint into one message. */
const coalesceMs = 4;

export type SendOutput = (offset: number, data: Buffer) => void;

export class Coalescer {
  #parts: Buffer[] = [];
  #bytes = 0;
  #offset = 0;
  #quietSince = -Infinity;
  #cancel: Cancel | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly send: SendOutput,
  ) {}

  /** Takes bytes that follow those before. */
  push(offset: number, data: Buffer): void {
    if (this.#bytes === 0) this.#offset = offset;
    this.#parts.push(data);
    this.#bytes += data.length;
    const quiet = this.clock.monotonic() - this.#quietSince >= coalesceMs;
    if (this.#bytes >= outputChunkBytes || (quiet && this.#cancel === null)) this.flush();
    else
      this.#cancel ??= this.clock.after(coalesceMs, () => {
        this.flush();
      });
  }

  /** Sends what waits, in pieces that fit into a message. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#bytes === 0) return;
    const [only, ...more] = this.#parts;
    const all = only && more.length === 0 ? only : Buffer.concat(this.#parts, this.#bytes);
    const start = this.#offset;
    this.#parts = [];
    this.#bytes = 0;
    this.#quietSince = this.clock.monotonic();
    for (let at = 0; at < all.length; at += outputChunkBytes) {
      this.send(start + at, all.subarray(at, at + outputChunkBytes));
    }
  }

  /** Drops what waits. */
  dispose(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#parts = [];
    this.#bytes = 0;
  }
}

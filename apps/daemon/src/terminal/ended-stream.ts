// The stream of an epoch whose keeper is gone: its bytes from disk and then the exit, as fast as the hub takes them.
import { linkWindowBytes, outputChunkBytes, type Exit, type SessionId } from '@roundhouse/protocol';
import type { StreamSink } from '../sessions/session-events.js';
import { readEnded } from './output-source.js';

export interface EndedStreamOptions {
  readonly dir: string;
  readonly sessionId: SessionId;
  readonly epoch: number;
  readonly from: number;
  /** Length of the output. */
  readonly head: number;
  readonly exit: Exit;
  readonly sink: StreamSink;
}

export class EndedStream {
  readonly #options: EndedStreamOptions;
  #cursor: number;
  #acked: number;
  #running = false;
  #again = false;
  #stopped = false;

  constructor(options: EndedStreamOptions) {
    this.#options = options;
    this.#cursor = this.#acked = options.from;
  }

  /** Sends what the window allows; resolves when it waits for the hub or is done. */
  async pump(): Promise<void> {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#again) {
        this.#again = false;
        while (await this.#step());
      }
    } finally {
      this.#running = false;
    }
  }

  /** The hub has everything before `offset`. */
  ack(offset: number): Promise<void> {
    this.#acked = Math.min(Math.max(this.#acked, offset), this.#cursor);
    return this.pump();
  }

  dispose(): void {
    this.#stopped = true;
  }

  /** @returns whether there may be more to send at once */
  async #step(): Promise<boolean> {
    const { dir, sessionId, epoch, head, exit, sink } = this.#options;
    if (this.#stopped) return false;
    const at = { sessionId, epoch };
    if (this.#cursor >= head) {
      this.#stopped = true;
      sink.exit({ ...at, offset: head, exit });
      return false;
    }
    if (this.#cursor - this.#acked >= linkWindowBytes) return false;
    const slice = await readEnded(dir, this.#cursor, Math.min(outputChunkBytes, head - this.#cursor));
    if (this.#isStopped()) return false;
    const next = slice.data.length > 0 ? Math.min(slice.offset, head) : head;
    if (next > this.#cursor) {
      sink.gap({ ...at, from: this.#cursor, to: next });
      this.#acked = this.#cursor = next;
    } else {
      sink.output({ ...at, offset: next, data: slice.data });
      this.#cursor += slice.data.length;
    }
    return true;
  }

  /** Read again after a wait, where the compiler still believes the earlier check. */
  #isStopped(): boolean {
    return this.#stopped;
  }
}

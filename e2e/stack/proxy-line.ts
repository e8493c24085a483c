// One direction of one connection of the proxy: bytes and the end, in order, at the pace that the fault allows.
import type { Socket } from 'node:net';
import type { Fault } from './proxy.js';

/** Bytes that wait in here before the sender is made to wait: what a socket's own buffers hold. */
const heldMax = 256 * 1024;

interface Held {
  readonly at: number;
  /** Null: the end of this direction; `broken`: a reset. */
  readonly data: Buffer | null;
  readonly broken: boolean;
}

export class Line {
  #fault: Fault = { kind: 'pass' };
  readonly #held: Held[] = [];
  #bytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
  ) {
    from.on('data', (data) => {
      this.#hold({ data, broken: false });
    });
    from.on('end', () => {
      this.#hold({ data: null, broken: false });
    });
    from.on('error', () => {
      this.#hold({ data: null, broken: true });
    });
    // A side that was destroyed here, without a word: the other learns of it by the same way.
    from.on('close', () => {
      this.#hold({ data: null, broken: true });
    });
    to.on('drain', () => {
      this.#flush();
    });
  }

  set(fault: Fault): void {
    this.#fault = fault;
    this.#flush();
  }

  #hold(what: Pick<Held, 'data' | 'broken'>): void {
    if (this.#ended) return;
    if (what.broken) this.#ended = true;
    const delayMs = this.#fault.kind === 'delay' ? this.#fault.ms : 0;
    this.#held.push({ ...what, at: performance.now() + delayMs });
    this.#bytes += what.data?.length ?? 0;
    if (this.#bytes > heldMax) this.from.pause();
    this.#flush();
  }

  /** Sends on what is due. */
  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#fault.kind === 'hole') return;
    for (let next = this.#held[0]; next; next = this.#held[0]) {
      const waitMs = this.#fault.kind === 'delay' ? next.at - performance.now() : 0;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.#flush();
        }, waitMs);
        return;
      }
      if (this.to.writableNeedDrain) return;
      this.#held.shift();
      this.#send(next);
    }
    if (this.#bytes <= heldMax && this.from.isPaused()) this.from.resume();
  }

  #send({ data, broken }: Held): void {
    if (this.to.destroyed) return;
    if (data) {
      this.#bytes -= data.length;
      this.to.write(data);
      if (this.#bytes <= heldMax) this.from.resume();
    } else if (broken) this.to.destroy();
    else this.to.end();
  }
}

// The short way for what a terminal prints: the two frames of the event written as Socket.IO would, without its search
// for bytes in the payload and its packets. Order with everything else of the socket is kept.
import type { Socket } from 'socket.io';

/** The private parts of Engine.IO and ws that this needs; without them Socket.IO sends the event. */
interface Engine {
  readonly readyState: string;
  readonly writeBuffer?: readonly unknown[];
  readonly transport: { readonly socket?: Raw };
}
interface Raw {
  readonly readyState: number;
  readonly _socket?: { cork(): void; uncork(): void } | null;
  send(data: string | Uint8Array, options: { binary: boolean; compress: boolean }): void;
}

const open = 1;
/** Engine.IO's sign of a message, and Socket.IO's of an event with one piece of bytes. */
const head = '451-';
const placeholder = { _placeholder: true, num: 0 } as const;
const text = { binary: false, compress: false } as const;
const bytes = { binary: true, compress: false } as const;

export class OutputLine {
  readonly #engine: Engine;
  readonly #prefix: string;
  #held = false;

  constructor(socket: Pick<Socket, 'conn' | 'nsp'>) {
    this.#engine = socket.conn as unknown as Engine;
    this.#prefix = `${head}${socket.nsp.name},`;
  }

  /** @returns false when it cannot be sent so: then nothing was */
  send(name: string, payload: { readonly data: Uint8Array }): boolean {
    const { readyState, writeBuffer, transport } = this.#engine;
    const raw = transport.socket;
    const line = raw?._socket;
    // What waits in Engine.IO comes first; what it has let go is in the WebSocket already.
    if (readyState !== 'open' || writeBuffer?.length !== 0 || raw?.readyState !== open || !line) return false;
    if (!this.#held) {
      this.#held = true;
      line.cork();
      process.nextTick(() => {
        this.#held = false;
        line.uncork();
      });
    }
    raw.send(this.#prefix + JSON.stringify([name, { ...payload, data: placeholder }]), text);
    raw.send(payload.data, bytes);
    return true;
  }
}

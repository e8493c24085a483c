// The short way for what is sent most: the frames of an event written as Socket.IO would, without its search for bytes in the
// payload and its packets, and what goes to every browser encoded once. Order with everything else of the socket is kept.
import type { Socket } from 'socket.io';

/**
 * What follows a write so soon waits for the rest of that time, so that a burst of small messages is two writes and not a
 * dozen: most of what a message costs is the write. What comes after a silence leaves at once.
 */
const burstMs = 1;
/** More than that is not held: it is a flood, whose writes are large by themselves. */
const heldBytes = 16 * 1024;

/** The private parts of Engine.IO and ws that this needs; without them Socket.IO sends the event. */
interface Engine {
  readonly readyState: string;
  readonly writeBuffer?: readonly unknown[];
  readonly transport: { readonly socket?: Raw };
}
interface Raw {
  readonly readyState: number;
  readonly _socket?: Line | null;
  send(data: string | Uint8Array, options: { binary: boolean; compress: boolean }): void;
}
interface Line {
  readonly writableLength: number;
  cork(): void;
  uncork(): void;
}

const open = 1;
/** Engine.IO's sign of a message, and Socket.IO's of an event, or of one with one piece of bytes. */
const heads = { plain: '42', withBytes: '451-' } as const;
const placeholder = { _placeholder: true, num: 0 } as const;
const text = { binary: false, compress: false } as const;
const bytes = { binary: true, compress: false } as const;

/** What goes to many sockets is the same object for each. */
const encoded = new WeakMap<object, { readonly head: string; readonly frame: Buffer }>();

export class DirectLine {
  readonly #engine: Engine;
  readonly #namespace: string;
  #held = false;
  #timer: NodeJS.Timeout | null = null;
  #wroteAt = -Infinity;

  constructor(socket: Pick<Socket, 'conn' | 'nsp'>) {
    this.#engine = socket.conn as unknown as Engine;
    this.#namespace = socket.nsp.name;
  }

  /** An event with bytes. @returns false when it cannot be sent so: then nothing was */
  output(name: string, payload: { readonly data: Uint8Array }): boolean {
    const raw = this.#raw();
    if (!raw) return false;
    const head = JSON.stringify([name, { ...payload, data: placeholder }]);
    raw.send(`${heads.withBytes}${this.#namespace},${head}`, text);
    raw.send(payload.data, bytes);
    return true;
  }

  /** An event without bytes, whose payload does not change any more. @returns false when it cannot be sent so */
  tell(name: string, payload: object): boolean {
    const raw = this.#raw();
    if (!raw) return false;
    const head = `${heads.plain}${this.#namespace},["${name}",`;
    const before = encoded.get(payload);
    const frame = before?.head === head ? before.frame : Buffer.from(`${head}${JSON.stringify(payload)}]`);
    if (frame !== before?.frame) encoded.set(payload, { head, frame });
    raw.send(frame, text);
    return true;
  }

  /** Null when it must not be written to; else what is sent in this turn leaves together, and what comes soon after it. */
  #raw(): Raw | null {
    const { readyState, writeBuffer, transport } = this.#engine;
    const raw = transport.socket;
    const line = raw?._socket;
    // What waits in Engine.IO comes first; what it has let go is in the WebSocket already.
    if (readyState !== 'open' || writeBuffer?.length !== 0 || raw?.readyState !== open || !line) return null;
    if (!this.#held) {
      this.#held = true;
      line.cork();
      if (performance.now() - this.#wroteAt < burstMs) this.#timer = setTimeout(this.#release, burstMs, line);
      else process.nextTick(this.#release, line);
    } else if (this.#timer && line.writableLength > heldBytes) {
      clearTimeout(this.#timer);
      this.#timer = null;
      process.nextTick(this.#release, line);
    }
    return raw;
  }

  readonly #release = (line: Line): void => {
    this.#held = false;
    this.#timer = null;
    this.#wroteAt = performance.now();
    line.uncork();
  };
}

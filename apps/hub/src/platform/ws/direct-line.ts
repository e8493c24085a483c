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

/** The parts of Engine.IO and ws that this needs; without the private ones Socket.IO sends the event. */
interface Engine {
  /** Sends a message behind what waits already. */
  write(data: string): void;
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
  write(data: Uint8Array): void;
  cork(): void;
  uncork(): void;
}

const open = 1;
/** What leaves as text when it can. */
const echoBytes = 64;
/** Engine.IO's sign of a message, and Socket.IO's of an event, or of one with one piece of bytes. */
const heads = { plain: '42', withBytes: '451-' } as const;
const placeholder = { _placeholder: true, num: 0 } as const;
const text = { binary: false, compress: false } as const;
const bytes = { binary: true, compress: false } as const;

/** What goes to many sockets is the same object for each. */
const encoded = new WeakMap<object, { readonly head: string; readonly frame: Buffer }>();

/** A whole text message as RFC 6455 has it from a server, which does not mask. */
function textFrame(message: string): Buffer {
  const payload = Buffer.from(message);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x81, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head.writeUInt8(0x81, 0);
  head.writeUInt8(length < 65_536 ? 126 : 127, 1);
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

/** An echo or a spinner as text, which is one frame where bytes are two; null for what is longer, or not ASCII. */
function textOf(data: Uint8Array): string | null {
  if (data.byteLength > echoBytes || !data.every((byte) => byte < 0x80)) return null;
  return String.fromCharCode(...data);
}

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
    const asText = textOf(payload.data);
    if (asText !== null) {
      raw.send(
        `${heads.plain}${this.#namespace},${JSON.stringify([name, { ...payload, data: asText }])}`,
        text,
      );
      return true;
    }
    const head = JSON.stringify([name, { ...payload, data: placeholder }]);
    raw.send(`${heads.withBytes}${this.#namespace},${head}`, text);
    raw.send(payload.data, bytes);
    return true;
  }

  /** Events without bytes, in a list that is the same for many sockets and does not change any more: framed once, one write. @returns false when they cannot be sent so */
  tellAll(name: string, payloads: readonly object[]): boolean {
    const line = this.#raw()?._socket;
    if (!line) return false;
    const head = `${heads.plain}${this.#namespace},["${name}",`;
    const before = encoded.get(payloads);
    const frame =
      before?.head === head
        ? before.frame
        : Buffer.concat(payloads.map((payload) => textFrame(`${head}${JSON.stringify(payload)}]`)));
    if (frame !== before?.frame) encoded.set(payloads, { head, frame });
    line.write(frame);
    return true;
  }

  /** The acknowledgement of an event with this number. */
  answer(id: number, result: unknown): void {
    const packet = `3${this.#namespace},${String(id)}${JSON.stringify([result])}`;
    const raw = this.#raw();
    if (raw) raw.send(`4${packet}`, text);
    else this.#engine.write(packet);
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

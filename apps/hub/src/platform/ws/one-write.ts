// Puts what is sent to one socket in one turn into one write: an event with bytes is two frames, and each write of its
// own costs a call of the system and wakes the other end up for half an event.
import type { Socket } from 'socket.io';

/** The private parts of Engine.IO that this needs; without them everything is sent as Engine.IO does it. */
interface Engine {
  readonly transport: { writable: boolean; readonly socket?: { readonly _socket?: Line | null } };
  flush?(): void;
}

/** The TCP or TLS stream. */
interface Line {
  cork(): void;
  uncork(): void;
}

export class OneWrite {
  readonly #engine: Engine;
  #held = false;

  constructor(socket: Pick<Socket, 'conn'>) {
    this.#engine = socket.conn as unknown as Engine;
  }

  /** What is sent from here on leaves together when the present piece of work is done. */
  hold(): void {
    const engine = this.#engine;
    const { transport } = engine;
    const line = transport.socket?._socket;
    // A transport that writes already takes the rest together by itself.
    if (this.#held || !transport.writable || !line || !engine.flush) return;
    this.#held = true;
    transport.writable = false;
    process.nextTick(() => {
      this.#held = false;
      transport.writable = true;
      line.cork();
      engine.flush?.();
      line.uncork();
    });
  }
}

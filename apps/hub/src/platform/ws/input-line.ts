// What is typed, on its way to a daemon: the packets that Socket.IO would send, written without it, and their acknowledgements.
import { encodeInput, type InputPacket } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import * as msgpackParser from 'socket.io-msgpack-parser';

/** Socket.IO counts its own acknowledgements from 0 and never comes here. */
const firstId = 2 ** 32;
/** What an acknowledgement begins with after the byte that counts its fields: `type` is 3. */
const begin = Buffer.from([0xa4, ...Buffer.from('type'), 3]);

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: AppError) => void;
  readonly timer: NodeJS.Timeout;
}

interface Packet {
  readonly id?: number;
  readonly data?: unknown;
}

export class InputLine {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = firstId;

  constructor(private readonly socket: Socket) {
    socket.once('disconnect', () => {
      for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(new AppError('HOST_UNREACHABLE'));
    });
  }

  /** @throws AppError HOST_UNREACHABLE when the link is down or breaks first, TIMEOUT */
  send(input: InputPacket, timeoutMs: number): Promise<unknown> {
    if (this.socket.disconnected) return Promise.reject(new AppError('HOST_UNREACHABLE'));
    this.#lastId += 1;
    const id = this.#lastId;
    // Behind what waits in Engine.IO already.
    this.socket.conn.write(encodeInput(input, id));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#take(id)?.reject(
          new AppError('TIMEOUT', { message: 'The daemon did not answer terminal.input in time' }),
        );
      }, timeoutMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** What to do with an acknowledgement that is for here; null for anything else. */
  read(data: unknown): (() => void) | null {
    if (this.#waiting.size === 0 || !Buffer.isBuffer(data)) return null;
    if (!data.subarray(1, 1 + begin.length).equals(begin)) return null;
    const packet = decoded(data);
    const id = packet?.id ?? 0;
    if (id <= firstId || !Array.isArray(packet?.data)) return null;
    const [answer] = packet.data as unknown[];
    return () => this.#take(id)?.resolve(answer);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }
}

/** Null for what the parser refuses: Socket.IO says so, and ends the connection. */
function decoded(data: Buffer): Packet | null {
  let packet: Packet | null = null;
  const decoder = new msgpackParser.Decoder();
  decoder.on('decoded', (each: Packet) => {
    packet = each;
  });
  try {
    decoder.add(data);
  } catch {
    return null;
  }
  return packet;
}

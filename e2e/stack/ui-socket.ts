// The browser's socket as docs/protocol.md describes it, for a client with a bearer token.
import { io, type Socket } from 'socket.io-client';

const retryMs = 200;

export interface UiError {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A request that the hub refused. */
export class Refused extends Error {
  readonly code: string;

  constructor(readonly error: UiError) {
    super(`${error.code}: ${error.message}`);
    this.code = error.code;
  }
}

export type Payload = Readonly<Record<string, unknown>>;

/** Connected when it resolves. @throws Refused with the code of the `connect_error` */
export async function connectUi(origin: string, token: string): Promise<UiSocket> {
  const socket = io(`${origin}/ui`, {
    path: '/socket.io',
    transports: ['websocket'],
    auth: { token },
    reconnectionDelay: retryMs,
    reconnectionDelayMax: 500,
    forceNew: true,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => {
      resolve();
    });
    socket.once('connect_error', (error: Error & { data?: UiError }) => {
      socket.close();
      reject(error.data ? new Refused(error.data) : error);
    });
  });
  return new UiSocket(socket);
}

export class UiSocket {
  #closed = false;

  constructor(readonly socket: Socket) {
    // A hub that is only just back refuses, and Socket.IO takes a refusal as final.
    socket.on('connect_error', () => {
      setTimeout(() => {
        if (!socket.active && !this.#closed) socket.connect();
      }, retryMs);
    });
  }

  /** The `data` of the acknowledgement. @throws Refused, with NOT_CONNECTED while the line is down */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async request(event: string, payload: Payload): Promise<any> {
    // Socket.IO would keep it and send it on its own after a reconnect: nobody wants that any more.
    if (!this.socket.connected)
      throw new Refused({ code: 'NOT_CONNECTED', message: `${event} was not sent` });
    const answer = await this.socket.timeout(10_000).emitWithAck(event, payload);
    if (answer.ok !== true) throw new Refused(answer.error);
    return answer.data;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  on(event: string, listener: (payload: any) => void): () => void {
    this.socket.on(event, listener);
    return () => this.socket.off(event, listener);
  }

  close(): void {
    this.#closed = true;
    this.socket.close();
  }
}

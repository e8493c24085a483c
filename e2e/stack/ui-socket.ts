// The browser's socket as docs/protocol.md describes it, for a client with a bearer token.
import { io, type Socket } from 'socket.io-client';

export interface UiError {
  readonly code: string;
  readonly message: string;
}

/** A request that the hub refused. */
class Refused extends Error {
  readonly code: string;

  constructor(error: UiError) {
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
    reconnectionDelay: 200,
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
  constructor(readonly socket: Socket) {}

  /** The `data` of the acknowledgement. @throws Refused */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  async request(event: string, payload: Payload): Promise<any> {
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
    this.socket.close();
  }
}

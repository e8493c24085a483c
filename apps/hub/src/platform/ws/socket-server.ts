// What both Socket.IO servers share: made without listening, fed by the upgrade gate, closed together.
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError, heartbeat, toWireError } from '@roundhouse/protocol';
import { Server, type Namespace, type Socket } from 'socket.io';
import { toAppError } from '../http/problem.js';
import type { UpgradeGate, UpgradeTarget } from './upgrade-gate.js';

/** A connection that has joined no namespace by then is closed. */
export const handshakeDeadlineMs = 10_000;
/** Connections of one server at a time, with and without sign-in; each costs some tens of kilobytes. */
const maxConnections = 2_000;

export interface SocketServerOptions {
  readonly path: string;
  readonly namespace: string;
  readonly gate: UpgradeGate;
  readonly maxMessageBytes: number;
  /** A module with Socket.IO's `Encoder` and `Decoder`; absent, Socket.IO's own. */
  readonly parser?: object;
}

export class SocketServer {
  readonly namespace: Namespace;
  readonly #io: Server;
  /** Never listens: Socket.IO wants a server to hang its listeners on. */
  readonly #inner = createServer();

  constructor({ path, namespace, gate, maxMessageBytes, parser }: SocketServerOptions) {
    this.#io = new Server(this.#inner, {
      path,
      transports: ['websocket'],
      serveClient: false,
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: maxMessageBytes,
      connectTimeout: handshakeDeadlineMs,
      pingInterval: heartbeat.pingIntervalMs,
      pingTimeout: heartbeat.pingTimeoutMs,
      allowRequest: (request, decide) => {
        decide(null, gate.check(request) === null);
      },
      ...(parser === undefined ? {} : { parser }),
    });
    // The default namespace exists always; nobody has business there.
    this.#io.use((_socket, next) => {
      next(connectError(new AppError('NOT_FOUND', { message: `Connect to ${namespace}` })));
    });
    this.namespace = this.#io.of(namespace);
  }

  readonly upgrade: UpgradeTarget = (request, socket: Duplex, head) => {
    if (this.#io.engine.clientsCount >= maxConnections) socket.destroy();
    else this.#inner.emit('upgrade', request, socket, head);
  };

  /** Ends every connection; clients see a broken link and come back, not an order to stay away. */
  async close(): Promise<void> {
    for (const socket of this.namespace.sockets.values()) socket.conn.close();
    await this.#io.close().catch(() => undefined);
  }
}

/** The `connect_error` of a refused connection: `data: {code, message, hint}`. */
export function connectError(thrown: unknown): Error {
  const error = toAppError(thrown);
  const wire = toWireError(error);
  return Object.assign(new Error(wire.message), { data: { ...wire, status: error.status } });
}

/** The `ws` connection under a socket. Engine.IO has no public door to it. */
export interface RawConnection {
  readonly bufferedAmount: number;
  ping(): void;
  terminate(): void;
  once(event: 'pong', listener: () => void): void;
  off(event: 'pong', listener: () => void): void;
}

export function rawConnection(socket: Socket): RawConnection | null {
  const raw: unknown = Reflect.get(socket.conn.transport, 'socket');
  const usable = typeof raw === 'object' && raw !== null && 'bufferedAmount' in raw && 'ping' in raw;
  return usable ? (raw as RawConnection) : null;
}

/** Bytes that wait: in Engine.IO until the transport is writable, then in the WebSocket. */
export function bufferedBytes(socket: Socket): number {
  const waiting: unknown = Reflect.get(socket.conn, 'writeBuffer');
  const queued = Array.isArray(waiting)
    ? waiting.reduce<number>((sum, packet) => sum + packetBytes(packet), 0)
    : 0;
  return queued + (rawConnection(socket)?.bufferedAmount ?? 0);
}

function packetBytes(packet: unknown): number {
  const data: unknown =
    typeof packet === 'object' && packet !== null ? Reflect.get(packet, 'data') : undefined;
  if (typeof data === 'string') return data.length;
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer ? data.byteLength : 0;
}

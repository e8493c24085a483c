// The daemons' socket server: proves who connects, lets one instance per host in, and hands its events to handlers.
import { decodeOutput, overhear, type Clock, type Logger } from '@roundhouse/kit';
import {
  AppError,
  daemonAuthSchema,
  daemonEvents,
  parseWith,
  snapshotMaxBytes,
  toWireError,
  type DaemonAuth,
} from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import * as msgpackParser from 'socket.io-msgpack-parser';
import type { HubIdentity } from '../../auth/hub-identity.js';
import { toAppError } from '../http/problem.js';
import { ask, type DaemonConnection } from './daemon-connection.js';
import { provenVersion } from './daemon-handshake.js';
import type { DaemonLeases } from './daemon-leases.js';
import { answerError, dispatch, readIncoming, type EventTable, type Incoming } from './event-dispatch.js';
import { connectError, handshakeDeadlineMs, SocketServer } from './socket-server.js';
import { TokenBucket } from './token-bucket.js';
import { daemonPath, type UpgradeGate } from './upgrade-gate.js';

/** A snapshot and what stands around it; a hello of 5,000 projects and 2,000 sessions, as long as they usually are, has 1.6 MB. */
const maxMessageBytes = snapshotMaxBytes + 1024 * 1024;
/**
 * Live output of a hundred busy sessions, each with a message every four milliseconds. Windows bound the bytes; this
 * bounds a daemon gone wild.
 */
const budget = { perSecond: 25_000, burst: 50_000 } as const;

const namespace = '/daemon';

export interface DaemonServerOptions {
  readonly gate: UpgradeGate;
  readonly table: EventTable['handlers'];
  readonly identity: HubIdentity;
  readonly leases: DaemonLeases;
  readonly daemonImage: string;
  /** @throws AppError SETUP_REQUIRED, DB_UNAVAILABLE */
  readonly requireSetup: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is known of a socket so far; only an accepted one has a connection. */
interface Link {
  readonly auth: DaemonAuth;
  readonly bucket: TokenBucket;
  connection: DaemonConnection | null;
}

export class DaemonServer {
  readonly server: SocketServer;
  readonly #options: DaemonServerOptions;
  readonly #table: EventTable;

  constructor(options: DaemonServerOptions) {
    this.#options = options;
    this.#table = { events: daemonEvents, from: 'daemon', handlers: options.table, logger: options.logger };
    this.server = new SocketServer({
      path: daemonPath,
      namespace,
      gate: options.gate,
      maxMessageBytes,
      parser: msgpackParser,
    });
    this.server.namespace.use((socket, next) => {
      this.#admit(socket).then(
        () => {
          next();
        },
        (error: unknown) => {
          next(connectError(error));
        },
      );
    });
    this.server.namespace.on('connection', (socket) => {
      this.#connected(socket);
    });
  }

  /** Tells the daemons and ends their connections. */
  async close(): Promise<void> {
    const reason = toWireError(new AppError('SHUTTING_DOWN'));
    for (const socket of this.server.namespace.sockets.values()) socket.emit('auth.refused', reason);
    await this.server.close();
  }

  async #admit(socket: Socket): Promise<void> {
    await this.#options.requireSetup();
    parseWith(daemonAuthSchema, socket.handshake.auth, 'The connection');
  }

  #connected(socket: Socket): void {
    // Each request that is under way listens for the end of the connection; twenty sessions that open are no leak.
    socket.setMaxListeners(0);
    const auth = daemonAuthSchema.parse(socket.handshake.auth);
    const link: Link = { auth, bucket: new TokenBucket(budget, this.#options.clock), connection: null };
    socket.on('disconnect', () => {
      if (link.connection) this.#options.leases.release(link.connection);
      socket.conn.close();
    });
    // Instead of a listener for each event: also names that are unknown come here. Nothing goes on to `next`.
    socket.use((args: readonly unknown[]) => {
      this.#incoming(socket, link, readIncoming(args));
    });
    overhear(socket.conn, (data) => {
      if (!socket.connected || !Buffer.isBuffer(data)) return null;
      const payload = decodeOutput(data);
      if (!payload) return link.connection?.input.read(data) ?? null;
      return () => {
        this.#incoming(socket, link, { name: 'terminal.output', payload, ack: null });
      };
    });
    void this.#handshake(socket, link).catch((error: unknown) => {
      this.#refuse(socket, error);
    });
  }

  async #handshake(socket: Socket, link: Link): Promise<void> {
    const { identity, leases, daemonImage } = this.#options;
    const { auth } = link;
    const key = await leases.keyOf(auth.hostId);
    try {
      const protocol = await provenVersion({
        auth,
        identity,
        key,
        daemonImage,
        now: this.#options.clock.now(),
        ask: (challenge) => ask(socket, 'auth.challenge', challenge, { timeoutMs: handshakeDeadlineMs }),
      });
      if (!key?.publicKey) throw new AppError('HOST_REVOKED');
      const connection = await leases.take(socket, auth, { publicKey: key.publicKey, protocol });
      link.connection = connection;
      // Gone while the lease was taken: its disconnect found no connection yet.
      if (socket.disconnected) {
        leases.release(connection);
        return;
      }
      connection.emit('auth.accepted', {
        protocol,
        generation: connection.generation,
        hostName: key.name,
      });
    } catch (error) {
      const known = toAppError(error);
      if (key) await leases.refused(key, known, this.#options.gate.factsOf(socket.request).ip);
      throw known;
    }
  }

  #incoming(socket: Socket, link: Link, incoming: Incoming): void {
    const { connection } = link;
    if (!connection) {
      this.#refuse(
        socket,
        new AppError('UNAUTHENTICATED', { message: 'Prove the host key first' }),
        incoming,
      );
      return;
    }
    if (!link.bucket.take()) {
      this.#refuse(
        socket,
        new AppError('RATE_LIMITED', { message: 'Too many events', retryAfterS: 5 }),
        incoming,
      );
      return;
    }
    // What an older connection of the host still says is nobody's word any more.
    if (!this.#options.leases.isCurrent(connection)) return;
    if (incoming.name === 'hello') {
      this.#greet(connection, incoming);
      return;
    }
    if (!connection.greeting) {
      this.#refuse(socket, new AppError('UNAUTHENTICATED', { message: 'Say hello first' }), incoming);
      return;
    }
    const go = (greeted: boolean): void => {
      if (greeted) void this.#dispatch(connection, incoming);
      else
        answerError(
          incoming,
          new AppError('UNAUTHENTICATED', { message: 'Say hello again: it was refused' }),
        );
    };
    // Once it is known nobody waits for it: this is the way of each message of a terminal.
    if (connection.greeted === null) void connection.greeting.then(go);
    else go(connection.greeted);
  }

  #greet(connection: DaemonConnection, hello: Incoming): void {
    connection.greeted = null;
    const greeting = Promise.resolve(this.#dispatch(connection, hello)).then((error) => error === null);
    connection.greeting = greeting;
    // Asked before anybody else: what waits for it goes on before what comes later.
    void greeting.then((greeted) => {
      if (connection.greeting === greeting) connection.greeted = greeted;
    });
  }

  #dispatch(connection: DaemonConnection, incoming: Incoming) {
    return dispatch(incoming, connection, this.#table, () => null);
  }

  #refuse(socket: Socket, thrown: unknown, incoming?: Incoming): void {
    const error = toAppError(thrown);
    const { hostId } = daemonAuthSchema.partial().catch({}).parse(socket.handshake.auth);
    this.#options.logger.warn({ code: error.code, reason: error.message, hostId }, 'daemon refused');
    if (incoming) answerError(incoming, error);
    socket.emit('auth.refused', toWireError(error));
    socket.disconnect(true);
  }
}

// The browsers' socket server: signs them in, bounds them, hands their events to handlers, and ends their sockets
// as soon as their credential counts no more.
import { overhear, type Cancel, type Clock, type Logger } from '@roundhouse/kit';
import { AppError, toWireError, uiEvents } from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import type { Credential } from '../../auth/actor.js';
import { readSessionCookie } from '../../auth/cookie.js';
import type { CredentialService } from '../../auth/credential.service.js';
import { refusal } from '../../auth/policy.js';
import type { EventBus } from '../event-bus/event-bus.js';
import { answerError, dispatch, readIncoming, type EventTable, type Incoming } from './event-dispatch.js';
import { readText } from './short-text.js';
import { connectError, SocketServer } from './socket-server.js';
import { UiConnection } from './ui-connection.js';
import type { UiSockets } from './ui-sockets.js';
import { uiPath, type UpgradeGate } from './upgrade-gate.js';

/** Input chunks are 64 KiB; the rest is for what stands around them. */
const maxMessageBytes = 256 * 1024;
/** Windows of one person, all devices together. */
const maxSocketsPerUser = 32;
const namespace = '/ui';
/** What comes for each message and each key. */
const readShort = readText(namespace, new Set(['session.ack', 'session.input']));
/** How often credentials are looked up again: what another process revoked is noticed by then. */
const recheckEveryMs = 15_000;

export interface UiServerOptions {
  readonly gate: UpgradeGate;
  readonly table: EventTable['handlers'];
  readonly credentials: CredentialService;
  readonly sockets: UiSockets;
  readonly bus: EventBus;
  /** @throws AppError SETUP_REQUIRED, DB_UNAVAILABLE */
  readonly requireSetup: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class UiServer {
  readonly server: SocketServer;
  readonly #options: UiServerOptions;
  readonly #table: EventTable;
  readonly #connections = new Set<UiConnection>();
  readonly #disposers: Cancel[];

  constructor(options: UiServerOptions) {
    this.#options = options;
    this.#table = { events: uiEvents, from: 'browser', handlers: options.table, logger: options.logger };
    this.server = new SocketServer({
      path: uiPath,
      namespace,
      gate: options.gate,
      maxMessageBytes,
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
    this.#disposers = [
      options.bus.on('credential.revoked', ({ kind, id }) => {
        this.#endWhere(({ actor }) => actor.via.kind === kind && actor.via.id === id);
      }),
      options.clock.every(recheckEveryMs, () => {
        void this.#recheck();
      }),
    ];
  }

  /** Tells the browsers and ends their connections. */
  async close(): Promise<void> {
    for (const dispose of this.#disposers) dispose();
    const reason = toWireError(new AppError('SHUTTING_DOWN'));
    for (const connection of this.#connections) connection.emit('hub.closing', reason);
    await this.server.close();
  }

  async #admit(socket: Socket): Promise<void> {
    await this.#options.requireSetup();
    const credential = await this.#authenticate(socket);
    const { userId } = credential.actor;
    const count = [...this.#connections].filter(({ actor }) => actor.userId === userId).length;
    if (count >= maxSocketsPerUser) {
      throw new AppError('RATE_LIMITED', {
        message: `${String(maxSocketsPerUser)} windows are connected already`,
        hint: 'Close some of them.',
      });
    }
    // Gone while it was signed in: its close, which would take it out again, is over.
    if (socket.conn.readyState !== 'open') throw new AppError('UNAUTHENTICATED');
    // Counted from here on: many that connect at once must not pass together.
    const connection = new UiConnection(socket, credential, this.#options.clock);
    this.#connections.add(connection);
    socket.conn.once('close', () => {
      this.#connections.delete(connection);
    });
    (socket.data as { connection?: UiConnection }).connection = connection;
  }

  async #authenticate(socket: Socket): Promise<Credential> {
    const { credentials, gate } = this.#options;
    const token: unknown = socket.handshake.auth.token;
    if (typeof token === 'string') return credentials.byToken(token);
    const secret = readSessionCookie(socket.request.headers.cookie, gate.cookiePlaceOf(socket.request));
    if (secret === null) throw new AppError('UNAUTHENTICATED');
    return credentials.byCookieSecret(secret);
  }

  #connected(socket: Socket): void {
    const { connection } = socket.data as { connection?: UiConnection };
    if (!connection || connection.revoked) {
      socket.disconnect(true);
      return;
    }
    this.#options.sockets.add(connection);
    socket.on('disconnect', () => {
      this.#options.sockets.remove(connection);
      this.#connections.delete(connection);
      // One namespace is all there is: without it the transport serves nobody.
      socket.conn.close();
    });
    // Instead of a listener for each event: also names that are unknown come here. Nothing goes on to `next`.
    socket.use((args: readonly unknown[]) => {
      this.#incoming(connection, readIncoming(args));
    });
    overhear(socket.conn, (data) => {
      const short = socket.connected ? readShort(data) : null;
      if (!short) return null;
      const { name, payload, id } = short;
      const ack = id === null ? null : connection.answerTo(id);
      return () => {
        this.#incoming(connection, { name, payload, ack });
      };
    });
  }

  #incoming(connection: UiConnection, incoming: Incoming): void {
    const verdict = connection.maySpeak(incoming.name);
    if (verdict) {
      answerError(incoming, verdict);
      if (verdict.code === 'UNAUTHENTICATED') connection.close();
      return;
    }
    void dispatch(incoming, connection, this.#table, (event) => refusal(connection.actor, event.permission));
  }

  #endWhere(test: (connection: UiConnection) => boolean): void {
    for (const connection of [...this.#connections]) if (test(connection)) connection.revoke();
  }

  async #recheck(): Promise<void> {
    for (const connection of [...this.#connections]) {
      try {
        const now = await this.#options.credentials.recheck(connection.actor.via, connection.takeUse());
        if (now) connection.renew(now);
        else connection.revoke();
      } catch (error) {
        // The database is away: whoever is in stays in, so that terminals keep working.
        this.#options.logger.debug({ err: error }, 'credential could not be looked up again');
        return;
      }
    }
  }
}

// Decides on socket upgrades before Socket.IO sees them, by the same rule as requests, and answers refusals with a
// real status.
import type { IncomingMessage, Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { AppError } from '@roundhouse/protocol';
import type { CookiePlace } from '../../auth/cookie.js';
import { readClient, type ClientFacts, type TrustedProxies } from '../http/client-facts.js';
import type { HubAddress } from '../http/hub-address.js';
import { mayCall, mayConnectDaemon } from '../http/may-call.js';
import { toProblem } from '../http/problem.js';

export const uiPath = '/socket.io';
export const daemonPath = '/daemon.io';

/** What takes an upgrade that may go on. */
export type UpgradeTarget = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface UpgradeTargets {
  readonly ui: UpgradeTarget;
  readonly daemon: UpgradeTarget;
}

export class UpgradeGate {
  readonly #facts = new WeakMap<IncomingMessage, ClientFacts>();

  constructor(
    private readonly address: HubAddress,
    private readonly proxies: TrustedProxies,
  ) {}

  attach(server: Server, targets: UpgradeTargets): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // A connection that breaks during the handshake must not become an unhandled error.
      socket.on('error', () => {
        socket.destroy();
      });
      const refusal = this.check(request);
      if (refusal) refuse(socket, refusal, this.factsOf(request).requestId);
      else targets[isDaemonPath(request) ? 'daemon' : 'ui'](request, socket, head);
    });
  }

  /** Null when the request may become a socket. Also Socket.IO's own `allowRequest`. */
  check(request: IncomingMessage): AppError | null {
    const facts = this.factsOf(request);
    const path = pathOf(request);
    if (path === daemonPath) return mayConnectDaemon(facts, this.address.rules);
    return (
      mayCall(facts, this.address.rules) ??
      (path === uiPath
        ? null
        : new AppError('NOT_FOUND', {
            message: 'No socket is at this address; send requests without Upgrade',
          }))
    );
  }

  /** Where the cookie of this request was set. */
  cookiePlaceOf(request: IncomingMessage): CookiePlace {
    return { secure: this.factsOf(request).secure, basePath: this.address.basePath };
  }

  factsOf(request: IncomingMessage): ClientFacts {
    let facts = this.#facts.get(request);
    if (!facts) {
      facts = { ...readClient(request, this.proxies), upgrade: true };
      this.#facts.set(request, facts);
    }
    return facts;
  }
}

const pathOf = (request: IncomingMessage): string =>
  ((request.url ?? '').split('?', 1)[0] ?? '').replace(/\/+$/, '');
const isDaemonPath = (request: IncomingMessage): boolean => pathOf(request) === daemonPath;

function refuse(socket: Duplex, error: AppError, requestId: string): void {
  const body = JSON.stringify(toProblem(error, requestId));
  socket.end(
    [
      `HTTP/1.1 ${String(error.status)} ${STATUS_CODES[error.status] ?? ''}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      'Cache-Control: no-store',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

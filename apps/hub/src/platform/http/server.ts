// The HTTP server's own life: its limits, how it begins to listen, how it ends.
import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '@roundhouse/protocol';

/** Against clients that send a byte at a time. A megabyte in half a minute is slow enough for anybody. */
export const serverLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  // How often the first two are looked at; Node's own 30 s would make the first one 40 s.
  connectionsCheckingInterval: 5_000,
} as const satisfies ServerOptions;

/** How long running requests may take to end. */
const graceMs = 3_000;

/** @returns the port. @throws AppError CONFIG_INVALID when it is taken or not allowed */
export function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(listenError(error, host, port));
    };
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AppError {
  const where = `${host}:${String(port)}`;
  const reasons: Readonly<Record<string, readonly [message: string, hint: string]>> = {
    EADDRINUSE: [
      `${where} is taken by another program`,
      'Stop it, or set ROUNDHOUSE_PORT to another port (0 = any).',
    ],
    EACCES: [`${where} may not be used by this user`, 'Set ROUNDHOUSE_PORT to a port above 1023.'],
    EADDRNOTAVAIL: [
      `${host} is no address of this machine`,
      'Set ROUNDHOUSE_HOST to one that is, as 127.0.0.1.',
    ],
  };
  const [message, hint] = reasons[error.code ?? ''] ?? [
    `Cannot listen on ${where}: ${error.message}`,
    'See the message.',
  ];
  return new AppError('CONFIG_INVALID', { message, hint, cause: error });
}

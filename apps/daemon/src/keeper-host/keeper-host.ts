// The process that starts keepers for daemons in other containers: it listens, answers, and holds nothing of them.
import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { processRef } from '../keeper/proc.js';
import { ensureRuntimeDir } from '../keeper/runtime-dir.js';
import { serveRequest } from './serve-request.js';
import { isAnswering } from './ask.js';
import { keeperHostSocket, ownNamespaces, writeKeeperHost } from './identity.js';
import { keeperHostVersions } from './wire.js';

/** Starts of a whole fleet at once, and the questions beside them. Who comes then is let go, and told that nobody answers. */
const CONNECTIONS_MAX = 128;

export interface KeeperHostOptions {
  readonly stateDir: string;
  /** The PATH by which agents are found. */
  readonly path: string | undefined;
  readonly logger: Logger;
}

export class KeeperHost {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(stateDir: string, logger: Logger) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      void serveRequest(socket, { stateDir, logger });
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  /** @throws AppError STATE_LOCKED when another one serves the directory, CONFIG_INVALID when that is somebody else's */
  static async start({ stateDir, path, logger }: KeeperHostOptions): Promise<KeeperHost> {
    ensureRuntimeDir(stateDir);
    const socketPath = keeperHostSocket(stateDir);
    if (await isAnswering(socketPath)) {
      throw new AppError('STATE_LOCKED', { message: `Another keeper host serves ${stateDir}` });
    }
    await rm(socketPath, { force: true });
    const host = new KeeperHost(stateDir, logger);
    // Before it can be asked: who finds it reads of whom it is.
    await writeKeeperHost(stateDir, {
      versions: keeperHostVersions,
      process: processRef(process.pid),
      namespaces: ownNamespaces(),
      stateDir,
      path: path ?? null,
    });
    await host.#listen(socketPath);
    await chmod(socketPath, 0o600);
    return host;
  }

  #listen(socketPath: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(socketPath, resolve);
    });
  }

  /** Keepers go on; what is being started is finished by nobody. */
  async dispose(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

// The daemons that are connected now, one per host. Filled by the daemon socket server alone.
import { Injectable } from '@nestjs/common';
import { AppError, type HostId } from '@roundhouse/protocol';
import type { DaemonSocket } from './handlers.js';

@Injectable()
export class DaemonRegistry {
  readonly #sockets = new Map<HostId, DaemonSocket>();

  get(hostId: HostId): DaemonSocket | undefined {
    return this.#sockets.get(hostId);
  }

  /** The hosts that are connected now. */
  hostIds(): HostId[] {
    return [...this.#sockets.keys()];
  }

  /** @throws AppError HOST_UNREACHABLE */
  require(hostId: HostId): DaemonSocket {
    const socket = this.#sockets.get(hostId);
    if (!socket) throw new AppError('HOST_UNREACHABLE');
    return socket;
  }

  set(socket: DaemonSocket): void {
    this.#sockets.set(socket.hostId, socket);
  }

  /** Removes the socket unless a newer one of the same host has taken its place. */
  remove(socket: DaemonSocket): void {
    if (this.#sockets.get(socket.hostId) === socket) this.#sockets.delete(socket.hostId);
  }
}

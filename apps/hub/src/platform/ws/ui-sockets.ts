// The browsers that are connected now. Filled by the browser socket server alone.
import { Injectable } from '@nestjs/common';
import type { Permission, SentPayloadOf, UiEvents } from '@roundhouse/protocol';
import { refusal } from '../../auth/policy.js';
import type { ToBrowser, UiSocket } from './handlers.js';

@Injectable()
export class UiSockets {
  readonly #sockets = new Set<UiSocket>();
  readonly #listeners = new Set<(socket: UiSocket) => void>();

  add(socket: UiSocket): void {
    this.#sockets.add(socket);
    for (const listener of this.#listeners) listener(socket);
  }

  /** Called with each that connects. @returns how to stop it */
  onAdded(listener: (socket: UiSocket) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  remove(socket: UiSocket): void {
    this.#sockets.delete(socket);
  }

  /** Emits all of them to everybody who holds the permission. */
  broadcast<K extends ToBrowser>(
    name: K,
    payloads: readonly SentPayloadOf<UiEvents[K]>[],
    permission: Permission,
  ): void {
    for (const socket of this.#sockets) {
      if (refusal(socket.actor, permission) === null) socket.emitAll(name, payloads);
    }
  }
}

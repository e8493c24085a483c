// The browsers that are connected now. Filled by the browser socket server alone.
import { Injectable } from '@nestjs/common';
import type { Permission, SentPayloadOf, UiEvents } from '@roundhouse/protocol';
import { refusal } from '../../auth/policy.js';
import type { ToBrowser, UiSocket } from './handlers.js';

@Injectable()
export class UiSockets {
  readonly #sockets = new Set<UiSocket>();

  add(socket: UiSocket): void {
    this.#sockets.add(socket);
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

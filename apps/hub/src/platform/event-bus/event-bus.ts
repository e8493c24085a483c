// Events inside the hub: features tell each other what happened without importing each other.
import { EventEmitter } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { ErrorCode, Host, HostId, Session, SessionId } from '@roundhouse/protocol';

/** Every internal event with its payload. */
export interface HubEventMap {
  'host.changed': Host;
  'host.deleted': { id: HostId; version: number };
  /** The daemon has said hello and been reconciled. */
  'host.connected': { hostId: HostId; generation: number };
  'host.disconnected': { hostId: HostId; generation: number };
  /** A daemon came with this host's id and was refused. */
  'host.refused': { hostId: HostId; code: ErrorCode; message: string };
  /** Its daemon has read its settings again. */
  'host.settings': { hostId: HostId; problems: number };
  'session.changed': Session;
  /** What sessions used was added up and stored. */
  'usage.written': { hostId: HostId };
  'budgets.changed': Record<never, never>;
  'session.deleted': { id: SessionId; version: number };
  /** A cookie session or API token no longer counts: its sockets must end. */
  'credential.revoked': { kind: 'session' | 'token'; id: string };
}

type Listener<K extends keyof HubEventMap> = (payload: HubEventMap[K]) => void;

@Injectable()
export class EventBus {
  readonly #emitter = new EventEmitter({ captureRejections: false }).setMaxListeners(100);

  emit<K extends keyof HubEventMap>(name: K, payload: HubEventMap[K]): void {
    this.#emitter.emit(name, payload);
  }

  /** Returns what removes the listener. Listeners must not throw. */
  on<K extends keyof HubEventMap>(name: K, listener: Listener<K>): () => void {
    this.#emitter.on(name, listener);
    return () => {
      this.#emitter.off(name, listener);
    };
  }
}

// Who holds a host: one live daemon instance. The same instance may reconnect and replaces its older link; another
// one gets in only when the present link is dead.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import { AppError, type DaemonAuth, type ErrorCode, type HostId } from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import type { AuditCode } from '../../audit/audit-codes.js';
import { AuditService } from '../../audit/audit.service.js';
import { HostKeysRepository, type HostKey } from './host-keys.repository.js';
import { EventBus } from '../event-bus/event-bus.js';
import { CLOCK } from '../tokens.js';
import { DaemonConnection } from './daemon-connection.js';
import { DaemonRegistry } from './daemon-registry.js';

/** A link that answers no ping for so long is dead: its machine froze, or its network is gone. */
const probeTimeoutMs = 2_000;
/** Errors that a person must look at; others (no database, a broken link) pass by themselves. */
const telling: ReadonlySet<ErrorCode> = new Set(['HOST_CONFLICT', 'HOST_KEY_INVALID', 'PROTOCOL_MISMATCH']);
/** Those that say something about who came. */
const audited: Readonly<Partial<Record<ErrorCode, AuditCode>>> = {
  HOST_CONFLICT: 'HOST_CONFLICT',
  HOST_KEY_INVALID: 'HOST_KEY_REFUSED',
};

/** What the handshake has shown: the key that the host had when it began, and the version both speak. */
export interface Proven {
  readonly publicKey: string;
  readonly protocol: number;
}

@Injectable()
export class DaemonLeases {
  /** Takeovers of one host go one after the other. */
  readonly #queues = new Map<HostId, Promise<unknown>>();

  constructor(
    @Inject(HostKeysRepository) private readonly keys: HostKeysRepository,
    @Inject(DaemonRegistry) private readonly registry: DaemonRegistry,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  keyOf(hostId: HostId): Promise<HostKey | null> {
    return this.keys.find(hostId);
  }

  isCurrent(connection: DaemonConnection): boolean {
    return this.registry.get(connection.hostId) === connection;
  }

  /** @throws AppError HOST_CONFLICT, HOST_REVOKED */
  take(socket: Socket, auth: DaemonAuth, proven: Proven): Promise<DaemonConnection> {
    const { hostId } = auth;
    const turn = (this.#queues.get(hostId) ?? Promise.resolve()).then(() => this.#take(socket, auth, proven));
    const settled = turn.catch(() => undefined);
    this.#queues.set(hostId, settled);
    void settled.then(() => {
      if (this.#queues.get(hostId) === settled) this.#queues.delete(hostId);
    });
    return turn;
  }

  /** The connection ended; nothing happens when a newer one has taken its place. */
  release(connection: DaemonConnection): void {
    if (!this.isCurrent(connection)) return;
    this.registry.remove(connection);
    this.bus.emit('host.disconnected', { hostId: connection.hostId, generation: connection.generation });
  }

  /** Tells people why a daemon was refused. */
  async refused({ hostId }: HostKey, error: AppError, ip: string): Promise<void> {
    if (telling.has(error.code))
      this.bus.emit('host.refused', { hostId, code: error.code, message: error.message });
    const code = audited[error.code];
    if (code) await this.audit.record(code, { actor: null, ip, subject: { kind: 'host', id: hostId } });
  }

  async #take(socket: Socket, { hostId, instanceId }: DaemonAuth, proven: Proven): Promise<DaemonConnection> {
    const holder = this.registry.get(hostId);
    if (holder instanceof DaemonConnection && holder.instanceId !== instanceId) {
      if (await holder.isAlive(probeTimeoutMs)) throw new AppError('HOST_CONFLICT');
      this.release(holder);
      holder.drop();
    }
    // Read again: while this one waited its turn, the host may have been removed, or its key revoked. One that the daemon
    // itself replaced meanwhile counts a while longer: the answer to that may have been lost with the link before.
    const key = await this.keys.find(hostId);
    const lease = { publicKey: proven.publicKey, instanceId, now: new Date(this.clock.now()) };
    const generation = key && (await this.keys.takeOver(key, lease));
    if (generation === null) throw new AppError('HOST_REVOKED');
    const connection = new DaemonConnection(socket, {
      hostId,
      instanceId,
      generation,
      protocol: proven.protocol,
    });
    const older = this.registry.get(hostId);
    this.registry.set(connection);
    older?.close();
    return connection;
  }
}

// Whether a host is there: online while its daemon is connected, then unreachable, then offline.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import {
  offlineAfterMs,
  type Host,
  type HostId,
  type Inventory,
  type SystemInfo,
} from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { HostRepository } from './host.repository.js';

@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #timers = new Map<HostId, Cancel>();
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(HostRepository) private readonly hosts: HostRepository,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(Database) private readonly database: Database,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const stored = (hostId: HostId, work: Promise<void>): void => {
      work.catch((error: unknown) => {
        this.logger.error({ err: error, hostId }, 'presence was not stored');
      });
    };
    this.#stops.push(
      this.bus.on('host.disconnected', ({ hostId }) => {
        stored(hostId, this.#disconnected(hostId));
      }),
      this.bus.on('host.refused', ({ hostId, code, message }) => {
        stored(hostId, this.refused(hostId, { code, message }));
      }),
    );
    void this.#afterRestart().catch((error: unknown) => {
      this.logger.error({ err: error }, 'presence after a restart was not stored');
    });
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  async connected(hostId: HostId, daemonVersion: string): Promise<void> {
    this.#timers.get(hostId)?.();
    this.#timers.delete(hostId);
    this.#tell(await this.hosts.setConnected(hostId, daemonVersion, this.#now()));
  }

  async observed(hostId: HostId, system: SystemInfo): Promise<void> {
    this.#tell(await this.hosts.setSystem(hostId, system, this.#now()));
  }

  async inventory(hostId: HostId, inventory: Inventory): Promise<void> {
    this.#tell(await this.hosts.setInventory(hostId, inventory, this.#now()));
  }

  /** A daemon of this host was refused: people see why on the host. */
  async refused(hostId: HostId, problem: { code: string; message: string }): Promise<void> {
    this.#tell(await this.hosts.setProblem(hostId, { ...problem, at: this.#now().toISOString() }));
  }

  async #afterRestart(): Promise<void> {
    await this.database.whenReady();
    for (const hostId of await this.hosts.markAllUnreachable()) {
      if (this.daemons.get(hostId)) continue;
      this.#startOfflineTimer(hostId);
      this.#tell(await this.hosts.find(hostId));
    }
  }

  async #disconnected(hostId: HostId): Promise<void> {
    if (this.daemons.get(hostId)) return;
    this.#startOfflineTimer(hostId);
    this.#tell(await this.hosts.setState(hostId, 'unreachable', this.#now()));
  }

  #startOfflineTimer(hostId: HostId): void {
    this.#timers.get(hostId)?.();
    const cancel = this.clock.after(offlineAfterMs, () => {
      this.#timers.delete(hostId);
      void this.#goOffline(hostId).catch((error: unknown) => {
        this.logger.error({ err: error, hostId }, 'presence was not stored');
      });
    });
    this.#timers.set(hostId, cancel);
  }

  async #goOffline(hostId: HostId): Promise<void> {
    if (this.daemons.get(hostId)) return;
    this.#tell(await this.hosts.setState(hostId, 'offline'));
  }

  #tell(host: Host | null): void {
    if (host) this.bus.emit('host.changed', host);
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

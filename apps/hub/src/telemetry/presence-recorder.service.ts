// Remembers in which quarters of an hour each host was connected, for the strips of the fleet page.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { activitySlotMs, type HostId } from '@roundhouse/protocol';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';

const lookMs = 60_000;

@Injectable()
export class PresenceRecorder implements OnApplicationBootstrap, OnModuleDestroy {
  #cancel: Cancel | null = null;
  #stop: (() => void) | null = null;
  /** The slot that is being filled, and who stands in it. */
  #slot = 0;
  #written = new Set<HostId>();

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const look = (hosts: readonly HostId[]): void => {
      this.record(hosts).catch((error: unknown) => {
        this.logger.debug({ err: error }, 'presence of hosts was not recorded');
      });
    };
    this.#cancel = this.clock.every(lookMs, () => {
      look(this.daemons.hostIds());
    });
    this.#stop = this.bus.on('host.connected', ({ hostId }) => {
      look([hostId]);
    });
  }

  onModuleDestroy(): void {
    this.#cancel?.();
    this.#stop?.();
  }

  async record(hosts: readonly HostId[]): Promise<void> {
    const slot = Math.floor(this.clock.now() / activitySlotMs) * activitySlotMs;
    if (slot !== this.#slot) this.#written = new Set();
    this.#slot = slot;
    const written = this.#written;
    const fresh = hosts.filter((host) => !written.has(host));
    if (fresh.length === 0 || this.database.state !== 'ready') return;
    const data = fresh.map((hostId) => ({ hostId, at: new Date(slot) }));
    await this.database.client.hostPresence.createMany({ data, skipDuplicates: true });
    for (const host of fresh) written.add(host);
  }
}

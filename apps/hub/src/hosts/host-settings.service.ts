// The settings of daemons as they told them last: in memory, since each tells them again when it connects.
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppError, type Host, type HostId, type ShownSettings } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';

interface Told {
  /** Of the connection on which they were told. */
  readonly generation: number;
  readonly settings: ShownSettings;
}

@Injectable()
export class HostSettings implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #told = new Map<HostId, Told>();
  #stop: () => void = () => undefined;

  constructor(
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    this.#stop = this.bus.on('host.deleted', ({ id }) => {
      this.#told.delete(id);
    });
  }

  onModuleDestroy(): void {
    this.#stop();
  }

  told({ hostId, generation }: Pick<DaemonSocket, 'hostId' | 'generation'>, settings: ShownSettings): void {
    const before = this.#told.get(hostId);
    this.#told.set(hostId, { generation, settings });
    // A daemon that is back with the settings that it had is no news.
    if (isDeepStrictEqual(before?.settings, settings)) return;
    this.bus.emit('host.settings', { hostId, problems: settings.problems.length });
  }

  /** @throws AppError DAEMON_TOO_OLD, HOST_UNREACHABLE when nothing was told yet */
  of({ id, name }: Pick<Host, 'id' | 'name'>): ShownSettings {
    const told = this.#told.get(id);
    const connected = this.daemons.get(id);
    // One that was replaced by an older one says nothing more: what the newer one said does not hold.
    if (told && (!connected || connected.generation === told.generation)) return told.settings;
    if (!connected) {
      throw new AppError('HOST_UNREACHABLE', {
        message: `${name} is not connected, and has not told its settings since the hub was started`,
      });
    }
    throw new AppError('DAEMON_TOO_OLD', {
      message: `The daemon of ${name} does not tell its settings`,
      hint: 'Update the daemon to see them.',
    });
  }
}

// Tells those who may see the settings that they were read again, by the hub or by a daemon.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PayloadOf, UiEvents } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { UiSockets } from '../platform/ws/ui-sockets.js';
import { HubSettings } from './hub-settings.js';

@Injectable()
export class SettingsGateway implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(HubSettings) private readonly settings: HubSettings,
    @Inject(UiSockets) private readonly sockets: UiSockets,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  onApplicationBootstrap(): void {
    const tell = (changed: PayloadOf<UiEvents['settings.changed']>): void => {
      this.sockets.broadcast('settings.changed', [changed], 'settings.view');
    };
    this.#stops.push(
      this.settings.onRead((problems) => {
        tell({ problems: problems.length });
      }),
      this.bus.on('host.settings', tell),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }
}

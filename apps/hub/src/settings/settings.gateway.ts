// Tells those who may see the settings that they were read again.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { UiSockets } from '../platform/ws/ui-sockets.js';
import { HubSettings } from './hub-settings.js';

@Injectable()
export class SettingsGateway implements OnApplicationBootstrap, OnModuleDestroy {
  #stop: () => void = () => undefined;

  constructor(
    @Inject(HubSettings) private readonly settings: HubSettings,
    @Inject(UiSockets) private readonly sockets: UiSockets,
  ) {}

  onApplicationBootstrap(): void {
    this.#stop = this.settings.onRead((problems) => {
      this.sockets.broadcast('settings.changed', [{ problems: problems.length }], 'settings.view');
    });
  }

  onModuleDestroy(): void {
    this.#stop();
  }
}

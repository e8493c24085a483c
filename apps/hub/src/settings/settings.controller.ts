// REST of the hub's own settings: read only.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { HubAddress } from '../platform/http/hub-address.js';
import { Handle } from '../platform/http/route.js';
import { HubSettings } from './hub-settings.js';

@Controller()
export class SettingsController {
  constructor(
    @Inject(HubSettings) private readonly settings: HubSettings,
    @Inject(HubAddress) private readonly address: HubAddress,
  ) {}

  @Handle(routes.settings.list)
  list() {
    return this.settings.show(this.address.publicUrl);
  }
}

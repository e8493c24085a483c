// What this hub is: its version, and its API as OpenAPI.
import { Controller, Inject } from '@nestjs/common';
import { openApiDocument, productVersion, protocolVersions, routes } from '@roundhouse/protocol';
import type { HubConfig } from '../../config.js';
import { CONFIG } from '../tokens.js';
import { UpdateCheckService } from '../updates/update-check.service.js';
import { HubAddress } from './hub-address.js';
import { Handle } from './route.js';

const { system } = routes;

@Controller()
export class SystemController {
  constructor(
    @Inject(CONFIG) private readonly config: HubConfig,
    @Inject(HubAddress) private readonly address: HubAddress,
    @Inject(UpdateCheckService) private readonly updates: UpdateCheckService,
  ) {}

  @Handle(system.version)
  version() {
    return {
      version: productVersion,
      commit: this.config.commit,
      protocol: protocolVersions.max,
      update: this.updates.notice,
    };
  }

  @Handle(system.openapi)
  openapi() {
    const document = openApiDocument();
    const { basePath } = this.address;
    return basePath === '' ? document : { ...document, servers: [{ url: basePath }] };
  }
}

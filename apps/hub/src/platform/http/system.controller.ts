// What this hub is: its version, and its API as OpenAPI.
import { Controller, Inject } from '@nestjs/common';
import { openApiDocument, productVersion, protocolVersions, routes } from '@roundhouse/protocol';
import type { HubConfig } from '../../config.js';
import { CONFIG } from '../tokens.js';
import { Handle } from './route.js';

const { system } = routes;

@Controller()
export class SystemController {
  constructor(@Inject(CONFIG) private readonly config: HubConfig) {}

  @Handle(system.version)
  version() {
    return {
      version: productVersion,
      commit: this.config.commit,
      protocol: protocolVersions.max,
    };
  }

  @Handle(system.openapi)
  openapi() {
    return openApiDocument();
  }
}

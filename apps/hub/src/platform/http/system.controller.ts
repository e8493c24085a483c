// What this hub is: its version, and its API as OpenAPI.
import { Controller } from '@nestjs/common';
import { openApiDocument, productVersion, protocolVersions, routes } from '@roundhouse/protocol';
import { Handle } from './route.js';

const { system } = routes;

@Controller()
export class SystemController {
  @Handle(system.version)
  version() {
    return {
      version: productVersion,
      commit: process.env.ROUNDHOUSE_COMMIT ?? null,
      protocol: protocolVersions.max,
    };
  }

  @Handle(system.openapi)
  openapi() {
    return openApiDocument();
  }
}

// Liveness and readiness, for supervisors: no credential, nothing secret.
import { Controller, Inject } from '@nestjs/common';
import { diskErrorBytes, probeFree } from '@roundhouse/kit';
import { protocolVersions, routes } from '@roundhouse/protocol';
import type { HubConfig } from '../../config.js';
import { Database } from '../database/database.js';
import { Handle, Parsed, type Call } from '../http/route.js';
import { CONFIG } from '../tokens.js';
import { readinessOf } from './readiness.js';

const { system } = routes;

@Controller()
export class HealthController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(CONFIG) private readonly config: HubConfig,
  ) {}

  @Handle(system.healthz)
  healthz() {
    return { status: 'ok' as const };
  }

  /** 503 while a part is not well, with the same body. */
  @Handle(system.readyz)
  async readyz(@Parsed() { response }: Call<typeof system.readyz>) {
    const { state, obstacle, migrated, failure } = this.database;
    const checks = readinessOf({
      ...{ database: state, obstacle, migrated, failure, freeMinBytes: diskErrorBytes },
      freeBytes: await probeFree(this.config.stateDir),
    });
    const answer = { database: state, checks, protocol: protocolVersions };
    if (checks.every(({ ok }) => ok)) return { status: 'ready' as const, ...answer };
    response.status(503);
    const status = state === 'connecting' ? ('starting' as const) : ('unavailable' as const);
    return { status, ...answer };
  }
}

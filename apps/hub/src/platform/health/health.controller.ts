// Liveness and readiness, for supervisors: no credential, nothing secret.
import { Controller, Inject } from '@nestjs/common';
import { routes } from '@roundhouse/protocol';
import { Database } from '../database/database.js';
import { Handle, Parsed, type Call } from '../http/route.js';

const { system } = routes;

@Controller()
export class HealthController {
  constructor(@Inject(Database) private readonly database: Database) {}

  @Handle(system.healthz)
  healthz() {
    return { status: 'ok' as const };
  }

  /** 503 while the database is away, with the same body. */
  @Handle(system.readyz)
  readyz(@Parsed() { response }: Call<typeof system.readyz>) {
    const { state } = this.database;
    if (state === 'ready') return { status: 'ready' as const, database: state };
    response.status(503);
    return {
      status: state === 'connecting' ? ('starting' as const) : ('unavailable' as const),
      database: state,
    };
  }
}

// What every feature stands on, in one global module; made by hub.ts from its options.
import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, DiscoveryModule } from '@nestjs/core';
import type { Clock, Logger, NewId } from '@roundhouse/kit';
import { HostKeysRepository } from './ws/host-keys.repository.js';
import { HubIdentity } from '../auth/hub-identity.js';
import { PasswordHasher } from '../auth/password-hasher.js';
import { HubSettings } from '../settings/hub-settings.js';
import { Database } from './database/database.js';
import { EventBus } from './event-bus/event-bus.js';
import type { Faults } from './faults.js';
import { HealthController } from './health/health.controller.js';
import { HealthGateway } from './health/health.gateway.js';
import { TrustedProxies } from './http/client-facts.js';
import { HubAddress } from './http/hub-address.js';
import { PolicyGuard } from './http/policy.guard.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SystemController } from './http/system.controller.js';
import { CLOCK, CONFIG, FAULTS, LOGGER, NEW_ID } from './tokens.js';
import { DaemonLeases } from './ws/daemon-leases.js';
import { UpdateCheckService } from './updates/update-check.service.js';
import { DaemonRegistry } from './ws/daemon-registry.js';
import { HandlerBinder } from './ws/handler-binder.js';
import { SocketServers } from './ws/socket-servers.js';
import { UiSockets } from './ws/ui-sockets.js';

export interface PlatformParts {
  readonly settings: HubSettings;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly faults: Faults;
  readonly database: Database;
  readonly identity: HubIdentity;
  readonly hasher: PasswordHasher;
  readonly address: HubAddress;
  readonly proxies: TrustedProxies;
}

@Module({})
export class PlatformModule {
  static with(parts: PlatformParts): DynamicModule {
    const shared = [
      { provide: HubSettings, useValue: parts.settings },
      { provide: CONFIG, useValue: parts.settings.config },
      { provide: CLOCK, useValue: parts.clock },
      { provide: NEW_ID, useValue: parts.newId },
      { provide: LOGGER, useValue: parts.logger },
      { provide: FAULTS, useValue: parts.faults },
      { provide: Database, useValue: parts.database },
      { provide: HubIdentity, useValue: parts.identity },
      { provide: PasswordHasher, useValue: parts.hasher },
      { provide: HubAddress, useValue: parts.address },
      { provide: TrustedProxies, useValue: parts.proxies },
      EventBus,
      DaemonRegistry,
      UiSockets,
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [HealthController, SystemController],
      providers: [
        ...shared,
        DaemonLeases,
        HandlerBinder,
        HealthGateway,
        HostKeysRepository,
        SocketServers,
        UpdateCheckService,
        { provide: APP_GUARD, useClass: PolicyGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
      exports: shared.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}

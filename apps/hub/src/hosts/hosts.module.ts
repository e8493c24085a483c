// Hosts: registration, enrolment, presence.
import { Module } from '@nestjs/common';
import { EnrolmentService } from './enrolment.service.js';
import { HostKeyRepository } from './host-key.repository.js';
import { HostKeyService } from './host-key.service.js';
import { HostMetricsRepository } from './host-metrics.repository.js';
import { HostMetricsService } from './host-metrics.service.js';
import { HostSettings } from './host-settings.service.js';
import { HostRepository } from './host.repository.js';
import { HostsController } from './hosts.controller.js';
import { HostsService } from './hosts.service.js';
import { JoinTokensService } from './join-tokens.service.js';
import { LocalHostRepository } from './local-host.repository.js';
import { LocalHostService } from './local-host.service.js';
import { PresenceService } from './presence.service.js';

@Module({
  controllers: [HostsController],
  providers: [
    EnrolmentService,
    HostKeyRepository,
    HostKeyService,
    HostMetricsRepository,
    HostMetricsService,
    HostRepository,
    HostSettings,
    HostsService,
    JoinTokensService,
    LocalHostRepository,
    LocalHostService,
    PresenceService,
  ],
  exports: [
    HostKeyService,
    HostMetricsService,
    HostSettings,
    HostsService,
    LocalHostService,
    PresenceService,
  ],
})
export class HostsModule {}

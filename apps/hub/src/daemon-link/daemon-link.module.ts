// The link to daemons, above the features that it feeds.
import { Module } from '@nestjs/common';
import { HostsModule } from '../hosts/hosts.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { DaemonLinkGateway } from './daemon-link.gateway.js';

@Module({ imports: [HostsModule, SessionsModule], providers: [DaemonLinkGateway] })
export class DaemonLinkModule {}

// Both socket servers as one part of the hub: built when the handlers are known, hung on the HTTP server, closed.
import type { Server } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import { CredentialService } from '../../auth/credential.service.js';
import { HubIdentity } from '../../auth/hub-identity.js';
import { SetupService } from '../../auth/setup.service.js';
import type { HubConfig } from '../../config.js';
import { EventBus } from '../event-bus/event-bus.js';
import { TrustedProxies } from '../http/client-facts.js';
import { HubAddress } from '../http/hub-address.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { DaemonLeases } from './daemon-leases.js';
import { DaemonServer } from './daemon-server.js';
import type { BoundHandlers } from './handler-binder.js';
import { UiServer } from './ui-server.js';
import { UiSockets } from './ui-sockets.js';
import { UpgradeGate } from './upgrade-gate.js';

@Injectable()
export class SocketServers {
  #running: { readonly ui: UiServer; readonly daemon: DaemonServer } | null = null;

  constructor(
    @Inject(HubAddress) private readonly address: HubAddress,
    @Inject(TrustedProxies) private readonly proxies: TrustedProxies,
    @Inject(HubIdentity) private readonly identity: HubIdentity,
    @Inject(CredentialService) private readonly credentials: CredentialService,
    @Inject(SetupService) private readonly setup: SetupService,
    @Inject(UiSockets) private readonly sockets: UiSockets,
    @Inject(DaemonLeases) private readonly leases: DaemonLeases,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CONFIG) private readonly config: HubConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  attach(server: Server, handlers: BoundHandlers): void {
    const { credentials, sockets, bus, identity, leases, clock, logger } = this;
    const gate = new UpgradeGate(this.address, this.proxies);
    const requireSetup = () => this.setup.require();
    const common = { gate, requireSetup, clock, logger };
    const ui = new UiServer({ ...common, table: handlers.ui, credentials, sockets, bus });
    const daemon = new DaemonServer({
      ...{ ...common, table: handlers.daemon, identity, leases },
      daemonImage: this.config.daemonImage,
    });
    gate.attach(server, { ui: ui.server.upgrade, daemon: daemon.server.upgrade });
    this.#running = { ui, daemon };
  }

  async close(): Promise<void> {
    await Promise.all([this.#running?.ui.close(), this.#running?.daemon.close()]);
    this.#running = null;
  }
}

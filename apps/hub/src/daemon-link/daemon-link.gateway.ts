// What a daemon says of its host: hello, heartbeat, inventory, facts.
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type DaemonEvents, type PayloadOf } from '@roundhouse/protocol';
import { HostKeyService } from '../hosts/host-key.service.js';
import { HostMetricsService } from '../hosts/host-metrics.service.js';
import { HostSettings } from '../hosts/host-settings.service.js';
import { PresenceService } from '../hosts/presence.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { OnDaemon, type DaemonSocket } from '../platform/ws/handlers.js';
import { ActivityService } from '../sessions/activity.service.js';
import { CommandDispatcher } from '../sessions/command-dispatcher.service.js';
import { FactsService } from '../sessions/facts.service.js';
import { ReconcileService } from '../sessions/reconcile.service.js';

type Payload<K extends keyof DaemonEvents> = PayloadOf<DaemonEvents[K]>;

@Injectable()
export class DaemonLinkGateway {
  /** Links whose heartbeat is being worked on. */
  readonly #heard = new WeakSet<DaemonSocket>();

  constructor(
    @Inject(HostMetricsService) private readonly metrics: HostMetricsService,
    @Inject(HostKeyService) private readonly keys: HostKeyService,
    @Inject(HostSettings) private readonly settings: HostSettings,
    @Inject(PresenceService) private readonly presence: PresenceService,
    @Inject(ReconcileService) private readonly reconciler: ReconcileService,
    @Inject(ActivityService) private readonly activities: ActivityService,
    @Inject(FactsService) private readonly facts: FactsService,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  @OnDaemon('hello')
  async hello(hello: Payload<'hello'>, socket: DaemonSocket) {
    const { hostId, generation } = socket;
    if (hello.inventory) await this.presence.inventory(hostId, hello.inventory);
    const forget = await this.reconciler.hello(hostId, hello.sessions);
    await this.presence.connected(socket, hello.daemonVersion);
    const outboxAcked = await this.facts.applied(hostId, hello.outbox.stream);
    await this.#requireCurrent(socket);
    this.bus.emit('host.connected', { hostId, generation });
    this.dispatcher.kick(hostId);
    return { outboxAcked, forget };
  }

  @OnDaemon('status')
  async status({ system, sessions }: Payload<'status'>, socket: DaemonSocket): Promise<void> {
    this.metrics.observed(socket.hostId, system);
    // A busy database must not gather heartbeats: the next one says the same.
    if (this.#heard.has(socket)) return;
    this.#heard.add(socket);
    try {
      await this.presence.observed(socket.hostId, system);
      const forget = await this.reconciler.status(socket.hostId, sessions);
      await this.#requireCurrent(socket);
      for (const sessionId of forget) {
        await socket.request('session.forget', { sessionId }).catch(() => undefined);
      }
    } finally {
      this.#heard.delete(socket);
    }
  }

  @OnDaemon('session.activity')
  activity({ sessionId, epoch, activity }: Payload<'session.activity'>, socket: DaemonSocket): void {
    this.activities.apply(socket.hostId, sessionId, epoch, activity);
  }

  @OnDaemon('inventory')
  async inventory(inventory: Payload<'inventory'>, socket: DaemonSocket): Promise<void> {
    await this.presence.inventory(socket.hostId, inventory);
  }

  @OnDaemon('settings')
  told(settings: Payload<'settings'>, socket: DaemonSocket): void {
    this.settings.told(socket, settings);
  }

  @OnDaemon('key.rotate')
  async rotateKey(proposal: Payload<'key.rotate'>, socket: DaemonSocket) {
    await this.keys.rotate(proposal, socket);
    return {};
  }

  @OnDaemon('outbox.push')
  async outbox({ stream, facts }: Payload<'outbox.push'>, socket: DaemonSocket) {
    return { acked: await this.facts.apply(socket.hostId, stream, facts) };
  }

  /** What was heard while the link broke would stand as if it were still so. @throws AppError HOST_UNREACHABLE */
  async #requireCurrent({ hostId, generation }: DaemonSocket): Promise<void> {
    if (this.daemons.get(hostId)?.generation === generation) return;
    await this.reconciler.hostGone(hostId);
    throw new AppError('HOST_UNREACHABLE');
  }
}

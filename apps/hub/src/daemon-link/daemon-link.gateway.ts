// What a daemon says of its host: hello, heartbeat, inventory, facts.
import { Inject, Injectable } from '@nestjs/common';
import type { DaemonEvents, PayloadOf } from '@roundhouse/protocol';
import { PresenceService } from '../hosts/presence.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { OnDaemon, type DaemonSocket } from '../platform/ws/handlers.js';
import { CommandDispatcher } from '../sessions/command-dispatcher.service.js';
import { FactsService } from '../sessions/facts.service.js';
import { OutboxPosition } from '../sessions/outbox-position.repository.js';
import { ReconcileService } from '../sessions/reconcile.service.js';

type Payload<K extends keyof DaemonEvents> = PayloadOf<DaemonEvents[K]>;

@Injectable()
export class DaemonLinkGateway {
  constructor(
    @Inject(PresenceService) private readonly presence: PresenceService,
    @Inject(ReconcileService) private readonly reconciler: ReconcileService,
    @Inject(FactsService) private readonly facts: FactsService,
    @Inject(OutboxPosition) private readonly position: OutboxPosition,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(EventBus) private readonly bus: EventBus,
  ) {}

  @OnDaemon('hello')
  async hello(hello: Payload<'hello'>, socket: DaemonSocket) {
    const { hostId, generation } = socket;
    if (hello.inventory) await this.presence.inventory(hostId, hello.inventory);
    const forget = await this.reconciler.hello(hostId, hello.sessions);
    await this.presence.connected(hostId, hello.daemonVersion);
    const outboxAcked = await this.position.read(hostId, hello.outbox.stream);
    this.bus.emit('host.connected', { hostId, generation });
    this.dispatcher.kick(hostId);
    return { outboxAcked, forget };
  }

  @OnDaemon('status')
  async status({ system, sessions }: Payload<'status'>, socket: DaemonSocket): Promise<void> {
    await this.presence.observed(socket.hostId, system);
    for (const sessionId of await this.reconciler.status(socket.hostId, sessions)) {
      await socket.request('session.forget', { sessionId }).catch(() => undefined);
    }
  }

  @OnDaemon('inventory')
  async inventory(inventory: Payload<'inventory'>, socket: DaemonSocket): Promise<void> {
    await this.presence.inventory(socket.hostId, inventory);
  }

  @OnDaemon('outbox.push')
  async outbox({ stream, facts }: Payload<'outbox.push'>, socket: DaemonSocket) {
    return { acked: await this.facts.apply(socket.hostId, stream, facts) };
  }
}

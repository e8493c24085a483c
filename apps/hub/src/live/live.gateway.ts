// Tells every browser which entities changed.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PayloadOf, UiEvents } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { UiSockets } from '../platform/ws/ui-sockets.js';

type Changed = PayloadOf<UiEvents['entity.changed']>;

@Injectable()
export class LiveGateway implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => void)[] = [];
  /** In this turn: the loads of many hosts come together, and are one write for each browser. */
  #changed: Changed[] = [];

  constructor(
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(UiSockets) private readonly sockets: UiSockets,
  ) {}

  onApplicationBootstrap(): void {
    const tell = (changed: Changed): void => {
      this.#changed.push(changed);
      if (this.#changed.length === 1) process.nextTick(this.#tell);
    };
    this.#stops.push(
      this.bus.on('host.changed', (entity) => {
        tell({ kind: 'host', id: entity.id, version: entity.version, entity });
      }),
      this.bus.on('host.deleted', ({ id, version }) => {
        tell({ kind: 'host', id, version, deleted: true });
      }),
      this.bus.on('session.changed', (entity) => {
        tell({ kind: 'session', id: entity.id, version: entity.version, entity });
      }),
      this.bus.on('session.deleted', ({ id, version }) => {
        tell({ kind: 'session', id, version, deleted: true });
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }

  readonly #tell = (): void => {
    const changed = this.#changed;
    this.#changed = [];
    for (const permission of ['host.view', 'session.view'] as const) {
      const seen = changed.filter((each) => permissionOf(each) === permission);
      if (seen.length > 0) this.sockets.broadcast('entity.changed', seen, permission);
    }
  };
}

const permissionOf = ({ kind }: Changed) =>
  kind === 'host' ? ('host.view' as const) : ('session.view' as const);

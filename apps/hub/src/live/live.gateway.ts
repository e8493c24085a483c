// Tells every browser which entities changed.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK } from '../platform/tokens.js';
import { UiSockets } from '../platform/ws/ui-sockets.js';
import { ChangePacer, type Changed } from './change-pacer.js';

@Injectable()
export class LiveGateway implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => void)[] = [];
  readonly #pacer: ChangePacer;

  constructor(
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(UiSockets) private readonly sockets: UiSockets,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#pacer = new ChangePacer(clock, (changed) => {
      this.#tell(changed);
    });
  }

  onApplicationBootstrap(): void {
    const tell = (changed: Changed): void => {
      this.#pacer.add(changed);
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
    this.#pacer.dispose();
  }

  #tell(changed: readonly Changed[]): void {
    for (const permission of ['host.view', 'session.view'] as const) {
      const seen = changed.filter((each) => permissionOf(each) === permission);
      if (seen.length > 0) this.sockets.broadcast('entity.changed', seen, permission);
    }
  }
}

const permissionOf = ({ kind }: Changed) =>
  kind === 'host' ? ('host.view' as const) : ('session.view' as const);

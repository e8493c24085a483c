// Tells browsers how the database is: what they show stays, and people learn why nothing can be changed.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { PayloadOf, UiEvents } from '@roundhouse/protocol';
import { Database } from '../database/database.js';
import { obstacleWords } from '../database/database-errors.js';
import { UiSockets } from '../ws/ui-sockets.js';

type Told = PayloadOf<UiEvents['hub.database']>;

@Injectable()
export class HealthGateway implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(UiSockets) private readonly sockets: UiSockets,
  ) {}

  onApplicationBootstrap(): void {
    let last = this.#now().state;
    this.#stops.push(
      this.database.onChange(() => {
        const now = this.#now();
        if (now.state === last) return;
        last = now.state;
        this.sockets.broadcast('hub.database', [now], 'self');
      }),
      this.sockets.onAdded((socket) => {
        const now = this.#now();
        if (now.state !== 'ready') socket.emit('hub.database', now);
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
  }

  #now(): Told {
    const { state, obstacle } = this.database;
    if (state !== 'ready') return { state: 'down', reason: null };
    return obstacle ? { state: 'read-only', reason: obstacleWords[obstacle] } : { state, reason: null };
  }
}

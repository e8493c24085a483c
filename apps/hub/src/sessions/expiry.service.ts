// Spawns that waited too long for their host are failed; they never start late.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { Database } from '../platform/database/database.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { CommandDispatcher } from './command-dispatcher.service.js';
import { CommandRepository } from './command.repository.js';

const sweepMs = 1_000;

@Injectable()
export class ExpiryService implements OnApplicationBootstrap, OnModuleDestroy {
  #cancel: Cancel | null = null;
  #sweeping = false;

  constructor(
    @Inject(CommandRepository) private readonly commands: CommandRepository,
    @Inject(CommandDispatcher) private readonly dispatcher: CommandDispatcher,
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cancel = this.clock.every(sweepMs, () => {
      void this.#sweep();
    });
  }

  onModuleDestroy(): void {
    this.#cancel?.();
  }

  async #sweep(): Promise<void> {
    if (this.#sweeping || this.database.state !== 'ready') return;
    this.#sweeping = true;
    try {
      for (const command of await this.commands.lapsed(new Date(this.clock.now()))) {
        await this.dispatcher.expire(command);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'lapsed spawns were not looked at');
    } finally {
      this.#sweeping = false;
    }
  }
}

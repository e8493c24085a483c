// Forgets minutes, hours and old prompts; days are kept for good.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import { CLOCK, CONFIG, LOGGER } from '../platform/tokens.js';
import { grainMs, tableNames } from './bucket-tables.js';
import { deletedAtOnce, RetentionRepository } from './retention.repository.js';
import type { UsageKeep } from './usage-keep.js';

const sweepMs = grainMs.hour;
/** Statements in one sweep of one kind: what is left waits for the next. */
const roundsMax = 200;
const promptsMs = 365 * grainMs.day;

@Injectable()
export class RetentionService implements OnApplicationBootstrap, OnModuleDestroy {
  #cancel: Cancel | null = null;
  #sweeping = false;

  constructor(
    @Inject(RetentionRepository) private readonly rows: RetentionRepository,
    @Inject(CONFIG) private readonly config: { readonly usageKeep: UsageKeep },
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cancel = this.clock.every(sweepMs, () => {
      this.sweep().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'old usage was not deleted');
      });
    });
  }

  onModuleDestroy(): void {
    this.#cancel?.();
  }

  async sweep(): Promise<void> {
    if (this.#sweeping || !this.rows.isReady) return;
    this.#sweeping = true;
    try {
      const now = this.clock.now();
      const { minutesMs, hoursMs } = this.config.usageKeep;
      await this.#repeat(() => this.rows.minutes(new Date(now - minutesMs)));
      for (const table of tableNames) {
        await this.#repeat(() => this.rows.hours(table, new Date(now - hoursMs)));
      }
      await this.#repeat(() => this.rows.prompts(new Date(now - promptsMs)));
      await this.rows.presence(new Date(now - hoursMs));
    } finally {
      this.#sweeping = false;
    }
  }

  async #repeat(statement: () => Promise<number>): Promise<void> {
    for (let round = 0; round < roundsMax; round += 1) {
      if ((await statement()) < deletedAtOnce) return;
    }
  }
}

// The user's own prices of models: kept here, handed to every daemon, which prices each request.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Clock, Logger } from '@roundhouse/kit';
import { AppError, priceListSchema, type HostId, type Price, type PriceList } from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';

const key = 'prices';
const none: PriceList = { models: [], changedAt: null };

@Injectable()
export class PricesService implements OnApplicationBootstrap, OnModuleDestroy {
  #stop: (() => void) | null = null;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#stop = this.bus.on('host.connected', ({ hostId }) => {
      this.read().then(
        // Nobody ever set one: there is nothing to tell.
        (list) => (list.changedAt === null ? undefined : this.#hand(hostId, list)),
        (error: unknown) => {
          this.logger.warn({ err: error, hostId }, 'prices were not read');
        },
      );
    });
  }

  onModuleDestroy(): void {
    this.#stop?.();
  }

  async read(): Promise<PriceList> {
    const row = await this.database.client.hubState.findUnique({ where: { key } });
    const parsed = priceListSchema.safeParse(row?.value);
    return parsed.success ? parsed.data : none;
  }

  /** @throws AppError VALIDATION_FAILED for a pattern that is none */
  async write(models: readonly Price[], actor: Actor, ip: string): Promise<PriceList> {
    checkPatterns(models);
    const list: PriceList = { models: [...models], changedAt: new Date(this.clock.now()).toISOString() };
    await this.database.client.$transaction(async (tx) => {
      await tx.hubState.upsert({
        ...{ where: { key }, create: { key, value: list }, update: { value: list } },
      });
      await this.audit.record('PRICES_CHANGED', { actor, ip, details: { models: models.length } }, tx);
    });
    for (const hostId of this.daemons.hostIds()) void this.#hand(hostId, list);
    return list;
  }

  /** A daemon of before does not know the event; it prices by its list alone. */
  async #hand(hostId: HostId, list: PriceList): Promise<void> {
    try {
      await this.daemons.get(hostId)?.request('prices', list);
    } catch (error) {
      const old = error instanceof AppError && error.code === 'NOT_FOUND';
      this.logger[old ? 'debug' : 'warn']({ err: error, hostId }, 'prices were not handed to a daemon');
    }
  }
}

function checkPatterns(models: readonly Price[]): void {
  const fields = models.flatMap(({ match }, index) => {
    try {
      new RegExp(match);
      return [];
    } catch {
      return [{ field: `models[${String(index)}].match`, message: 'must be a regular expression' }];
    }
  });
  if (fields.length > 0) throw new AppError('VALIDATION_FAILED', { fields });
}

// How busy hosts were: their samples become minutes, which are written together and kept for a day.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import type { HostId, HostMetrics, MetricsWindow, SystemInfo } from '@roundhouse/protocol';
import { failureLevel } from '../platform/database/database-errors.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { HostMetricsRepository, type HostSums } from './host-metrics.repository.js';
import { added, metricsOf, minuteMs, spanOf, sumsOf, windows } from './host-minutes.js';

/** How often minutes that are over are written: a chart is at most so far behind after a crash. */
const writeMs = 15_000;
const sweepMs = 60 * minuteMs;
/** The longest window, and what is left of the hour in which it is swept. */
const keepMs = windows['24h'].spanMs + sweepMs;
/** Minutes held while the database does not answer: half an hour of 200 hosts. The oldest go first. */
const heldMax = 6_000;

@Injectable()
export class HostMetricsService implements OnApplicationBootstrap, OnModuleDestroy {
  /** Not written yet, by host and minute; oldest first. */
  readonly #held = new Map<string, HostSums>();
  readonly #cancels: Cancel[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(HostMetricsRepository) private readonly rows: HostMetricsRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#cancels.push(
      this.clock.every(writeMs, () => void this.write()),
      this.clock.every(sweepMs, () => void this.#sweep()),
    );
  }

  /** What the present minute has so far is written as well: the next process adds to it. */
  async onModuleDestroy(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    await this.write(Infinity);
  }

  observed(hostId: HostId, system: SystemInfo): void {
    const sums = sumsOf(system, this.clock.now());
    const key = `${hostId} ${String(sums.at)}`;
    const known = this.#held.get(key);
    this.#held.set(key, { ...(known ? added(known, sums) : sums), hostId });
    if (this.#held.size > heldMax) this.#held.delete(this.#held.keys().next().value ?? '');
  }

  async metrics(hostId: HostId, window: MetricsWindow): Promise<HostMetrics> {
    const now = this.clock.now();
    const written = await this.rows.read(hostId, new Date(spanOf(window, now).from));
    const held = [...this.#held.values()].filter((sums) => sums.hostId === hostId);
    return metricsOf(window, now, [...written, ...held]);
  }

  /** Writes the minutes that were over at `before`. Never rejects: what was not written is held. */
  write(before: number = Math.floor(this.clock.now() / minuteMs) * minuteMs): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(before));
    return this.#writing;
  }

  async #write(before: number): Promise<void> {
    const due = [...this.#held].filter(([, { at }]) => at < before);
    if (due.length === 0 || !this.rows.isReady) return;
    for (const [key] of due) this.#held.delete(key);
    try {
      await this.rows.add(due.map(([, sums]) => sums));
    } catch (error) {
      this.logger[failureLevel(error)]({ err: error }, 'the minutes of hosts were not written');
      this.#holdAgain(due);
    }
  }

  #holdAgain(due: readonly (readonly [string, HostSums])[]): void {
    const since = [...this.#held];
    this.#held.clear();
    for (const [key, sums] of [...due, ...since].slice(-heldMax)) {
      const known = this.#held.get(key);
      this.#held.set(key, known ? { ...added(known, sums), hostId: sums.hostId } : sums);
    }
  }

  async #sweep(): Promise<void> {
    if (!this.rows.isReady) return;
    try {
      await this.rows.forget(new Date(this.clock.now() - keepMs));
    } catch (error) {
      this.logger[failureLevel(error)]({ err: error }, 'old minutes of hosts were not deleted');
    }
  }
}

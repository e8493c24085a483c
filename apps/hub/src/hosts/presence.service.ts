// Whether a host is there: online while its daemon is connected, then unreachable, then offline.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import {
  offlineAfterMs,
  type Host,
  type HostId,
  type Inventory,
  type SystemInfo,
} from '@roundhouse/protocol';
import { failureLevel } from '../platform/database/database-errors.js';
import { Database } from '../platform/database/database.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { withSkew } from './clock-skew.js';
import { HostLoads } from './host-loads.js';
import { HostRepository } from './host.repository.js';

/** How often load is stored and told. A host with many projects is a large message: it is told less often. */
const systemEveryMs = { small: 9_000, large: 60_000 } as const;
/**
 * Of many hosts each is told less often, ten a second in all: every browser hears of every host, and 200 of both would
 * be more than the terminals say.
 */
const systemPerHostMs = 100;
/** So many projects make an entity of some 100 kB. */
const manyProjects = 500;

type Link = Pick<DaemonSocket, 'hostId' | 'generation'>;

@Injectable()
export class PresenceService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #timers = new Map<HostId, Cancel>();
  /** When the load of a connected host was last told, and how often that is. */
  readonly #told = new Map<HostId, { at: number; everyMs: number; oftenMs: number }>();
  readonly #loads: HostLoads;
  readonly #queues = new Map<HostId, Promise<void>>();
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(HostRepository) private readonly hosts: HostRepository,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(Database) private readonly database: Database,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#loads = new HostLoads({
      ...{ hosts, clock },
      tell: (host) => {
        this.#tell(host);
      },
      failed: (error) => {
        logger[failureLevel(error)]({ err: error }, 'the loads of hosts were not stored');
      },
    });
  }

  onApplicationBootstrap(): void {
    const stored = (hostId: HostId, work: Promise<void>): void => {
      work.catch((error: unknown) => {
        this.logger[failureLevel(error)]({ err: error, hostId }, 'presence was not stored');
      });
    };
    this.#stops.push(
      this.bus.on('host.changed', (host) => {
        this.#loads.told(host);
      }),
      this.bus.on('host.deleted', ({ id }) => {
        this.#loads.forget(id);
      }),
      this.bus.on('host.disconnected', ({ hostId }) => {
        stored(hostId, this.#disconnected(hostId));
      }),
      this.bus.on('host.refused', ({ hostId, code, message }) => {
        stored(hostId, this.refused(hostId, { code, message }));
      }),
    );
    // Who left meanwhile could not be noted.
    this.#stops.push(
      this.database.onReturn(() => {
        this.#afterAbsence().catch((error: unknown) => {
          this.logger[failureLevel(error)]({ err: error }, 'presence was not stored');
        });
      }),
    );
    void this.#afterRestart().catch((error: unknown) => {
      this.logger[failureLevel(error)]({ err: error }, 'presence after a restart was not stored');
    });
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#loads.dispose();
  }

  /** The daemon has said hello on this link. */
  connected({ hostId, generation }: Link, daemonVersion: string): Promise<void> {
    return this.#inOrder(hostId, async () => {
      // The link may have broken while the hello was worked on.
      if (this.daemons.get(hostId)?.generation !== generation) return;
      this.#timers.get(hostId)?.();
      this.#timers.delete(hostId);
      this.#tell(await this.hosts.setConnected(hostId, daemonVersion, this.#now()));
    });
  }

  /** A heartbeat: stored and told often enough to watch the load, and no more often. */
  observed(hostId: HostId, sample: SystemInfo): Promise<void> {
    const system = withSkew(sample, this.clock.now());
    const told = this.#told.get(hostId);
    if (told && this.clock.monotonic() - told.at < told.everyMs) return Promise.resolve();
    const at = this.clock.monotonic();
    const often = told?.oftenMs ?? systemEveryMs.small;
    const everyMs = Math.max(often, this.#told.size * systemPerHostMs);
    if (everyMs > often) {
      this.#told.set(hostId, { at, everyMs, oftenMs: often });
      this.#loads.add(hostId, system);
      return Promise.resolve();
    }
    return this.#inOrder(hostId, async () => {
      const host = await this.hosts.setSystem(hostId, system, this.#now());
      if (!host) return;
      const oftenMs = host.projects.length > manyProjects ? systemEveryMs.large : systemEveryMs.small;
      this.#told.set(hostId, { at, everyMs: oftenMs, oftenMs });
      this.#tell(host);
    });
  }

  inventory(hostId: HostId, inventory: Inventory): Promise<void> {
    return this.#inOrder(hostId, async () => {
      this.#tell(await this.hosts.setInventory(hostId, inventory, this.#now()));
    });
  }

  /** A daemon of this host was refused: people see why on the host. */
  refused(hostId: HostId, problem: { code: string; message: string }): Promise<void> {
    return this.#inOrder(hostId, async () => {
      this.#tell(await this.hosts.setProblem(hostId, { ...problem, at: this.#now().toISOString() }));
    });
  }

  /** Resolves when what the daemon of the host has said so far is stored. */
  async settled(hostId: HostId): Promise<void> {
    await this.#inOrder(hostId, () => Promise.resolve());
  }

  async #afterRestart(): Promise<void> {
    await this.database.whenReady();
    for (const hostId of await this.hosts.markAllUnreachable()) {
      await this.#inOrder(hostId, async () => {
        // It was faster than this.
        if (this.daemons.get(hostId)) {
          this.#tell(await this.hosts.setState(hostId, 'online'));
          return;
        }
        this.#startOfflineTimer(hostId);
        this.#tell(await this.hosts.find(hostId));
      });
    }
  }

  async #afterAbsence(): Promise<void> {
    const away = (await this.hosts.list()).filter(({ id }) => !this.daemons.get(id));
    for (const { id, state } of away) {
      if (state === 'online') await this.#disconnected(id);
      else if (state === 'unreachable' && !this.#timers.has(id)) this.#startOfflineTimer(id);
    }
  }

  #disconnected(hostId: HostId): Promise<void> {
    this.#told.delete(hostId);
    this.#loads.forget(hostId);
    return this.#inOrder(hostId, async () => {
      if (this.daemons.get(hostId)) return;
      this.#startOfflineTimer(hostId);
      this.#tell(await this.hosts.setState(hostId, 'unreachable', this.#now()));
    });
  }

  /** What concerns one host is stored in the order in which it happened. */
  #inOrder(hostId: HostId, work: () => Promise<void>): Promise<void> {
    const turn = (this.#queues.get(hostId) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#queues.set(hostId, settled);
    void settled.then(() => {
      if (this.#queues.get(hostId) === settled) this.#queues.delete(hostId);
    });
    return turn;
  }

  #startOfflineTimer(hostId: HostId): void {
    this.#timers.get(hostId)?.();
    const cancel = this.clock.after(offlineAfterMs, () => {
      this.#timers.delete(hostId);
      void this.#goOffline(hostId).catch((error: unknown) => {
        this.logger[failureLevel(error)]({ err: error, hostId }, 'presence was not stored');
      });
    });
    this.#timers.set(hostId, cancel);
  }

  #goOffline(hostId: HostId): Promise<void> {
    return this.#inOrder(hostId, async () => {
      if (this.daemons.get(hostId)) return;
      this.#tell(await this.hosts.setState(hostId, 'offline'));
    });
  }

  #tell(host: Host | null): void {
    if (host) this.bus.emit('host.changed', host);
  }

  #now(): Date {
    return new Date(this.clock.now());
  }
}

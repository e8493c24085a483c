// The loads of many hosts, gathered: stored in one statement and told at once, instead of two statements and a message to
// every browser for each host.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { Host, HostId, SystemInfo } from '@roundhouse/protocol';
import type { HostRepository } from './host.repository.js';

/** How long loads are gathered. A load is a matter of seconds. */
const gatherMs = 1_000;

export interface HostLoadsOptions {
  readonly hosts: Pick<HostRepository, 'setSystems' | 'find'>;
  readonly clock: Clock;
  readonly tell: (host: Host) => void;
  readonly failed: (error: unknown) => void;
}

export class HostLoads {
  readonly #options: HostLoadsOptions;
  readonly #waiting = new Map<HostId, SystemInfo>();
  /** Each host as it was last told. */
  readonly #told = new Map<HostId, Host>();
  #gathering: Cancel | null = null;

  constructor(options: HostLoadsOptions) {
    this.#options = options;
  }

  dispose(): void {
    this.#gathering?.();
  }

  add(hostId: HostId, system: SystemInfo): void {
    this.#waiting.set(hostId, system);
    this.#gathering ??= this.#options.clock.after(gatherMs, () => {
      this.#gathering = null;
      this.#store().catch(this.#options.failed);
    });
  }

  /** Somebody told of the host. */
  told(host: Host): void {
    this.#told.set(host.id, host);
  }

  /** The host is gone: what it said last is not told any more. */
  forget(hostId: HostId): void {
    this.#waiting.delete(hostId);
    this.#told.delete(hostId);
  }

  async #store(): Promise<void> {
    const { hosts, clock, tell } = this.#options;
    const loads = [...this.#waiting].map(([id, system]) => ({ id, system }));
    this.#waiting.clear();
    const seenAt = new Date(clock.now());
    for (const { id, version } of await hosts.setSystems(loads, seenAt)) {
      const system = loads.find((load) => load.id === id)?.system;
      const before = this.#told.get(id);
      // Whatever else changed meanwhile is not known here: then the row is read.
      const isNext = before?.version === version - 1;
      const host =
        isNext && system
          ? { ...before, version, system, lastSeenAt: seenAt.toISOString() }
          : await hosts.find(id);
      if (host) tell(host);
    }
  }
}

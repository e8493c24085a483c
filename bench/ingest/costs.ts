// Processor time and memory of daemon, hub and database while something goes on.
import { processes } from '../../e2e/stack/processes.js';
import type { Stack } from '../../e2e/stack/stack.js';
import type { DaemonProcess } from '../../e2e/stack/daemon.js';
import { cpuSecondsOf, figuresOf } from '../core/process-figures.js';

export interface Costs {
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly daemon: number;
  readonly hub: number;
  readonly database: number;
}

export class Meter {
  readonly #daemon: number;
  readonly #hub: number;

  constructor(stack: Stack, daemon: DaemonProcess) {
    this.#daemon = daemon.program.pid;
    this.#hub = stack.hub.program.pid;
  }

  get daemonMb(): number {
    return figuresOf(this.#daemon).rssMb;
  }

  async during(work: () => Promise<void>): Promise<Costs> {
    const before = this.#now();
    await work();
    const after = this.#now();
    // A worker of the database that ended meanwhile is left out, one that began counts whole.
    const database = [...after.database].map(([pid, seconds]) => seconds - (before.database.get(pid) ?? 0));
    return {
      seconds: after.seconds - before.seconds,
      daemon: after.daemon - before.daemon,
      hub: after.hub - before.hub,
      database: database.reduce((sum, seconds) => sum + seconds, 0),
    };
  }

  #now() {
    return {
      seconds: performance.now() / 1_000,
      daemon: cpuSecondsOf(this.#daemon),
      hub: cpuSecondsOf(this.#hub),
      database: new Map(this.#below(this.#hub).map((pid) => [pid, cpuOf(pid)])),
    };
  }

  /** PostgreSQL and its workers. */
  #below(pid: number): number[] {
    const all = processes();
    const found = [pid];
    for (const parent of found)
      found.push(...all.filter(({ ppid }) => ppid === parent).map((seen) => seen.pid));
    return found.slice(1);
  }
}

/** A worker may have gone meanwhile. */
function cpuOf(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return 0;
  }
}

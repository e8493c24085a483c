// Heartbeats that say what the one before said: they change nothing, and must not read the database. Bounded by hosts.
import type { Clock } from '@roundhouse/kit';
import type { HostId, ReportedSession } from '@roundhouse/protocol';

/** A repeat is looked at again after so long, whatever happened: what nobody told of here is noticed by then. */
const trustedMs = 300_000;

interface Heard {
  readonly text: string;
  readonly at: number;
}

export class Heartbeats {
  readonly #heard = new Map<HostId, Heard>();
  /** Grows when something changes here; what was being compared meanwhile is not remembered. */
  #changes = 0;

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** Null for a repeat; else what to call when it was found to change nothing. */
  begin(hostId: HostId, reported: readonly ReportedSession[]): (() => void) | null {
    // What agents do changes all the time, and has its own way.
    const text = JSON.stringify(reported.map(({ activity: _, ...rest }) => rest));
    const before = this.#heard.get(hostId);
    const at = this.clock.monotonic();
    if (before?.text === text && at - before.at < trustedMs) return null;
    this.#heard.delete(hostId);
    const changes = this.#changes;
    return () => {
      if (changes === this.#changes) this.#heard.set(hostId, { text, at });
    };
  }

  /** Something of the sessions of a host changed here, or the host left; of an unknown host when null. */
  forget(hostId: HostId | null): void {
    this.#changes += 1;
    if (hostId) this.#heard.delete(hostId);
    else this.#heard.clear();
  }
}

// When a session's screen and its state changed, by one clock: that of this process, to which both come the same way.
import type { Activity, Session } from '@roundhouse/protocol';
import type { Screen } from '../stack/screen.js';
import type { UiSocket } from '../stack/ui-socket.js';
import { until } from '../stack/wait.js';

interface Stated {
  readonly at: number;
  readonly activity: Activity;
}

const readEveryMs = 25;

export class Moments {
  /** Every change of kind or reason that the hub told, in its order. */
  readonly states: Stated[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #stop: () => void;
  #text = '';
  #at = 0;

  constructor(
    ui: UiSocket,
    sessionId: string,
    private readonly screen: Screen,
  ) {
    this.#stop = ui.on(
      'entity.changed',
      ({ kind, id, entity }: { kind: string; id: string; entity?: Session }) => {
        if (kind !== 'session' || id !== sessionId || !entity?.activity) return;
        const last = this.states.at(-1)?.activity;
        const { activity } = entity;
        if (
          last?.kind === activity.kind &&
          last.waitsFor === activity.waitsFor &&
          last.since === activity.since
        )
          return;
        this.states.push({ at: performance.now(), activity });
      },
    );
    this.#timer = setInterval(() => void this.#read(), readEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stop();
  }

  /** @returns the moment at which the screen (without the words that a prompt echoes) first fitted */
  screenIs(look: (text: string) => boolean, what: string, timeoutMs = 30_000): Promise<number> {
    return until(() => look(this.#text) && this.#at, {
      what: `the screen shows ${what}`,
      timeoutMs,
      everyMs: readEveryMs,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.#text}`);
    });
  }

  /** Until nothing on the screen has changed for so long; one that never rests is waited for no longer than the timeout. */
  async rest(forMs: number, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    const rested = () => performance.now() > Math.min(this.#at + forMs, end);
    await until(rested, { what: 'the screen rests', timeoutMs: timeoutMs + forMs, everyMs: readEveryMs });
  }

  /** The first state of the kind after the moment, whenever it came. */
  stateIs(kind: Activity['kind'], after: number, timeoutMs = 10_000): Promise<Stated> {
    return until(() => this.states.find(({ at, activity }) => at >= after && activity.kind === kind), {
      what: `the state is ${kind}`,
      timeoutMs,
      everyMs: readEveryMs,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it was ${this.told}\n${this.#text}`);
    });
  }

  /** Every state, for a message. */
  get told(): string {
    return this.states
      .map(({ at, activity }) => `${activity.kind} (${activity.why}) at ${at.toFixed(0)}`)
      .join(', ');
  }

  async #read(): Promise<void> {
    const text = await this.screen.text();
    if (text === this.#text) return;
    this.#text = text;
    this.#at = performance.now();
  }
}

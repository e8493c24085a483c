// How often the size of one session reaches its host: a window that is dragged asks for hundreds in a second, and
// each makes the agent draw everything again. The last one always arrives.
import type { Cancel, Clock } from '@roundhouse/kit';

/** Eight a second: what a person sees as continuous while dragging. */
const resizeEveryMs = 125;

type Send = () => Promise<void>;

export class ResizeLimit {
  #last = -Infinity;
  #waiting: { send: Send; settle: (sent: Promise<void>) => void; done: Promise<void> } | null = null;
  #timer: Cancel | null = null;

  constructor(private readonly clock: Clock) {}

  /** Calls `send` now, or later unless a newer one comes first; settles as what was sent in the end does. */
  request(send: Send): Promise<void> {
    if (this.#waiting) {
      this.#waiting.send = send;
      return this.#waiting.done;
    }
    const wait = this.#last + resizeEveryMs - this.clock.monotonic();
    if (wait <= 0) return this.#run(send);
    let settle: (sent: Promise<void>) => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      settle = resolve;
    });
    this.#waiting = { send, settle, done };
    this.#timer = this.clock.after(wait, () => {
      const waiting = this.#waiting;
      this.#waiting = null;
      waiting?.settle(this.#run(waiting.send));
    });
    return done;
  }

  /** What waits is not sent any more. */
  dispose(): void {
    this.#timer?.();
    this.#waiting?.settle(Promise.resolve());
    this.#waiting = null;
  }

  #run(send: Send): Promise<void> {
    this.#last = this.clock.monotonic();
    return send();
  }
}

// `overflow: block`: the agent waits, rather than that bytes are lost which nobody has taken yet. Pure.
//
// Taken is what the writer's stream has acknowledged. Daemon and hub pass acknowledgements on, so that means: the hub
// has it. A stream begins with what it is attached at, so whoever attaches at the head has no use for what is older.
// While nobody streams it stays where the last one was: an agent that nobody watches prints a budget full, and waits.

/** What a PTY gives at once and the kernel still holds for an agent that ended: printed although the gate is shut. */
const OVERSHOOT_BYTES = 128 * 1024;
/** Room at which the agent goes on: one that is held prints in runs, not byte by byte. */
const REOPEN_BYTES = 2 * OVERSHOOT_BYTES;

export interface OverflowGateOptions {
  /** Bytes that may still be printed before the byte at `off` is lost. */
  readonly roomFor: (off: number) => number;
  readonly onHold: (held: boolean) => void;
}

export class OverflowGate {
  readonly #options: OverflowGateOptions;
  #takenTo = 0;
  #held = false;
  #open = false;

  constructor(options: OverflowGateOptions) {
    this.#options = options;
  }

  /** The stream of the writer has everything before `off`; a new one may begin further back. */
  taken(off: number): void {
    this.#takenTo = off;
    this.judge();
  }

  /** Something was printed, or the disk gives another room than before. */
  judge(): void {
    if (this.#open) return;
    const room = this.#options.roomFor(this.#takenTo);
    if (this.#held ? room < REOPEN_BYTES : room >= OVERSHOOT_BYTES) return;
    this.#hold(!this.#held);
  }

  /** The agent has ended: what it left behind comes through, whoever has taken what. */
  openForGood(): void {
    this.#open = true;
    if (this.#held) this.#hold(false);
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#options.onHold(held);
  }
}

// `overflow: block`: the agent waits, rather than that bytes are lost which nobody has taken yet.
//
// Taken is what the writer's stream has acknowledged; daemon and hub pass acknowledgements on, so the hub has it. While
// nobody streams it stays where the last one was: an agent that nobody watches prints a budget full, and waits. A stream
// that begins further on gives up what lies between, but not at once: who comes back after a partition streams from the
// head and reads the rest.
import { TURN_BYTES } from './pty-output.js';

/** What one turn of the PTY gives, and what libuv and the kernel still hold of an agent that ended: printed although the
 * gate is shut. */
const OVERSHOOT_BYTES = TURN_BYTES + 128 * 1024;
/** Room at which the agent goes on: one that is held prints in runs, not byte by byte. */
const REOPEN_BYTES = 2 * OVERSHOOT_BYTES;
/** Bytes that a stream began beyond are given up when nobody has read of them for so long. */
const GIVE_UP_MS = 5_000;

export interface OverflowGateOptions {
  /** Bytes that may still be printed before the byte at `off` is lost. */
  readonly roomFor: (off: number) => number;
  readonly onHold: (held: boolean) => void;
  /** Calls back once; @returns what takes it back. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export class OverflowGate {
  readonly #options: OverflowGateOptions;
  /** Everything before it was taken, or given up. */
  #takenTo = 0;
  /** What the stream has acknowledged. */
  #streamAt = 0;
  /** Set while there are bytes before the stream that may still be read. */
  #givingUp: (() => void) | null = null;
  #held = false;
  #open = false;

  constructor(options: OverflowGateOptions) {
    this.#options = options;
  }

  /** The writer streams from `off` on. One that begins further back wants those bytes once more. */
  attached(off: number): void {
    this.detached();
    this.#streamAt = off;
    if (off > this.#takenTo) this.#giveUpLater();
    else this.#takenTo = off;
    this.judge();
  }

  /** The stream has everything before `off`. */
  acked(off: number): void {
    this.#streamAt = off;
    if (!this.#givingUp) this.#takenTo = off;
    this.judge();
  }

  /** The writer reads kept bytes from..to-1, one piece after the other: what is before them it has, or does not want. */
  read(from: number, to: number): void {
    if (!this.#givingUp || from < this.#takenTo) return;
    this.#takenTo = Math.min(from, this.#streamAt);
    this.#givingUp();
    this.#giveUpLater(to >= this.#streamAt ? 0 : GIVE_UP_MS);
    this.judge();
  }

  /** Nobody streams. */
  detached(): void {
    this.#givingUp?.();
    this.#givingUp = null;
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
    this.detached();
    this.#open = true;
    if (this.#held) this.#hold(false);
  }

  #giveUpLater(ms: number = GIVE_UP_MS): void {
    this.#givingUp = this.#options.after(ms, () => {
      this.#givingUp = null;
      this.#takenTo = this.#streamAt;
      this.judge();
    });
  }

  #hold(held: boolean): void {
    this.#held = held;
    this.#options.onHold(held);
  }
}

// A stream that lies behind its own terminal: under a flood that is faster than the link, viewers in step with the hub would
// see what was printed long ago. If nobody wants every byte, it goes on from the screen of the host.
import type { Clock } from '@roundhouse/kit';
import { snapshotScrollbackLines, type TerminalSnapshot } from '@roundhouse/protocol';

/** How often a stream that runs full is compared with its terminal. */
const checkEveryMs = 500;
/** A stream that brings less than this between two looks is in step. */
const busyBytes = 512 * 1024;
/** So little is there in a fraction of a second. */
const littleBytes = 2 * 1024 * 1024;
/** A screen that is not further ahead than this is not worth the jump. */
const worthBytes = 1024 * 1024;

export interface CatchUpSubject {
  readonly head: number;
  readonly clock: Clock;
  /** Bytes that the most patient viewer may lack; null when somebody wants all. */
  patience(): number | null;
  /** Where the output of the terminal ends now; null when the host cannot tell. */
  end(): Promise<number | null>;
  screen(lines: number): Promise<TerminalSnapshot | null>;
  /** Goes on from `offset`, and leaves out what lies between. */
  jump(offset: number): Promise<void>;
}

export class CatchUp {
  #checking = false;
  #checkedAt = -Infinity;
  #checkedHead = 0;

  constructor(private readonly subject: CatchUpSubject) {}

  /** Bytes have come. */
  moved(): void {
    const { head, clock } = this.subject;
    const now = clock.monotonic();
    if (this.#checking || now - this.#checkedAt < checkEveryMs) return;
    const busy = head - this.#checkedHead >= busyBytes;
    this.#checkedAt = now;
    this.#checkedHead = head;
    if (!busy) return;
    this.#checking = true;
    void this.#check()
      // A host that does not answer is told of by its link.
      .catch(() => undefined)
      .finally(() => {
        this.#checking = false;
      });
  }

  async #check(): Promise<void> {
    const { subject } = this;
    const patience = subject.patience();
    if (patience === null) return;
    const end = await subject.end();
    if (end === null || end - subject.head <= Math.max(patience, littleBytes)) return;
    const snapshot = await subject.screen(snapshotScrollbackLines);
    if (snapshot && snapshot.offset - subject.head >= worthBytes) await subject.jump(snapshot.offset);
  }
}

// Tells whether a message was under way for too long, by the sender's own clock and the receiver's, which need not
// agree: what counts is how much longer it took than the quickest one on the same line. Pure.

/** How far two clocks may drift apart, as a share of the time that passes; several times what crystals do. */
const driftShare = 0.0005;

export class Lateness {
  #usual: { readonly difference: number; readonly at: number } | null = null;

  constructor(private readonly limitMs: number) {}

  /** Notes a message and judges it. After one that is late the next is measured by it: clocks are set, and sleep. */
  isLate(sentMs: number, nowMs: number): boolean {
    const difference = nowMs - sentMs;
    const usual = this.#usual ? this.#usual.difference + (nowMs - this.#usual.at) * driftShare : difference;
    const late = difference - usual > this.limitMs;
    this.#usual = { difference: late ? difference : Math.min(usual, difference), at: nowMs };
    return late;
  }
}

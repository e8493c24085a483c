// What one viewer was sent and has not acknowledged, in bytes; a gap is neither. Pure.

export class SentWindow {
  #sent: number;
  #acked: number;
  /** Gaps that lie in what is not acknowledged, in order. */
  #gaps: { readonly from: number; readonly to: number }[] = [];

  constructor(from: number) {
    this.#sent = from;
    this.#acked = from;
  }

  /** Next byte to send. */
  get sent(): number {
    return this.#sent;
  }

  /** Everything before this is parsed. */
  get acknowledged(): number {
    return this.#acked;
  }

  get unacknowledged(): number {
    return this.#gaps.reduce((sum, { from, to }) => sum - (to - from), this.#sent - this.#acked);
  }

  add(bytes: number): void {
    this.#sent += bytes;
  }

  skipTo(offset: number): void {
    this.#gaps.push({ from: this.#sent, to: offset });
    this.#sent = offset;
    this.#passGaps();
  }

  /** What was never sent cannot be acknowledged; an older offset changes nothing. */
  ack(offset: number): void {
    if (offset > this.#sent) return;
    this.#acked = Math.max(this.#acked, offset);
    this.#passGaps();
  }

  /** Who has everything before a gap has the gap, too. */
  #passGaps(): void {
    for (let [gap] = this.#gaps; gap && gap.from <= this.#acked; [gap] = this.#gaps) {
      this.#acked = Math.max(this.#acked, gap.to);
      this.#gaps.shift();
    }
  }
}

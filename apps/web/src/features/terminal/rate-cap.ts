// Lets through only so many in a while. Pure.
export class RateCap {
  readonly #times: number[] = [];

  constructor(
    private readonly most: number,
    private readonly perMs: number,
  ) {}

  /** Whether one more may happen now; if so, it counts. */
  allow(now: number): boolean {
    while (this.#times.length > 0 && now - (this.#times[0] ?? 0) >= this.perMs) this.#times.shift();
    if (this.#times.length >= this.most) return false;
    this.#times.push(now);
    return true;
  }
}

// Random numbers that a test can have again: everything of one run follows from its seed.

export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1); mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to before `high`. */
  between(low: number, high: number): number {
    return Math.floor(low + this.next() * (high - low));
  }

  pick<T>(all: readonly T[]): T {
    const index = this.between(0, all.length);
    if (index >= all.length) throw new Error('nothing to pick from');
    return all[index] as T;
  }

  /** `count` whole numbers in rising order, evenly spread with some disorder, none in the same tenth of a share. */
  moments(count: number, total: number): number[] {
    const share = total / count;
    return Array.from({ length: count }, (_, index) =>
      Math.floor(index * share + (0.1 + 0.8 * this.next()) * share),
    );
  }
}

/** `E2E_SEED`, or the given one: so that a run is the same each time unless another one is wanted. */
export function seedOf(usual: number): number {
  const wanted = Number(process.env['E2E_SEED'] ?? usual);
  if (!Number.isSafeInteger(wanted)) throw new Error('E2E_SEED must be a whole number');
  return wanted;
}

// What waits for the database right now, so that all of it can be let go at once: who asks a database that hangs must not
// wait for each of its limits in turn. What was let go may still happen there, as after a connection that broke.

export class Waiting {
  readonly #waiting = new Set<(error: Error) => void>();

  get size(): number {
    return this.#waiting.size;
  }

  /** As the work itself, unless it is let go before. */
  add<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject);
      work.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(reject);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  letGo(error: () => Error): void {
    for (const reject of this.#waiting) reject(error());
    this.#waiting.clear();
  }
}

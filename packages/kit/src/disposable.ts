// Owners of timers, listeners and children: what is started has one parent that ends it.

export type Dispose = () => void | Promise<void>;

/** Runs its disposers once, last added first, and waits for each; one failure does not keep the others. */
export class Disposer {
  readonly #items: Dispose[] = [];
  #closed: Promise<void> | null = null;

  get disposed(): boolean {
    return this.#closed !== null;
  }

  /** Adds a disposer; when already disposed it runs at once. */
  add(dispose: Dispose): void {
    if (!this.#closed) this.#items.push(dispose);
    else void runQuietly(dispose);
  }

  /** @throws AggregateError with what went wrong, after everything has been tried. */
  dispose(): Promise<void> {
    this.#closed ??= this.#run();
    return this.#closed;
  }

  async #run(): Promise<void> {
    const failures: unknown[] = [];
    for (let item = this.#items.pop(); item; item = this.#items.pop()) {
      try {
        await item();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some resources were not released');
  }
}

/** For what comes too late: there is nobody left to tell of a failure. */
async function runQuietly(dispose: Dispose): Promise<void> {
  try {
    await dispose();
  } catch {
    // As above.
  }
}

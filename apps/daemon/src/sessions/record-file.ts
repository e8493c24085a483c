// One session's record in memory and on disk: changes at once here, and there one write after the other, newest last.
import type { SessionDir, SessionRecord } from './session-record.js';

export class RecordFile {
  readonly #dir: Pick<SessionDir, 'write'>;
  #value: SessionRecord;
  /** The write that will hold every change so far, not begun yet. */
  #next: Promise<void> | null = null;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(dir: Pick<SessionDir, 'write'>, value: SessionRecord) {
    this.#dir = dir;
    this.#value = value;
  }

  get value(): SessionRecord {
    return this.#value;
  }

  /** Resolves when this change, and all before it, are on disk. Many changes during a write share the next one. */
  update(change: Partial<SessionRecord>): Promise<void> {
    this.#value = { ...this.#value, ...change };
    if (this.#closed) return Promise.resolve();
    this.#next ??= this.#afterLast();
    return this.#next;
  }

  /** Nothing is written any more once this has resolved. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }

  #afterLast(): Promise<void> {
    const write = this.#last.then(async () => {
      this.#next = null;
      if (!this.#closed) await this.#dir.write(this.#value);
    });
    this.#last = write.catch(() => undefined);
    return write;
  }
}

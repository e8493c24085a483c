// Requests on their way to a keeper: each is answered, refused, or times out.
import type { Cancel, Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';

export interface Reply {
  readonly header: unknown;
  readonly body: Buffer;
}

interface Pending {
  resolve: (reply: Reply) => void;
  reject: (error: AppError) => void;
}

/** Requests in flight; more means that nobody waits for answers. */
const MAX_PENDING = 1024;

export class PendingReplies {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** Several may wait for one key: the same input sent twice. */
  readonly #pending = new Map<string, Set<Pending>>();
  #count = 0;
  #lastId = 0;

  constructor(clock: Clock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /**
   * @param onReply called in the order of the stream, before what follows the reply is handled
   * @throws AppError KEEPER_UNREACHABLE after the timeout, RATE_LIMITED with too many in flight
   */
  wait(key: string, what: string, onReply?: () => void): Promise<Reply> {
    if (this.#count >= MAX_PENDING)
      return Promise.reject(new AppError('RATE_LIMITED', { message: `${what}: too many in flight` }));
    return new Promise((resolve, reject) => {
      const entry: Pending = {
        resolve: (reply) => {
          done();
          onReply?.();
          resolve(reply);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const cancel: Cancel = this.#clock.after(this.#timeoutMs, () => {
        entry.reject(
          new AppError('KEEPER_UNREACHABLE', {
            message: `${what}: no answer within ${String(this.#timeoutMs)} ms`,
          }),
        );
      });
      const done = (): void => {
        cancel();
        this.#remove(key, entry);
      };
      this.#add(key, entry);
    });
  }

  resolve(key: string, reply: Reply): void {
    for (const entry of [...(this.#pending.get(key) ?? [])]) entry.resolve(reply);
  }

  reject(key: string, error: AppError): void {
    for (const entry of [...(this.#pending.get(key) ?? [])]) entry.reject(error);
  }

  rejectAll(error: AppError): void {
    for (const key of [...this.#pending.keys()]) this.reject(key, error);
  }

  #add(key: string, entry: Pending): void {
    const entries = this.#pending.get(key) ?? new Set();
    this.#pending.set(key, entries.add(entry));
    this.#count += 1;
  }

  #remove(key: string, entry: Pending): void {
    const entries = this.#pending.get(key);
    if (!entries?.delete(entry)) return;
    this.#count -= 1;
    if (entries.size === 0) this.#pending.delete(key);
  }
}

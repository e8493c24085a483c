// Numbers what is typed and sends it one piece at a time. Nothing is kept for later: what cannot be sent now is
// refused, and the person is told. Pure but for the `send` that is handed in.
import { inputChunkBytes } from '@roundhouse/protocol';
import { ApiError } from '../../lib/api-error.js';

/** Sends one piece and resolves when the keeper has it. @throws ApiError */
export type SendInput = (piece: { epoch: number; seq: number; data: Uint8Array }) => Promise<unknown>;

export interface InputHooks {
  /** Something was typed that did not reach the agent. */
  refused(error: ApiError): void;
  /** Milliseconds from sending to the keeper having it. */
  echo(ms: number): void;
  now(): number;
}

/** What waits behind the piece under way: a large paste; more is refused whole. */
const WAITING_MAX_BYTES = 4 * 1024 * 1024;

export class InputSender {
  /** The epoch that takes input now; null while none does. */
  #epoch: number | null = null;
  /** The epoch that the numbers count in; it outlives a lost link. */
  #counted: number | null = null;
  #seq = 1;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #busy = false;
  /** Grows whenever what was under way no longer counts. */
  #era = 0;
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly send: SendInput,
    private readonly hooks: InputHooks,
  ) {}

  /** Input may flow: numbers go on for the same viewer and epoch, and begin at 1 for a new one. */
  open(epoch: number, fresh: boolean): void {
    if (fresh || epoch !== this.#counted) this.#seq = 1;
    this.#counted = epoch;
    this.#epoch = epoch;
  }

  /** Input is refused from now on; what waited is dropped, and that is told. */
  close(error: ApiError): void {
    const lost = this.#waitingBytes > 0;
    this.#epoch = null;
    this.#drop();
    if (lost) this.hooks.refused(error);
  }

  /** True when it is on its way. */
  type(text: string | Uint8Array): boolean {
    if (this.#epoch === null) return false;
    const data = typeof text === 'string' ? this.#encoder.encode(text) : text;
    if (data.byteLength === 0) return true;
    if (this.#waitingBytes + data.byteLength > WAITING_MAX_BYTES) return false;
    this.#waiting.push(data);
    this.#waitingBytes += data.byteLength;
    void this.#run(this.#epoch);
    return true;
  }

  #drop(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#era += 1;
  }

  #take(): Uint8Array {
    const piece = new Uint8Array(Math.min(inputChunkBytes, this.#waitingBytes));
    let at = 0;
    while (at < piece.byteLength) {
      const head = this.#waiting[0];
      if (!head) break;
      const part = head.subarray(0, piece.byteLength - at);
      piece.set(part, at);
      at += part.byteLength;
      if (part.byteLength === head.byteLength) this.#waiting.shift();
      else this.#waiting[0] = head.subarray(part.byteLength);
    }
    this.#waitingBytes -= at;
    return piece;
  }

  async #run(epoch: number): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#waitingBytes > 0 && this.#epoch === epoch) await this.#sendOne(epoch, this.#take());
    } finally {
      this.#busy = false;
    }
    // A new epoch began while the last piece of the old one was under way.
    if (this.#epoch !== null && this.#waitingBytes > 0) void this.#run(this.#epoch);
  }

  async #sendOne(epoch: number, data: Uint8Array): Promise<void> {
    const era = this.#era;
    const seq = this.#seq;
    // Taken for good: should the answer get lost, the next piece must not pass for a repeat of this one.
    this.#seq += 1;
    try {
      const sentAt = this.hooks.now();
      await this.#numbered({ epoch, seq, data });
      this.hooks.echo(this.hooks.now() - sentAt);
    } catch (cause) {
      // What comes after a lost piece must not arrive without it.
      if (this.#era === era) this.#drop();
      this.hooks.refused(asApiError(cause));
    }
  }

  /** The keeper says which number it expects when an earlier piece never arrived. */
  async #numbered(piece: { epoch: number; seq: number; data: Uint8Array }): Promise<void> {
    try {
      await this.send(piece);
    } catch (cause) {
      const expected = expectedOf(cause);
      if (expected === null || expected >= piece.seq) {
        if (cause instanceof ApiError && neverSent.has(cause.code)) this.#giveBack(piece);
        throw cause;
      }
      this.#seq = expected + 1;
      await this.send({ ...piece, seq: expected });
    }
  }

  #giveBack({ epoch, seq }: { epoch: number; seq: number }): void {
    if (this.#counted === epoch && this.#seq === seq + 1) this.#seq = seq;
  }
}

/** Refused before a keeper was asked: the number is free again. */
const neverSent = new Set<string>([
  'NOT_CONTROLLER',
  'FORBIDDEN',
  'NOT_ATTACHED',
  'STALE_EPOCH',
  'VALIDATION_FAILED',
]);

function expectedOf(cause: unknown): number | null {
  if (!(cause instanceof ApiError) || cause.code !== 'INPUT_GAP') return null;
  const { expected } = cause.details;
  return typeof expected === 'number' ? expected : null;
}

const asApiError = (cause: unknown): ApiError =>
  cause instanceof ApiError ? cause : new ApiError('INTERNAL', { message: String(cause), cause });

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
  wait(ms: number): Promise<void>;
  /** How far a paste is; null once it is over, whichever way. */
  paste(progress: Progress | null): void;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A paste as bytes: what brackets it, for a program that asked for that, and what is in it. */
export interface PasteBytes {
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  readonly tail: Uint8Array;
}

/** Typing that waits behind the piece under way; more is refused whole. */
const WAITING_MAX_BYTES = 4 * 1024 * 1024;
/** Largest paste: a long log, and some seconds on a slow line. */
export const pasteMaxBytes = 16 * 1024 * 1024;
/** An agent that reads more slowly than a paste comes is asked again after this, in milliseconds. */
const busyMs = 50;

interface Waiting {
  readonly part: 'typed' | keyof PasteBytes;
  readonly data: Uint8Array;
}

export class InputSender {
  /** The epoch that takes input now; null while none does. */
  #epoch: number | null = null;
  /** The epoch that the numbers count in; it outlives a lost link. */
  #counted: number | null = null;
  #seq = 1;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #busy = false;
  /** Grows whenever what was under way no longer counts. */
  #era = 0;
  #pasting: Progress | null = null;
  /** The end of a bracket that the program was given the begin of. */
  #unclosed: Uint8Array | null = null;
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly send: SendInput,
    private readonly hooks: InputHooks,
  ) {}

  /** Input may flow: numbers go on for the same viewer and epoch, and begin at 1 for a new one. */
  open(epoch: number, fresh: boolean): void {
    if (fresh || epoch !== this.#counted) this.#seq = 1;
    if (epoch !== this.#counted) this.#unclosed = null;
    this.#counted = epoch;
    this.#epoch = epoch;
    if (this.#unclosed) {
      // A paste was cut off: without its end the program would take what is typed now for more of it.
      this.#wait('typed', this.#unclosed);
      this.#unclosed = null;
      void this.#run(epoch);
    }
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
    this.#wait('typed', data);
    void this.#run(this.#epoch);
    return true;
  }

  /** One at a time, in order with what is typed. True when it is on its way. */
  paste(paste: PasteBytes): boolean {
    const total = paste.body.byteLength;
    if (this.#epoch === null || this.#pasting || total > pasteMaxBytes) return false;
    this.#pasting = { done: 0, total };
    this.#wait('head', paste.head);
    this.#wait('body', paste.body);
    this.#wait('tail', paste.tail);
    this.hooks.paste(this.#pasting);
    void this.#run(this.#epoch);
    return true;
  }

  /** Ends the paste where it is; its closing bracket still goes out. */
  cancelPaste(): void {
    const begun = !this.#waiting.some(({ part }) => part === 'head');
    this.#waiting = this.#waiting.filter(({ part }) => part === 'typed' || (part === 'tail' && begun));
    this.#waitingBytes = this.#waiting.reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#pasteOver();
  }

  #wait(part: Waiting['part'], data: Uint8Array): void {
    if (data.byteLength === 0) return;
    this.#waiting.push({ part, data });
    this.#waitingBytes += data.byteLength;
  }

  #pasteOver(): void {
    if (!this.#pasting) return;
    this.#pasting = null;
    this.hooks.paste(null);
  }

  #drop(): void {
    const begun = !this.#waiting.some(({ part }) => part === 'head');
    const tail = this.#waiting.find(({ part }) => part === 'tail');
    if (begun && tail) this.#unclosed = tail.data;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#era += 1;
    this.#pasteOver();
  }

  /** The next piece, and how much of it is pasted. */
  #take(): { data: Uint8Array; pasted: number } {
    const piece = new Uint8Array(Math.min(inputChunkBytes, this.#waitingBytes));
    let at = 0;
    let pasted = 0;
    while (at < piece.byteLength) {
      const head = this.#waiting[0];
      if (!head) break;
      const length = wholeCharacters(head.data, piece.byteLength - at);
      if (length === 0) break;
      piece.set(head.data.subarray(0, length), at);
      at += length;
      if (head.part === 'body') pasted += length;
      if (length === head.data.byteLength) this.#waiting.shift();
      else this.#waiting[0] = { ...head, data: head.data.subarray(length) };
    }
    this.#waitingBytes -= at;
    return { data: piece.subarray(0, at), pasted };
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

  async #sendOne(epoch: number, { data, pasted }: { data: Uint8Array; pasted: number }): Promise<void> {
    const era = this.#era;
    const seq = this.#seq;
    // Taken for good: should the answer get lost, the next piece must not pass for a repeat of this one.
    this.#seq += 1;
    try {
      const sentAt = this.hooks.now();
      const piece = { epoch, seq, data };
      if (pasted > 0) await this.#patiently(piece, era);
      else await this.#numbered(piece);
      this.hooks.echo(this.hooks.now() - sentAt);
      if (pasted > 0 && this.#era === era) this.#pasted(pasted);
    } catch (cause) {
      // What comes after a lost piece must not arrive without it.
      if (this.#era === era) this.#drop();
      this.hooks.refused(asApiError(cause));
    }
  }

  #pasted(bytes: number): void {
    if (!this.#pasting) return;
    const { done, total } = this.#pasting;
    this.#pasting = { done: done + bytes, total };
    if (this.#pasting.done >= total) this.#pasteOver();
    else this.hooks.paste(this.#pasting);
  }

  /** A paste waits for an agent that is busy, until it is cancelled; a key that came much later would surprise. */
  async #patiently(piece: { epoch: number; seq: number; data: Uint8Array }, era: number): Promise<void> {
    for (;;) {
      try {
        await this.#numbered(piece);
        return;
      } catch (cause) {
        const busy = cause instanceof ApiError && cause.code === 'INPUT_BUSY';
        if (!busy || this.#era !== era) throw cause;
        this.#seq = piece.seq + 1;
        await this.hooks.wait(busyMs);
        if (this.#era !== era) {
          this.#giveBack(piece);
          throw cause;
        }
      }
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

/** Refused before a keeper took it: the number is free again. */
const neverSent = new Set<string>([
  'NOT_CONTROLLER',
  'FORBIDDEN',
  'NOT_ATTACHED',
  'STALE_EPOCH',
  'INPUT_LATE',
  'INPUT_BUSY',
  'VALIDATION_FAILED',
]);

/** Length of the longest beginning that ends between characters of UTF-8, within `most` bytes. */
function wholeCharacters(data: Uint8Array, most: number): number {
  if (data.byteLength <= most) return data.byteLength;
  let end = most;
  while (end > 0 && most - end < 4 && ((data[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  // No text: cut anywhere.
  return ((data[end] ?? 0) & 0xc0) === 0x80 ? most : end;
}

function expectedOf(cause: unknown): number | null {
  if (!(cause instanceof ApiError) || cause.code !== 'INPUT_GAP') return null;
  const { expected } = cause.details;
  return typeof expected === 'number' ? expected : null;
}

const asApiError = (cause: unknown): ApiError =>
  cause instanceof ApiError ? cause : new ApiError('INTERNAL', { message: String(cause), cause });

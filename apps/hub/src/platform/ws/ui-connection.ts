// One browser's socket: its credential, its budget of events, and what handlers may do with it.
import type { Clock } from '@roundhouse/kit';
import { AppError, type SentPayloadOf, type UiEvents } from '@roundhouse/protocol';
import type { Socket } from 'socket.io';
import type { Actor, Credential } from '../../auth/actor.js';
import type { ToBrowser, UiSocket } from './handlers.js';
import { DirectLine } from './direct-line.js';
import { OneWrite } from './one-write.js';
import { bufferedBytes } from './socket-server.js';
import { TokenBucket } from './token-bucket.js';

/** Typing and resizing take some dozens per second; a paste of 20 MiB is 320 pieces. */
const budget = { perSecond: 500, burst: 1_000 } as const;
/**
 * Acknowledgements cost almost nothing, and one that is dropped may be the last one before a pause: a page may send
 * one for each message that it gets.
 */
const ackBudget = { perSecond: 10_000, burst: 20_000 } as const;
/** So many refused in a row are a fault or an attack: the connection ends. */
const maxRefusedInARow = 2_000;

type SentOutput = SentPayloadOf<UiEvents['session.output']> & { readonly data: Uint8Array };

export class UiConnection implements UiSocket {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  readonly #oneWrite: OneWrite;
  readonly #direct: DirectLine;
  readonly #acks: TokenBucket;
  #credential: Credential;
  #revoked = false;
  #used = true;
  #refused = 0;

  constructor(socket: Socket, credential: Credential, clock: Clock) {
    this.#socket = socket;
    this.#credential = credential;
    this.#clock = clock;
    this.#bucket = new TokenBucket(budget, clock);
    this.#oneWrite = new OneWrite(socket);
    this.#direct = new DirectLine(socket);
    this.#acks = new TokenBucket(ackBudget, clock);
  }

  get id(): string {
    return this.#socket.id;
  }

  get actor(): Actor {
    return this.#credential.actor;
  }

  get revoked(): boolean {
    return this.#revoked;
  }

  emit<K extends ToBrowser>(name: K, payload: SentPayloadOf<UiEvents[K]>): void {
    if (this.#revoked) return;
    if (name === 'session.output' && this.#direct.output(name, payload as SentOutput)) return;
    // An event with bytes is two frames; what changed comes in swarms.
    if ('data' in payload || name === 'entity.changed') this.#oneWrite.hold();
    this.#socket.emit(name, payload);
  }

  emitAll<K extends ToBrowser>(name: K, payloads: readonly SentPayloadOf<UiEvents[K]>[]): void {
    if (this.#revoked || this.#direct.tellAll(name, payloads)) return;
    for (const payload of payloads) this.emit(name, payload);
  }

  /** What sends the result of an event with this number, as Socket.IO would. */
  answerTo(id: number): (result: unknown) => void {
    return (result) => {
      if (!this.#revoked && this.#socket.connected) this.#direct.answer(id, result);
    };
  }

  bufferedBytes(): number {
    return bufferedBytes(this.#socket);
  }

  onClose(listener: () => void): void {
    if (this.#socket.disconnected) listener();
    else this.#socket.once('disconnect', listener);
  }

  close(): void {
    this.#socket.disconnect(true);
  }

  /** The credential counts no more: nothing is taken or sent from now on. */
  revoke(): void {
    this.#revoked = true;
    this.close();
  }

  renew(credential: Credential): void {
    this.#credential = credential;
  }

  /** Whether the socket was used since this was last asked. */
  takeUse(): boolean {
    const used = this.#used;
    this.#used = false;
    return used;
  }

  /** Null when the event of this name may be looked at. */
  maySpeak(name: string): AppError | null {
    if (this.#revoked || this.#clock.now() >= this.#credential.validUntil) {
      return new AppError('UNAUTHENTICATED', { message: 'Your session has ended' });
    }
    if (!(name === 'session.ack' ? this.#acks : this.#bucket).take()) {
      this.#refused += 1;
      if (this.#refused >= maxRefusedInARow) this.close();
      return new AppError('RATE_LIMITED', { retryAfterS: 1 });
    }
    this.#refused = 0;
    this.#used = true;
    return null;
  }
}

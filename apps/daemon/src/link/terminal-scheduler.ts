// Output on its way to the hub: at most so much in the line at a time, the rest waits here in a fair order.
import type { Cancel, Clock } from '@roundhouse/kit';
import type { SessionId } from '@roundhouse/protocol';
import type { StreamSink } from '../sessions/session-events.js';
import { FairQueue } from './fair-queue.js';
import type { SentPayload } from './handlers.js';

/** Bytes in the line that its other end has not taken: what is typed waits behind them, and behind no more. */
const lineBytesMax = 512 * 1024;
/** How often a line that is full, or kept for what is typed, is looked at, in milliseconds: 512 KiB in each are 100 MB/s. */
const lookMs = 5;
/** What an event without bytes counts as. */
const eventBytes = 256;

type Event = 'terminal.output' | 'terminal.resized' | 'terminal.gap' | 'terminal.exit';

/** The connection to the hub. */
export interface Line {
  /** Bytes that were sent and are still in this process. */
  backlog(): number;
  emit<K extends Event>(name: K, payload: SentPayload<K>): void;
}

export class TerminalScheduler implements StreamSink {
  /** Bounded by the windows of the sessions: each has no more under way than the hub has let go. */
  readonly #queue = new FairQueue<() => void>();
  #look: Cancel | null = null;

  constructor(
    private readonly line: Line,
    private readonly clock: Clock,
  ) {}

  output(at: SentPayload<'terminal.output'> & { sessionId: SessionId; data: Buffer }): void {
    this.#add('terminal.output', at, at.data.length);
  }

  resized(at: SentPayload<'terminal.resized'> & { sessionId: SessionId }): void {
    this.#add('terminal.resized', at, eventBytes);
  }

  gap(at: SentPayload<'terminal.gap'> & { sessionId: SessionId }): void {
    this.#add('terminal.gap', at, eventBytes);
  }

  exit(at: SentPayload<'terminal.exit'> & { sessionId: SessionId }): void {
    this.#add('terminal.exit', at, eventBytes);
  }

  /** Somebody types into it: what it prints now goes first. */
  typed(sessionId: SessionId): void {
    this.#queue.typed(sessionId, this.clock.monotonic());
  }

  /** The link is gone, and its streams with it. */
  clear(): void {
    this.#look?.();
    this.#look = null;
    this.#queue.clear();
  }

  #add<K extends Event>(name: K, payload: SentPayload<K> & { sessionId: SessionId }, bytes: number): void {
    this.#queue.push(payload.sessionId, bytes, () => {
      this.line.emit(name, payload);
    });
    // What is looked at later may be another session's, which waits while this one is typed into.
    if (!this.#look || this.line.backlog() < lineBytesMax) this.#send();
  }

  #send(): void {
    while (!this.#queue.isEmpty) {
      const isFull = this.line.backlog() >= lineBytesMax;
      const next = isFull ? null : this.#queue.take(this.clock.monotonic());
      if (!next) {
        this.#lookLater();
        return;
      }
      next();
    }
  }

  #lookLater(): void {
    this.#look ??= this.clock.after(lookMs, () => {
      this.#look = null;
      this.#send();
    });
  }
}

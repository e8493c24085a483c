// The bytes of one epoch in order, for a screen: from the keeper as a reader while there is one, from its files when it is
// gone. Acknowledged once drawn, so that a screen that lags holds at most a window; it slows nobody.
import { backoffMs, delay, type Cancel, type Clock } from '@roundhouse/kit';
import { AppError } from '@roundhouse/protocol';
import { isKeeperAlive, openEndedSession, readKeeperFile } from '../../keeper/ended-session.js';
import { connectKeeper, type KeeperClient } from '../../keeper/keeper-client.js';
import { sizeAfter, sizeAt } from '../../keeper/resize-log.js';
import type { DrawPace } from './draw-pace.js';
import type { Size } from './emulator.js';

/** Bytes under way to a screen: some 50 ms of drawing, and enough of a flood to see what need not be drawn. */
const windowBytes = 1024 * 1024;
/** Bytes read at once from the files. */
const sliceBytes = 64 * 1024;
/** A keeper that lives answers at once; a frozen one is asked until it thaws. */
const retry = { minMs: 50, maxMs: 2_000 };

export interface FeedSink {
  /** `drawn` is called when the bytes are on the screen. */
  data(offset: number, bytes: Buffer, drawn: () => void): void;
  resized(size: Size): void;
  /** Bytes up to `to` are gone. */
  gap(to: number): void;
  /** The output is over; nothing comes after it. */
  end(): void;
  /** Joined the keeper, whose output is at `head`. */
  joined(head: number): void;
}

export interface FeedOptions {
  readonly dir: string;
  readonly live: boolean;
  readonly sink: FeedSink;
  readonly clock: Clock;
  readonly pace: Pick<DrawPace, 'waitMs'>;
  /** The first byte that is wanted, when what is kept begins at `oldest` and ends at `head`. */
  readonly start: (oldest: number, head: number) => number;
}

export class ByteFeed {
  readonly #options: FeedOptions;
  readonly #stop = new AbortController();
  #client: KeeperClient | null = null;
  /** Acknowledgements that wait; as many as frames in a window. */
  readonly #acks = new Set<Cancel>();
  /** The next byte; null before the first join. */
  #next: number | null = null;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Feeds until the output is over or this is disposed of. @throws what cannot be tried again */
  async run(): Promise<void> {
    const { live, clock } = this.#options;
    const { signal } = this.#stop;
    for (let attempt = 1; live && !signal.aborted; attempt += 1) {
      const file = await readKeeperFile(this.#options.dir);
      if (!file || !isKeeperAlive(file)) break;
      const before = this.#next;
      const ended = await this.#follow(file.socketPath).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'PROTOCOL_MISMATCH') throw error;
        return false;
      });
      if (ended) return;
      if (this.#next !== before) attempt = 1;
      await delay(backoffMs(attempt, { ...retry, random: Math.random }), clock, signal).catch(
        () => undefined,
      );
    }
    if (!signal.aborted) await this.#read();
  }

  dispose(): void {
    this.#stop.abort(new AppError('SHUTTING_DOWN'));
    this.#client?.dispose();
  }

  /** @returns whether the output is over; not, when the connection broke */
  async #follow(socketPath: string): Promise<boolean> {
    const { sink, clock, pace, start } = this.#options;
    const { signal } = this.#stop;
    let over = false;
    let closed = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const handlers = {
      onData: (off: number, bytes: Buffer): void => {
        const end = off + bytes.length;
        this.#next = end;
        const ack = (): void => {
          if (!client.closed) client.ack(end);
        };
        sink.data(off, bytes, () => {
          const ms = pace.waitMs(bytes.length);
          if (ms === 0) ack();
          else this.#later(ms, ack);
        });
      },
      onGap: (_: number, to: number): void => {
        this.#next = to;
        sink.gap(to);
      },
      onResized: (size: Size): void => {
        sink.resized(size);
      },
      onExit: (): void => {
        over = true;
        closed();
      },
      onClosed: (): void => {
        closed();
      },
    };
    const client = await connectKeeper({ socketPath, clock, handlers }, signal);
    this.#client = client;
    try {
      const { oldest, head } = await client.info();
      sink.joined(head);
      const from = this.#next ?? start(oldest, head);
      this.#next = from;
      await client.attachAsReader(from, windowBytes);
      await done;
    } finally {
      for (const cancel of this.#acks) cancel();
      this.#acks.clear();
      client.dispose();
      this.#client = null;
    }
    if (over) sink.end();
    return over;
  }

  #later(ms: number, ack: () => void): void {
    const cancel = this.#options.clock.after(ms, () => {
      this.#acks.delete(cancel);
      ack();
    });
    this.#acks.add(cancel);
  }

  async #read(): Promise<void> {
    const { dir, sink, start } = this.#options;
    const { spool, resizes, exit } = await openEndedSession(dir);
    const head = Math.max(spool.head, exit?.off ?? 0);
    let next = this.#next ?? start(spool.oldest, head);
    sink.joined(head);
    while (!this.#stop.signal.aborted) {
      if (resizes.length > 0) sink.resized(sizeAt(resizes, next));
      const max = Math.min(sliceBytes, (sizeAfter(resizes, next) ?? Number.MAX_SAFE_INTEGER) - next);
      const slice = await spool.read(next, max);
      if (!slice) break;
      if (slice.off > next) {
        next = slice.off;
        sink.gap(next);
        continue;
      }
      next += slice.bytes.length;
      await new Promise<void>((resolve) => {
        sink.data(slice.off, slice.bytes, resolve);
      });
    }
    if (this.#stop.signal.aborted) return;
    if (head > next) sink.gap(head);
    sink.end();
  }
}

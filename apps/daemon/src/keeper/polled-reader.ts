// A reader's stream from a keeper of version 1, which streams to its writer alone: asks for the head, and reads up to it.
import type { Cancel, Clock } from '@roundhouse/kit';
import { AppError, type KeeperInfo } from '@roundhouse/protocol';
import type { KeeperHandlers, KeeperSlice } from './keeper-client.js';
import { sizeAt, sizeAfter } from './resize-log.js';
import { StreamPump } from './stream-pump.js';

/** Short enough for a screen that is watched; such keepers are gone once their sessions have ended. */
const POLL_MS = 50;

export interface PolledKeeper {
  info(): Promise<KeeperInfo>;
  read(from: number, max: number): Promise<KeeperSlice>;
}

export class PolledReader {
  readonly #keeper: PolledKeeper;
  readonly #clock: Clock;
  readonly #from: number;
  readonly #pump: StreamPump;
  #info: KeeperInfo | null = null;
  #cancel: Cancel | null = null;
  #stopped = false;

  constructor(
    keeper: PolledKeeper,
    handlers: Pick<KeeperHandlers, 'onData' | 'onGap' | 'onResized' | 'onExit'>,
    options: { clock: Clock; from: number; window: number },
  ) {
    this.#keeper = keeper;
    this.#clock = options.clock;
    this.#from = options.from;
    const head = (): number => this.#info?.head ?? 0;
    const source = {
      log: {
        get head() {
          return head();
        },
        peek: () => null,
        read: (from: number, max: number) => this.#read(from, max),
      },
      resizes: {
        at: (off: number) => sizeAt(this.#info?.resizes ?? [], off),
        nextAfter: (off: number) => sizeAfter(this.#info?.resizes ?? [], off),
      },
      exit: () => this.#info?.exit ?? null,
    };
    const sink = {
      ready: () => true,
      data: handlers.onData,
      gap: handlers.onGap,
      resized: (off: number, { cols, rows }: { cols: number; rows: number }) => {
        handlers.onResized({ off, cols, rows });
      },
      exit: handlers.onExit,
    };
    this.#pump = new StreamPump(source, sink, options);
  }

  /** @throws AppError OFFSET_INVALID beyond the head, KEEPER_UNREACHABLE */
  async begin(): Promise<void> {
    const info = await this.#keeper.info();
    if (this.#from > info.head) {
      throw new AppError('OFFSET_INVALID', {
        message: `Offset ${String(this.#from)} is beyond ${String(info.head)}`,
      });
    }
    this.#heard(info);
  }

  ack(off: number): void {
    this.#pump.ack(off);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#pump.stop();
  }

  #heard(info: KeeperInfo): void {
    if (this.#stopped) return;
    this.#info = info;
    this.#pump.kick();
    if (!info.exit) this.#askLater();
  }

  #askLater(): void {
    this.#cancel = this.#clock.after(POLL_MS, () => {
      this.#keeper.info().then(
        (next) => {
          this.#heard(next);
        },
        () => {
          // Frozen, perhaps. One that is gone ends this by the end of its connection.
          if (!this.#stopped) this.#askLater();
        },
      );
    });
  }

  async #read(from: number, max: number): Promise<{ off: number; bytes: Buffer }> {
    while (!this.#stopped) {
      try {
        return await this.#keeper.read(from, max);
      } catch {
        await new Promise<void>((resolve) => this.#clock.after(POLL_MS, resolve));
      }
    }
    return { off: from, bytes: Buffer.alloc(0) };
  }
}

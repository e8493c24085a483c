// One connection to a session's keeper: holds its claim, so that the exit is heard; streams to the hub when asked to.
import type { Clock } from '@roundhouse/kit';
import {
  AppError,
  linkWindowBytes,
  type KeeperExit,
  type SessionId,
  type StreamInfo,
} from '@roundhouse/protocol';
import { connectKeeper, type KeeperClient, type KeeperClosed } from '../keeper/keeper-client.js';
import { Coalescer } from '../terminal/coalescer.js';
import { resizesOf, type OutputSlice } from '../terminal/output-source.js';
import { ResizePacer } from './resize-pacer.js';
import type { StreamSink } from './session-events.js';

export interface KeeperLinkOptions {
  readonly sessionId: SessionId;
  readonly epoch: number;
  readonly socketPath: string;
  /** Of this daemon's life; a higher one takes the keeper over. */
  readonly generation: number;
  readonly clock: Clock;
  readonly sink: StreamSink;
  /** May be called again after a stream was moved. */
  readonly onExit: (exit: KeeperExit) => void;
  readonly onDegraded: (degraded: boolean) => void;
  readonly onClosed: (closed: KeeperClosed) => void;
}

export interface OpenedStream {
  readonly info: StreamInfo;
  /** Where the stream begins. */
  readonly from: number;
  /** Lets it flow, once the hub knows where it begins; does nothing when it was closed or opened again meanwhile. */
  readonly begin: () => Promise<void>;
}

/** `watching`: for the exit alone, no byte is sent (a keeper of version 1 sends what is then dropped). `held`: nothing flows. `streaming`: to the hub. */
type Mode = 'watching' | 'held' | 'streaming';

export class KeeperLink {
  readonly #options: KeeperLinkOptions;
  readonly #coalescer: Coalescer;
  readonly #sizes: ResizePacer;
  #client: KeeperClient | null = null;
  #mode: Mode = 'held';
  #attached = false;
  /** Counts what the hub asked for, so that an older wish does not undo a newer one. */
  #wish = 0;
  /** Offset after the last byte handed to the hub. */
  #sentTo = 0;
  #exitTold = false;
  #releasing = false;
  /** What moves the stream, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: KeeperLinkOptions) {
    this.#options = options;
    const { sessionId, epoch, sink, clock } = options;
    this.#coalescer = new Coalescer(clock, (offset, data) => {
      this.#sentTo = offset + data.length;
      sink.output({ sessionId, epoch, offset, data });
    });
    this.#sizes = new ResizePacer(clock, ({ cols, rows }) => this.#keeper().resize(cols, rows));
  }

  /** @throws AppError KEEPER_UNREACHABLE (also when another session's keeper answers), CONFLICT, PROTOCOL_MISMATCH */
  static async connect(options: KeeperLinkOptions, signal?: AbortSignal): Promise<KeeperLink> {
    const link = new KeeperLink(options);
    const { socketPath, generation, clock, sessionId, epoch } = options;
    const client = await connectKeeper({ socketPath, generation, clock, handlers: link.#handlers() }, signal);
    link.#client = client;
    try {
      if (client.hello.sessionId !== sessionId || client.hello.epoch !== epoch) {
        throw new AppError('KEEPER_UNREACHABLE', { message: `${socketPath} belongs to another session` });
      }
      await link.#watch();
    } catch (error) {
      link.dispose();
      throw error;
    }
    return link;
  }

  get isClosed(): boolean {
    return this.#client?.closed ?? true;
  }

  get degraded(): boolean {
    return this.#client?.hello.degraded ?? false;
  }

  /** Where the hub's stream stands; null when there is none, or it has had its exit. */
  get streamAt(): number | null {
    return this.#mode === 'streaming' && !this.#exitTold ? this.#sentTo : null;
  }

  async info(): Promise<StreamInfo> {
    const info = await this.#keeper().info();
    const exit = info.exit ? { exitCode: info.exit.exitCode, signal: info.exit.signal } : null;
    const { oldest, head, cols, rows } = info;
    return {
      epoch: this.#options.epoch,
      oldest,
      head,
      resizes: resizesOf(info.resizes, { cols, rows }),
      exit,
    };
  }

  async read(from: number, max: number): Promise<OutputSlice> {
    const { off, bytes } = await this.#keeper().read(from, max);
    return { offset: off, data: bytes };
  }

  /** Prepares a stream from `from`, or from the head. @throws AppError OFFSET_INVALID; a stream that flows goes on then */
  openStream(from: number | null): Promise<OpenedStream> {
    const wish = (this.#wish += 1);
    return this.#alone(async () => {
      const info = await this.info();
      const start = from ?? info.head;
      if (start > info.head) {
        throw new AppError('OFFSET_INVALID', { message: `The output ends at ${String(info.head)}` });
      }
      await this.#halt();
      const begin = () =>
        this.#alone(async () => {
          if (wish === this.#wish) await this.#flow(start);
        });
      return { info, from: start, begin };
    });
  }

  /** Goes on with a stream that another connection began. */
  resumeStream(from: number): Promise<void> {
    return this.#alone(async () => {
      await this.#halt();
      await this.#flow(from);
    });
  }

  async closeStream(): Promise<void> {
    this.#wish += 1;
    // At once: what the keeper still sends is for nobody.
    if (this.#mode === 'streaming') this.#hold();
    await this.#alone(async () => {
      if (this.#mode !== 'watching') await this.#watch();
    });
    this.#forgetIfDone();
  }

  /** The hub has everything before `offset`; what it cannot have had is no acknowledgement. */
  ack(offset: number): void {
    if (this.#mode === 'streaming') this.#client?.ack(Math.min(offset, this.#sentTo));
  }

  input(client: string, seq: number, data: Uint8Array): Promise<void> {
    return this.#keeper().input(client, seq, data);
  }

  /** Resolves when this size is in force, or a later one instead. */
  resize(cols: number, rows: number): Promise<void> {
    return this.#sizes.set({ cols, rows });
  }

  /** Looks whether the agent has ended behind a stream that does not move: its exit comes last in the stream. */
  async checkExit(): Promise<void> {
    if (this.#mode === 'watching' || this.#exitTold) return;
    const { exit } = await this.#keeper().info();
    if (exit) this.#options.onExit(exit);
  }

  /** Lets the keeper end, once a stream that flows has had everything. */
  release(): void {
    this.#releasing = true;
    this.#forgetIfDone();
  }

  /** Lets the keeper end now. @throws AppError SESSION_RUNNING */
  forget(): Promise<void> {
    return this.#keeper().forget();
  }

  dispose(): void {
    this.#coalescer.dispose();
    this.#sizes.dispose();
    this.#client?.dispose();
  }

  #keeper(): KeeperClient {
    if (!this.#client) throw new AppError('KEEPER_UNREACHABLE');
    return this.#client;
  }

  #hold(): void {
    this.#mode = 'held';
    this.#coalescer.dispose();
  }

  async #halt(): Promise<void> {
    this.#hold();
    // An attach while data is under way would find bytes that do not follow.
    if (this.#attached) await this.#keeper().detach();
  }

  /** Only the exit is of interest. */
  async #watch(): Promise<void> {
    await this.#halt();
    const client = this.#keeper();
    if (client.proto >= 2) {
      this.#mode = 'watching';
      this.#attached = false;
      await client.claim();
      return;
    }
    const { head } = await client.info();
    this.#mode = 'watching';
    this.#attached = true;
    await client.attach(head);
  }

  async #flow(from: number): Promise<void> {
    this.#mode = 'streaming';
    this.#sentTo = from;
    this.#exitTold = false;
    this.#attached = true;
    await this.#keeper().attach(from, linkWindowBytes);
  }

  #forgetIfDone(): void {
    if (!this.#releasing) return;
    void this.#alone(async () => {
      if (this.#mode === 'watching' || (this.#mode === 'streaming' && this.#exitTold)) await this.forget();
    }).catch(() => undefined);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work);
    this.#turn = run.catch(() => undefined);
    return run;
  }

  #handlers() {
    const { sessionId, epoch, sink, onExit, onDegraded, onClosed } = this.#options;
    const at = { sessionId, epoch };
    const streams = (): boolean => this.#mode === 'streaming';
    return {
      onData: (off: number, bytes: Buffer): void => {
        if (streams()) this.#coalescer.push(off, bytes);
        else this.#client?.ack(off + bytes.length);
      },
      onGap: (from: number, to: number): void => {
        this.#coalescer.flush();
        if (!streams()) return;
        this.#sentTo = to;
        sink.gap({ ...at, from, to });
      },
      onResized: ({ off, cols, rows }: { off: number; cols: number; rows: number }): void => {
        this.#coalescer.flush();
        if (streams()) sink.resized({ ...at, offset: off, cols, rows });
      },
      onExit: (exit: KeeperExit): void => {
        this.#coalescer.flush();
        this.#exitTold = true;
        const { exitCode, signal, off } = exit;
        if (streams()) sink.exit({ ...at, offset: off, exit: { exitCode, signal } });
        onExit(exit);
        this.#forgetIfDone();
      },
      onExited: (exit: KeeperExit): void => {
        // A stream brings it after its last byte; `checkExit` looks behind one that stands still.
        if (this.#mode === 'watching') onExit(exit);
      },
      onState: ({ degraded }: { degraded: boolean }): void => {
        onDegraded(degraded);
      },
      onClosed: (closed: KeeperClosed): void => {
        this.#coalescer.dispose();
        this.#sizes.dispose();
        onClosed(closed);
      },
    };
  }
}

// A session's hold on its keeper: always attached, so that the exit is heard; streams to the hub only when asked to.
import type { Clock, Logger } from '@roundhouse/kit';
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
import type { StreamSink } from './session-events.js';

export interface KeeperLinkOptions {
  readonly sessionId: SessionId;
  readonly epoch: number;
  readonly socketPath: string;
  /** Of this daemon's life; a higher one takes the keeper over. */
  readonly generation: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sink: StreamSink;
  readonly onExit: (exit: KeeperExit) => void;
  readonly onDegraded: (degraded: boolean) => void;
  readonly onClosed: (closed: KeeperClosed) => void;
}

export class KeeperLink {
  readonly #options: KeeperLinkOptions;
  readonly #coalescer: Coalescer;
  #client: KeeperClient | null = null;
  #streaming = false;

  private constructor(options: KeeperLinkOptions) {
    this.#options = options;
    const { sessionId, epoch, sink, clock } = options;
    this.#coalescer = new Coalescer(clock, (offset, data) => {
      sink.output({ sessionId, epoch, offset, data });
    });
  }

  /** @throws AppError KEEPER_UNREACHABLE, CONFLICT, PROTOCOL_MISMATCH */
  static async connect(options: KeeperLinkOptions, signal?: AbortSignal): Promise<KeeperLink> {
    const link = new KeeperLink(options);
    link.#client = await connectKeeper(
      {
        socketPath: options.socketPath,
        generation: options.generation,
        clock: options.clock,
        handlers: link.#handlers(),
      },
      signal,
    );
    await link.#attachAtHead();
    return link;
  }

  get hello() {
    return this.#keeper().hello;
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

  /** Streams to the hub from `from`, or from the head. @returns what is kept, and where the stream begins */
  async openStream(from: number | null): Promise<{ info: StreamInfo; from: number }> {
    const info = await this.info();
    const start = from ?? info.head;
    if (start > info.head) {
      throw new AppError('OFFSET_INVALID', { message: `The output ends at ${String(info.head)}` });
    }
    this.#coalescer.dispose();
    this.#streaming = false;
    await this.#keeper().detach();
    return { info, from: start };
  }

  /** Lets the stream flow, once the hub knows where it begins. */
  async startStream(from: number): Promise<void> {
    this.#streaming = true;
    await this.#keeper().attach(from, linkWindowBytes);
  }

  async closeStream(): Promise<void> {
    if (!this.#streaming) return;
    this.#streaming = false;
    this.#coalescer.dispose();
    await this.#attachAtHead();
  }

  /** The hub has everything before `offset`. */
  ack(offset: number): void {
    if (this.#streaming) this.#client?.ack(offset);
  }

  input(client: string, seq: number, data: Uint8Array): Promise<void> {
    return this.#keeper().input(client, seq, data);
  }

  resize(cols: number, rows: number): Promise<void> {
    return this.#keeper().resize(cols, rows);
  }

  forget(): Promise<void> {
    return this.#keeper().forget();
  }

  dispose(): void {
    this.#coalescer.dispose();
    this.#client?.dispose();
  }

  #keeper(): KeeperClient {
    if (!this.#client) throw new AppError('KEEPER_UNREACHABLE');
    return this.#client;
  }

  /** Only the exit is of interest: what comes is dropped at once. */
  async #attachAtHead(): Promise<void> {
    const client = this.#keeper();
    const { head } = await client.info();
    await client.attach(head);
  }

  #handlers() {
    const { sessionId, epoch, sink, onExit, onDegraded, onClosed } = this.#options;
    const at = { sessionId, epoch };
    return {
      onData: (off: number, bytes: Buffer): void => {
        if (this.#streaming) this.#coalescer.push(off, bytes);
        else this.#client?.ack(off + bytes.length);
      },
      onGap: (from: number, to: number): void => {
        this.#coalescer.flush();
        if (this.#streaming) sink.gap({ ...at, from, to });
      },
      onResized: ({ off, cols, rows }: { off: number; cols: number; rows: number }): void => {
        this.#coalescer.flush();
        if (this.#streaming) sink.resized({ ...at, offset: off, cols, rows });
      },
      onExit: (exit: KeeperExit): void => {
        this.#coalescer.flush();
        const { exitCode, signal, off } = exit;
        if (this.#streaming) sink.exit({ ...at, offset: off, exit: { exitCode, signal } });
        onExit(exit);
      },
      onState: ({ degraded }: { degraded: boolean }): void => {
        onDegraded(degraded);
      },
      onClosed: (closed: KeeperClosed): void => {
        this.#coalescer.dispose();
        onClosed(closed);
      },
    };
  }
}

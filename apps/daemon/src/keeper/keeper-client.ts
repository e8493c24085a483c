// The daemon's end of a keeper's socket: a typed stream of output and requests that each have a timeout.
import { createConnection, type Socket } from 'node:net';
import { systemClock, within, type Clock } from '@roundhouse/kit';
import { AppError, isErrorCode, keeperHeaders } from '@roundhouse/protocol';
import type {
  KeeperExit,
  KeeperFrameName,
  KeeperHeader,
  KeeperHello,
  KeeperInfo,
  KeeperResize,
} from '@roundhouse/protocol';
import { encodeHead, FrameDecoder, INPUT_BYTES, KEEPER_PROTO, type Frame } from './frames.js';
import { PendingReplies } from './pending-replies.js';
import { PolledReader } from './polled-reader.js';

/** What a daemon hears of one keeper, in stream order. Handlers are called synchronously and must not throw. */
export interface KeeperHandlers {
  /** Output. The buffer is the handler's own. Offsets are continuous but for `onGap`. */
  readonly onData: (off: number, bytes: Buffer) => void;
  /** Bytes from..to-1 are gone for good; data goes on at `to`. */
  readonly onGap: (from: number, to: number) => void;
  /** Size in force from byte `off` on. The first one comes right after attach, for the offset attached at. */
  readonly onResized: (resize: KeeperResize) => void;
  /** After the last byte; `exit.off` is the length of the output. */
  readonly onExit: (exit: KeeperExit) => void;
  /** The agent has ended, told at once to whoever claimed the session; what a stream still has to send comes after. */
  readonly onExited?: (exit: KeeperExit) => void;
  /** The spool stopped or works again. */
  readonly onState?: (state: { degraded: boolean }) => void;
  /** Once, last: `fenced` another daemon took over; `lost` connection or keeper died; `disposed` by this side. */
  readonly onClosed: (reason: KeeperClosed) => void;
}

export interface KeeperClosed {
  readonly kind: 'fenced' | 'lost' | 'disposed';
  readonly message: string;
}

export interface ConnectKeeperOptions {
  readonly socketPath: string;
  /** Number of this daemon's life, growing with each start; a higher one fences the older. None: to read only. */
  readonly generation?: number;
  readonly handlers: KeeperHandlers;
  readonly clock?: Clock;
  /** Milliseconds for each request, default 5000. */
  readonly timeoutMs?: number;
}

export interface KeeperSlice {
  /** Later than asked for where bytes are gone. */
  readonly off: number;
  readonly bytes: Buffer;
  readonly oldest: number;
  readonly head: number;
}

/** A keeper answers in milliseconds; one that takes this long is stopped or gone. */
const TIMEOUT_MS = 5_000;
/** Default credit of the output stream: several frames, so that a busy daemon does not stall it. */
const KEEPER_WINDOW_BYTES = 1024 * 1024;

export class KeeperClient {
  /** As of the connection; `info()` asks again. */
  readonly hello: KeeperHello;
  /** Version spoken on this connection. */
  readonly proto: number;
  readonly #socket: Socket;
  readonly #options: ConnectKeeperOptions;
  readonly #replies: PendingReplies;
  /** Offset of the next byte of the stream; null while not attached. */
  #expected: number | null = null;
  #closed: KeeperClosed | null = null;
  /** Stands in for the stream that a keeper of version 1 does not give to readers. */
  #polled: PolledReader | null = null;

  constructor(socket: Socket, hello: KeeperHello, options: ConnectKeeperOptions) {
    this.#socket = socket;
    this.hello = hello;
    this.proto = Math.min(hello.proto.max, KEEPER_PROTO.max);
    this.#options = options;
    this.#replies = new PendingReplies(options.clock ?? systemClock, options.timeoutMs ?? TIMEOUT_MS);
  }

  get closed(): boolean {
    return this.#closed !== null;
  }

  /**
   * Becomes the writer and streams from `from`.
   * @throws AppError OFFSET_INVALID beyond the head, CONFLICT when a newer daemon has the session, KEEPER_UNREACHABLE
   */
  async attach(from: number, window: number = KEEPER_WINDOW_BYTES): Promise<void> {
    this.#expected = null;
    await this.#request('ATTACH', { from, window, generation: this.#generation() }, () => {
      this.#expected = from;
    });
  }

  /**
   * Streams from `from` like `attach`, with a window and acknowledgements of its own, and claims nothing: the writer
   * and other readers are not touched. An old keeper is asked again and again instead.
   * @throws AppError OFFSET_INVALID beyond the head, KEEPER_UNREACHABLE
   */
  async attachAsReader(from: number, window: number = KEEPER_WINDOW_BYTES): Promise<void> {
    this.#expected = null;
    this.#polled?.stop();
    if (this.proto >= 2) {
      await this.#request('ATTACH', { from, window, role: 'reader' }, () => {
        this.#expected = from;
      });
    } else {
      const { handlers, clock = systemClock } = this.#options;
      const polled = new PolledReader(this, handlers, { clock, from, window });
      this.#polled = polled;
      await polled.begin();
    }
  }

  /**
   * Becomes the writer without a stream: the keeper tells of the exit (`onExited`, at once when it is over) and of
   * nothing else. Needs version 2. Ends a stream of this connection.
   * @throws AppError CONFLICT when a newer daemon has the session, KEEPER_UNREACHABLE
   */
  async claim(): Promise<void> {
    await this.#request('CLAIM', { generation: this.#generation() });
    this.#expected = null;
  }

  /** Everything before `off` is consumed: gives the keeper credit. Cumulative; never more than was received. */
  ack(off: number): void {
    if (this.#polled) this.#polled.ack(off);
    else this.#send('ACK', { off });
  }

  /** Stops the stream; what a writer may do stays possible. */
  async detach(): Promise<void> {
    this.#polled?.stop();
    if (this.#polled) {
      this.#polled = null;
      return;
    }
    await this.#request('DETACH', {});
    this.#expected = null;
  }

  /** At most `max` bytes (256 KiB) at `from`; empty at the head. Works without attach. */
  async read(from: number, max: number): Promise<KeeperSlice> {
    const { header, body } = await this.#request('READ', { from, max });
    const { off, oldest, head } = keeperHeaders.READ_REPLY.parse(header);
    return { off, oldest, head, bytes: body };
  }

  /** State, and the sizes of the whole log. Works without attach. */
  async info(): Promise<KeeperInfo> {
    const { header } = await this.#request('INFO', {});
    return keeperHeaders.INFO_REPLY.parse(header);
  }

  /**
   * Types `bytes` (at most 64 KiB), once, however often it is sent.
   * @param seq from 1 per client, without holes
   * @throws AppError INPUT_GAP (details.expected: send from there), INPUT_BUSY, SESSION_NOT_RUNNING, NOT_ATTACHED,
   * KEEPER_UNREACHABLE
   */
  async input(client: string, seq: number, bytes: Uint8Array): Promise<void> {
    if (bytes.length > INPUT_BYTES) {
      throw new AppError('BODY_TOO_LARGE', {
        message: `Input of ${String(bytes.length)} bytes`,
        hint: 'Send 64 KiB at most.',
      });
    }
    const reply = this.#replies.wait(inputKey(client, seq), 'INPUT');
    this.#send('INPUT', { client, seq }, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    await reply;
  }

  /** Sets the size; the stream says where it applies. The size in force already is fine and does nothing. */
  async resize(cols: number, rows: number): Promise<void> {
    await this.#request('RESIZE', { cols, rows });
  }

  /** Signals the agent's process group. */
  async signal(name: KeeperHeader<'SIGNAL'>['name']): Promise<void> {
    await this.#request('SIGNAL', { name });
  }

  /** Ends the keeper after the agent's exit. @throws AppError SESSION_RUNNING before */
  async forget(): Promise<void> {
    await this.#request('FORGET', {});
  }

  dispose(): void {
    this.#close({ kind: 'disposed', message: 'Closed by this daemon' });
  }

  /** @internal Frames of this connection, from connectKeeper. */
  receive(frames: readonly Frame[]): void {
    try {
      for (const frame of frames) if (!this.#closed) this.#handle(frame);
    } catch (error) {
      this.lost(`The keeper sent something else than its protocol: ${String(error)}`);
    }
  }

  /** @internal The connection is gone. */
  lost(message: string): void {
    this.#close({ kind: 'lost', message });
  }

  #handle(frame: Frame): void {
    const { name, header, body } = frame;
    if (name === 'DATA') this.#data(dataOffset(header), body);
    else if (name === 'GAP') this.#gap(keeperHeaders.GAP.parse(header));
    else if (name === 'RESIZED') this.#options.handlers.onResized(keeperHeaders.RESIZED.parse(header));
    else if (name === 'EXIT') this.#options.handlers.onExit(keeperHeaders.EXIT.parse(header));
    else if (name === 'EXITED') this.#options.handlers.onExited?.(keeperHeaders.EXITED.parse(header));
    else if (name === 'STATE') this.#options.handlers.onState?.(keeperHeaders.STATE.parse(header));
    else if (name === 'FENCED')
      this.#close({ kind: 'fenced', message: keeperHeaders.FENCED.parse(header).message });
    else this.#reply(frame);
  }

  #reply({ name, header, body }: Frame): void {
    if (name === 'INPUT_ACK') {
      const { client, seq } = keeperHeaders.INPUT_ACK.parse(header);
      this.#replies.resolve(inputKey(client, seq), { header, body });
    } else if (name === 'INPUT_NAK') {
      const nak = keeperHeaders.INPUT_NAK.parse(header);
      this.#replies.reject(inputKey(nak.client, nak.seq), nakError(nak));
    } else if (name === 'ERROR') {
      const { id, code, message } = keeperHeaders.ERROR.parse(header);
      const error = new AppError(isErrorCode(code) ? code : 'INTERNAL', { message });
      if (id === 0) this.lost(message);
      else this.#replies.reject(String(id), error);
    } else if (name === 'OK' || name === 'READ_REPLY' || name === 'INFO_REPLY') {
      const { id } = keeperHeaders.OK.parse(header);
      this.#replies.resolve(String(id), { header, body });
    }
  }

  #data(off: number, bytes: Buffer): void {
    if (off !== this.#expected)
      throw new Error(`bytes at ${String(off)}, expected ${String(this.#expected)}`);
    this.#expected = off + bytes.length;
    this.#options.handlers.onData(off, bytes);
  }

  #gap({ from, to }: { from: number; to: number }): void {
    if (from !== this.#expected)
      throw new Error(`gap at ${String(from)}, expected ${String(this.#expected)}`);
    this.#expected = to;
    this.#options.handlers.onGap(from, to);
  }

  #generation(): number {
    const { generation } = this.#options;
    if (generation === undefined)
      throw new AppError('NOT_ATTACHED', { message: 'This connection only reads' });
    return generation;
  }

  #request<N extends RequestName>(name: N, header: Omit<KeeperHeader<N>, 'id'>, onReply?: () => void) {
    const id = this.#replies.nextId();
    const reply = this.#replies.wait(String(id), name, onReply);
    // The id completes the header; the compiler cannot see that through Omit.
    this.#send(name, { ...header, id } as unknown as KeeperHeader<N>);
    return reply;
  }

  #send<N extends KeeperFrameName>(name: N, header: KeeperHeader<N>, body?: Buffer): void {
    if (this.#closed || !this.#socket.writable) return this.lost('The connection is closed');
    this.#socket.cork();
    this.#socket.write(encodeHead(name, header, { bodyLength: body?.length ?? 0, version: this.proto }));
    if (body && body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
  }

  #close(closed: KeeperClosed): void {
    if (this.#closed) {
      this.#replies.rejectAll(closedError(this.#closed));
      return;
    }
    this.#closed = closed;
    this.#polled?.stop();
    this.#socket.destroy();
    this.#replies.rejectAll(closedError(closed));
    this.#options.handlers.onClosed(closed);
  }
}

type RequestName = 'ATTACH' | 'CLAIM' | 'DETACH' | 'READ' | 'INFO' | 'RESIZE' | 'SIGNAL' | 'FORGET';

/**
 * Connects and waits for HELLO.
 * @throws AppError KEEPER_UNREACHABLE (nobody listens, or no hello in time), PROTOCOL_MISMATCH, or the signal's reason
 */
export async function connectKeeper(
  options: ConnectKeeperOptions,
  signal?: AbortSignal,
): Promise<KeeperClient> {
  const socket = createConnection(options.socketPath);
  const hello = handshake(socket, options);
  const wait = {
    ms: options.timeoutMs ?? TIMEOUT_MS,
    what: 'keeper hello',
    clock: options.clock ?? systemClock,
  };
  try {
    return await within(hello, signal ? { ...wait, signal } : wait);
  } catch (error) {
    hello.catch(() => undefined);
    socket.destroy();
    if (!(error instanceof AppError) || error.code !== 'TIMEOUT') throw error;
    throw new AppError('KEEPER_UNREACHABLE', {
      message: `${options.socketPath} does not say hello`,
      cause: error,
    });
  }
}

function handshake(socket: Socket, options: ConnectKeeperOptions): Promise<KeeperClient> {
  return new Promise((resolve, reject) => {
    const decoder = new FrameDecoder();
    let client: KeeperClient | null = null;
    const fail = (error: AppError): void => {
      if (client) client.lost(error.message);
      else reject(error);
      socket.destroy();
    };
    const unreachable = (message: string, cause?: unknown): void => {
      fail(new AppError('KEEPER_UNREACHABLE', { message: `${options.socketPath}: ${message}`, cause }));
    };
    socket.on('error', (error) => {
      unreachable(error.message, error);
    });
    socket.on('close', () => {
      unreachable('the keeper closed the connection');
    });
    socket.on('data', (chunk) => {
      try {
        const frames = decoder.push(chunk);
        if (client) return client.receive(frames);
        const [first, ...rest] = frames;
        if (!first) return;
        client = new KeeperClient(socket, parseHello(first), options);
        resolve(client);
        client.receive(rest);
      } catch (error) {
        fail(
          error instanceof AppError ? error : new AppError('PROTOCOL_MISMATCH', { message: String(error) }),
        );
      }
    });
  });
}

function parseHello(frame: Frame): KeeperHello {
  if (frame.name !== 'HELLO')
    throw new AppError('PROTOCOL_MISMATCH', { message: 'The keeper did not say hello first' });
  const hello = keeperHeaders.HELLO.parse(frame.header);
  const { min, max } = hello.proto;
  if (max < KEEPER_PROTO.min || min > KEEPER_PROTO.max) {
    throw new AppError('PROTOCOL_MISMATCH', {
      message: `The keeper speaks versions ${String(min)} to ${String(max)}, this daemon ${String(KEEPER_PROTO.min)} to ${String(KEEPER_PROTO.max)}`,
      hint: 'Let the session end, or run the daemon version that started it.',
    });
  }
  return hello;
}

/** The header of most frames, without its schema when nothing about it is unusual. */
function dataOffset(header: unknown): number {
  const off: unknown = typeof header === 'object' && header !== null && 'off' in header ? header.off : null;
  const isUsual = typeof off === 'number' && Number.isSafeInteger(off) && off >= 0;
  return isUsual ? off : keeperHeaders.DATA.parse(header).off;
}

const inputKey = (client: string, seq: number): string => `input ${String(seq)} ${client}`;

function nakError(nak: KeeperHeader<'INPUT_NAK'>): AppError {
  if (nak.reason === 'busy') return new AppError('INPUT_BUSY');
  if (nak.reason === 'exited') return new AppError('SESSION_NOT_RUNNING', { message: 'The agent has ended' });
  return new AppError('INPUT_GAP', { details: { expected: nak.expected } });
}

function closedError(closed: KeeperClosed): AppError {
  return new AppError(closed.kind === 'fenced' ? 'CONFLICT' : 'KEEPER_UNREACHABLE', {
    message: closed.message,
  });
}

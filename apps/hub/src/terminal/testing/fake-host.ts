// A daemon at the other end of a stream, for specs: one session with known bytes, whose link and disk do as told.
import {
  AppError,
  hostIdSchema,
  instanceIdSchema,
  linkWindowBytes,
  outputChunkBytes,
  type Exit,
  type HostId,
  type Resize,
  type SessionId,
  type StreamInfo,
  type TerminalSnapshot,
} from '@roundhouse/protocol';
import type { DaemonSocket } from '../../platform/ws/handlers.js';
import type { SessionStream } from '../session-stream.js';

export const hostId: HostId = hostIdSchema.parse('11111111-1111-4111-8111-111111111111');
const instanceId = instanceIdSchema.parse('22222222-2222-4222-8222-222222222222');

/** A prime, so that no chunk size repeats its bytes at the same place. */
const period = 65_521;
const table = Uint8Array.from({ length: period * 2 }, (_, index) => ((index % period) * 31 + 7) % 251);

/** The bytes of an epoch are known by their place. */
export function contentOf(epoch: number, from: number, length: number): Uint8Array {
  const start = (from + epoch * 7919) % period;
  if (length <= period) return table.subarray(start, start + length);
  return Buffer.concat([
    table.subarray(start, start + period),
    contentOf(epoch, from + period, length - period),
  ]);
}

export interface Life {
  readonly epoch: number;
  oldest: number;
  head: number;
  readonly resizes: Resize[];
  exit: Exit | null;
}

const newLife = (epoch: number): Life => ({
  epoch,
  oldest: 0,
  head: 0,
  resizes: [{ offset: 0, cols: 80, rows: 24 }],
  exit: null,
});

/** How the host draws: `lag` bytes behind the head, into so many bytes. */
export interface Drawing {
  readonly lag: number;
  readonly bytes: number;
  /** Sizes that are in force from the drawn byte on are not drawn yet. */
  readonly oldSize?: boolean;
}

type Call = (payload: never) => unknown;

export class FakeHost {
  life = newLife(1);
  /** Reads and opens that will not be answered in time. */
  failures = 0;
  /** Null as an old daemon, which knows nothing of screens. */
  drawing: Drawing | null = null;
  /** How often output was lost that had been seen: what is drawn of it meanwhile is that of before. */
  losses = 0;
  /** Every request and event of the hub, by name. */
  readonly heard: { name: string; payload: unknown }[] = [];
  #generation = 0;
  #link: Link | null = null;

  constructor(
    private readonly sessionId: SessionId,
    /** The hub's end now, as its gateway finds it. */
    private readonly streamOf: () => SessionStream | undefined,
  ) {}

  connect(): Link {
    this.#generation += 1;
    this.#link = new Link(this, this.#generation);
    return this.#link;
  }

  disconnect(): void {
    this.#link?.break();
    this.#link = null;
  }

  write(bytes: number): void {
    if (this.life.exit) return;
    this.life.head += bytes;
    this.#link?.flow();
  }

  resize(cols: number, rows: number): void {
    if (this.life.exit) return;
    this.life.resizes.push({ offset: this.life.head, cols, rows });
    this.#link?.flow();
  }

  /** The disk keeps only what is at or after `offset`. */
  trim(offset: number): void {
    this.life.oldest = Math.max(this.life.oldest, Math.min(offset, this.life.head));
  }

  exit(exit: Exit): void {
    this.life.exit ??= exit;
    this.#link?.flow();
  }

  resume(): void {
    this.life = newLife(this.life.epoch + 1);
    this.#link?.closeStream();
  }

  /** The keeper died with what was not on disk yet: the output is shorter than it was seen. */
  lose(bytes: number): void {
    this.losses += 1;
    this.life.head = Math.max(this.life.oldest, this.life.head - bytes);
    while ((this.life.resizes.at(-1)?.offset ?? 0) > this.life.head) this.life.resizes.pop();
    this.#link?.closeStream();
  }

  sizeAt(offset: number): Resize | undefined {
    return this.life.resizes.findLast((resize) => resize.offset <= offset);
  }

  hub(): SessionStream | undefined {
    return this.streamOf();
  }

  info(): StreamInfo {
    const { epoch, oldest, head, resizes, exit } = this.life;
    const first = resizes.findLastIndex(({ offset }) => offset <= oldest);
    return { epoch, oldest, head, resizes: resizes.slice(Math.max(0, first)), exit };
  }

  answer(name: string, payload: Record<string, unknown>, link: Link): unknown {
    this.heard.push({ name, payload });
    if (this.failures > 0 && (name === 'terminal.open' || name === 'terminal.read')) {
      this.failures -= 1;
      throw new AppError('TIMEOUT');
    }
    const calls: Record<string, Call | undefined> = {
      'terminal.open': ({ epoch, from }: { epoch: number | null; from: number | null }) =>
        link.open(epoch === null || epoch === this.life.epoch ? from : null),
      'terminal.read': ({ epoch, from }: { epoch: number; from: number }) => this.#read(epoch, from),
      'terminal.snapshot': ({ epoch, scrollback }: { epoch: number; scrollback: number }) =>
        this.#screen(epoch, scrollback),
      'terminal.grid': ({ epoch, atLeast }: { epoch: number; atLeast: number }) => ({
        ...{ epoch, offset: atLeast, cols: 80, rows: 24, cursorX: 0, cursorY: 0 },
        ...{ alternate: false, digests: [] },
      }),
      'upload.write': ({ offset, data }: { offset: number; data: Uint8Array }) => ({
        received: offset + data.byteLength,
        path: null,
      }),
      'terminal.close': () => {
        link.closeStream();
        return {};
      },
      'terminal.input': ({ seq }: { seq: number }) => ({ seq }),
      'terminal.resize': ({ cols, rows }: { cols: number; rows: number }) => {
        this.resize(cols, rows);
        return {};
      },
    };
    const call = calls[name];
    if (!call || payload['sessionId'] !== this.sessionId) throw new AppError('NOT_FOUND');
    return Reflect.apply(call, undefined, [payload]);
  }

  #screen(epoch: number, scrollback: number): TerminalSnapshot {
    const { drawing, life } = this;
    if (!drawing || epoch !== life.epoch) throw new AppError('NOT_FOUND');
    const offset = Math.max(0, life.head - drawing.lag);
    const drawn = life.resizes.filter((resize) => resize.offset < offset + (drawing.oldSize ? 0 : 1));
    const { cols, rows } = drawn.at(-1) ?? { cols: 80, rows: 24 };
    const data = new Uint8Array(drawing.bytes);
    return { epoch, offset, cols, rows, data, scrollback, scrollbackKept: 5_000 };
  }

  #read(epoch: number, from: number): { offset: number; data: Uint8Array } {
    const { life } = this;
    if (epoch !== life.epoch) return { offset: from, data: new Uint8Array() };
    const offset = Math.max(from, life.oldest);
    const length = Math.max(0, Math.min(outputChunkBytes, life.head - offset));
    return { offset, data: contentOf(epoch, offset, length) };
  }
}

interface Stream {
  readonly epoch: number;
  at: number;
  acked: number;
  sizes: number;
  exitSent: boolean;
}

/** One connection of the daemon, with the stream that is open on it. */
export class Link implements DaemonSocket {
  readonly hostId = hostId;
  readonly instanceId = instanceId;
  readonly protocol = 2;
  #broken = false;
  #stream: Stream | null = null;

  constructor(
    private readonly host: FakeHost,
    readonly generation: number,
  ) {}

  emit(name: string, payload: object): void {
    this.host.heard.push({ name, payload });
    if (name !== 'terminal.ack' || !this.#stream) return;
    const { epoch, offset } = payload as { epoch: number; offset: number };
    if (epoch === this.#stream.epoch) this.#stream.acked = Math.max(this.#stream.acked, offset);
    queueMicrotask(() => {
      this.flow();
    });
  }

  async request(name: string, payload: object): Promise<never> {
    await Promise.resolve();
    if (this.#broken) throw new AppError('HOST_UNREACHABLE');
    return this.host.answer(name, { ...payload }, this) as never;
  }

  onClose(): void {
    // Nobody asks.
  }

  close(): void {
    this.break();
  }

  break(): void {
    this.#broken = true;
    this.#stream = null;
  }

  open(from: number | null): StreamInfo {
    const { life } = this.host;
    if ((from ?? 0) > life.head) throw new AppError('OFFSET_INVALID');
    const info = this.host.info();
    const at = from ?? life.head;
    // As a keeper that has ended: its files are read, nothing flows.
    if (life.exit) this.#stream = null;
    else {
      const sizes = life.resizes.filter(({ offset }) => offset <= at).length;
      const stream = { epoch: life.epoch, at, acked: at, sizes, exitSent: false };
      this.#stream = stream;
      // What is flowing may overtake the answer.
      queueMicrotask(() => {
        if (this.#stream === stream) this.flow();
      });
    }
    return info;
  }

  closeStream(): void {
    this.#stream = null;
  }

  /** Sends what the window allows, with sizes and the end in their places. */
  flow(): void {
    const { life } = this.host;
    const stream = this.#stream;
    const hub = this.host.hub();
    if (!stream || this.#broken || !hub || stream.epoch !== life.epoch) return;
    while (this.#step(hub, stream, life)) {
      if (this.#stream !== stream) return;
    }
    if (life.exit && stream.at === life.head && !stream.exitSent) {
      stream.exitSent = true;
      hub.ended(life.epoch, life.head, life.exit);
    }
  }

  /** Sends one size, gap or piece. @returns false when there is none, or no room */
  #step(hub: SessionStream, stream: Stream, life: Life): boolean {
    const { epoch } = life;
    const next = life.resizes[stream.sizes];
    if (next && next.offset <= stream.at) {
      stream.sizes += 1;
      hub.resized(epoch, { ...next, offset: Math.max(next.offset, stream.at) });
      return true;
    }
    const until = Math.min(life.head, next?.offset ?? life.head, stream.at + outputChunkBytes);
    const length = Math.min(until - stream.at, linkWindowBytes - (stream.at - stream.acked));
    if (length <= 0) return false;
    const at = stream.at;
    if (at < life.oldest) {
      stream.at = stream.acked = life.oldest;
      hub.gap(epoch, life.oldest);
    } else {
      stream.at += length;
      hub.output(epoch, at, contentOf(epoch, at, length));
    }
    return true;
  }
}

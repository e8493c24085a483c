// One connection to the keeper's socket: frames in, frames out. What the requests do is the keeper's business.
import type { Socket } from 'node:net';
import type { ErrorCode, KeeperExit, KeeperFrameName, KeeperHeader, KeeperHello } from '@roundhouse/protocol';
import { Fields } from './fields.js';
import { encodeHead, FrameDecoder, KEEPER_PROTO, READ_BYTES, type Frame } from './frames.js';
import { KeeperFault } from './keeper-fault.js';
import type { OutputLog } from './output-log.js';
import type { OverflowGate } from './overflow-gate.js';
import { StreamPump, type StreamSource } from './stream-pump.js';

/** What a connection asks of its keeper. */
export interface KeeperCore extends StreamSource {
  readonly log: Pick<OutputLog, 'head' | 'oldest' | 'peek' | 'read'>;
  hello(): KeeperHello;
  info(): Omit<KeeperHeader<'INFO_REPLY'>, 'id'>;
  read(from: number, max: number): Promise<{ off: number; bytes: Buffer }>;
  /** Makes this connection the writer. @throws KeeperFault when a newer daemon is; that one's generation in `by` */
  claim(connection: KeeperConnection, generation: number): void;
  isWriter(connection: KeeperConnection): boolean;
  /** Of `overflow: block`: what the writer streams and reads; null with `drop`. */
  readonly gate: Pick<OverflowGate, 'attached' | 'acked' | 'read' | 'detached'> | null;
  input(header: { client: string; seq: number }, bytes: Buffer): KeeperHeader<'INPUT_NAK'> | null;
  resize(size: { cols: number; rows: number }): void;
  signal(name: string): void;
  /** Resolves when the keeper may end; it ends after the reply has left. */
  forget(): Promise<void>;
  closed(connection: KeeperConnection): void;
}

/** Unsent bytes in the socket beyond which the stream waits for it to drain. */
const SOCKET_HIGH_BYTES = 1024 * 1024;
/** READs in progress; a daemon that asks for more at once has lost its mind. */
const MAX_READS = 8;
const MAX_WINDOW = 16 * 1024 * 1024;
/** What is typed is acknowledged with its echo, or after so many milliseconds: the echo must not wait its turn. */
const ACK_WAIT_MS = 2;
/** Larger input is a paste, whose sender waits for the acknowledgement. */
const TYPED_BYTES = 256;

export class KeeperConnection {
  readonly #socket: Socket;
  readonly #core: KeeperCore;
  readonly #decoder = new FrameDecoder();
  #pump: StreamPump | null = null;
  /** The stream is the writer's. */
  #takes = false;
  #reads = 0;
  readonly #acks: KeeperHeader<'INPUT_ACK'>[] = [];
  #ackTimer: NodeJS.Timeout | null = null;
  /** What the peer speaks: that of its last frame. HELLO goes out in version 1, which everybody can read. */
  #version: number = KEEPER_PROTO.min;

  constructor(socket: Socket, core: KeeperCore) {
    this.#socket = socket;
    this.#core = core;
    socket.on('data', (chunk) => this.#received(chunk));
    socket.on('drain', () => this.#pump?.kick());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#closed());
    this.#send('HELLO', core.hello());
  }

  /** There is more to stream. */
  kick(): void {
    this.#pump?.kick();
  }

  /** The spool stopped or works again. */
  state(degraded: boolean): void {
    if (this.#pump || this.#core.isWriter(this)) this.#send('STATE', { degraded });
  }

  /** The agent has ended. A peer of version 1 hears it at the end of its stream. */
  exited(exit: KeeperExit): void {
    if (this.#version >= 2) this.#send('EXITED', exit);
  }

  /** Another daemon took over: say so, then close. */
  fence(generation: number, by: number): void {
    this.#pump?.stop();
    const message = `A daemon of generation ${String(by)} took over from generation ${String(generation)}`;
    this.#send('FENCED', { generation, by, message });
    this.end();
  }

  end(): void {
    this.#socket.end();
    // A peer that does not read its last frame is not waited for.
    setTimeout(() => this.#socket.destroy(), 1_000).unref();
  }

  #closed(): void {
    if (this.#ackTimer) clearTimeout(this.#ackTimer);
    this.#detach();
    this.#core.closed(this);
  }

  #received(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handle(frame);
    } catch (error) {
      this.#fail(0, 'BAD_REQUEST', error instanceof Error ? error.message : String(error));
      this.end();
    }
  }

  /** @throws KeeperFault for what cannot be answered by id: the connection ends then */
  #handle(frame: Frame): void {
    if (frame.version < KEEPER_PROTO.min || frame.version > KEEPER_PROTO.max) {
      throw new KeeperFault(
        'PROTOCOL_MISMATCH',
        `This keeper does not speak version ${String(frame.version)}`,
      );
    }
    this.#version = frame.version;
    const fields = new Fields(frame.name ?? 'frame', frame.header);
    if (frame.name === 'ACK') this.#ack(fields.int('off', 0));
    else if (frame.name === 'INPUT') this.#input(fields, frame.body);
    else if (frame.name !== null) this.#request(frame.name, fields);
  }

  #request(name: KeeperFrameName, fields: Fields): void {
    const id = fields.int('id', 1);
    this.#answer(name, id, fields).catch((error: unknown) => {
      const code = error instanceof KeeperFault ? error.code : 'INTERNAL';
      this.#fail(id, code, error instanceof Error ? error.message : String(error));
    });
  }

  async #answer(name: KeeperFrameName, id: number, fields: Fields): Promise<void> {
    const core = this.#core;
    if (name === 'INFO') return this.#send('INFO_REPLY', { id, ...core.info() });
    if (name === 'READ') return this.#read(id, fields.int('from', 0), fields.int('max', 1));
    if (name === 'ATTACH') return this.#attach(id, fields);
    if (name === 'CLAIM') return this.#claim(id, fields.int('generation', 0));
    if (!core.isWriter(this) && !(name === 'DETACH' && this.#pump))
      throw new KeeperFault('NOT_ATTACHED', `${name} before ATTACH`);
    if (name === 'DETACH') this.#detach();
    else if (name === 'RESIZE') core.resize(fields.size());
    else if (name === 'SIGNAL') core.signal(fields.text('name', 16));
    else if (name === 'FORGET') await core.forget();
    else throw new KeeperFault('BAD_REQUEST', `${name} is not a request`);
    this.#send('OK', { id });
  }

  #attach(id: number, fields: Fields): void {
    const from = fields.int('from', 0);
    const window = Math.min(fields.int('window', 1), MAX_WINDOW);
    const head = this.#core.log.head;
    if (from > head)
      throw new KeeperFault('OFFSET_INVALID', `Offset ${String(from)} is beyond ${String(head)}`);
    const role = fields.has('role') ? fields.text('role', 16) : 'writer';
    if (role !== 'reader') this.#core.claim(this, fields.int('generation', 0));
    this.#detach();
    this.#takes = role !== 'reader';
    if (this.#takes) this.#core.gate?.attached(from);
    this.#send('OK', { id });
    this.#pump = new StreamPump(
      this.#core,
      {
        ready: () => this.#socket.writableLength < SOCKET_HIGH_BYTES,
        data: (off, bytes) => {
          this.#socket.cork();
          this.#send('DATA', { off }, bytes);
          this.#sendAcks();
          this.#socket.uncork();
        },
        gap: (gapFrom, to) => this.#send('GAP', { from: gapFrom, to }),
        resized: (off, { cols, rows }) => this.#send('RESIZED', { off, cols, rows }),
        exit: (exit) => this.#send('EXIT', exit),
      },
      { from, window, reader: !this.#takes },
    );
    this.#pump.kick();
  }

  #claim(id: number, generation: number): void {
    this.#core.claim(this, generation);
    this.#detach();
    this.#send('OK', { id });
    const exit = this.#core.exit();
    if (exit) this.exited(exit);
  }

  #ack(off: number): void {
    if (!this.#pump) return;
    const reached = this.#pump.ack(off);
    if (this.#takes && this.#core.isWriter(this)) this.#core.gate?.acked(reached);
  }

  #detach(): void {
    if (this.#takes && this.#core.isWriter(this)) this.#core.gate?.detached();
    this.#pump?.stop();
    this.#pump = null;
  }

  async #read(id: number, from: number, max: number): Promise<void> {
    if (this.#reads >= MAX_READS) throw new KeeperFault('RATE_LIMITED', 'Too many READs at once');
    this.#reads += 1;
    try {
      const { log } = this.#core;
      const slice =
        from >= log.head
          ? { off: from, bytes: Buffer.alloc(0) }
          : await this.#core.read(from, Math.min(max, READ_BYTES));
      const { oldest, head } = this.#core.log;
      if (this.#core.isWriter(this)) this.#core.gate?.read(slice.off, slice.off + slice.bytes.length);
      this.#send('READ_REPLY', { id, off: slice.off, oldest, head }, slice.bytes);
    } finally {
      this.#reads -= 1;
    }
  }

  #input(fields: Fields, bytes: Buffer): void {
    if (!this.#core.isWriter(this)) return this.#fail(0, 'NOT_ATTACHED', 'INPUT before ATTACH');
    const header = { client: fields.text('client', 128), seq: fields.int('seq', 1) };
    const nak = this.#core.input(header, bytes);
    if (!nak) this.#acks.push(header);
    if (!nak && this.#pump && bytes.length <= TYPED_BYTES) {
      this.#ackTimer ??= setTimeout(() => this.#sendAcks(), ACK_WAIT_MS);
      return;
    }
    this.#sendAcks();
    if (nak) this.#send('INPUT_NAK', nak);
  }

  #sendAcks(): void {
    if (this.#ackTimer) clearTimeout(this.#ackTimer);
    this.#ackTimer = null;
    for (const header of this.#acks.splice(0)) this.#send('INPUT_ACK', header);
  }

  #fail(id: number, code: ErrorCode, message: string): void {
    this.#send('ERROR', { id, code, message });
  }

  #send<N extends KeeperFrameName>(name: N, header: KeeperHeader<N>, body?: Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.cork();
    this.#socket.write(encodeHead(name, header, { bodyLength: body?.length ?? 0, version: this.#version }));
    if (body && body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
  }
}

// A viewer as docs/protocol.md describes it: keeps every byte by its offset, acknowledges, types, and comes back after
// its line broke. With a screen it draws as a browser does. What does not fit together is noted in `faults`.
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { inputChunkBytes } from '@roundhouse/protocol';
import type { Body } from './rest.js';
import type { Screen } from './screen.js';
import { Refused, type UiSocket } from './ui-socket.js';
import { until } from './wait.js';

export interface ViewerOptions {
  readonly epoch?: number;
  readonly fromOffset?: number;
  /** `exact`: every byte, never a snapshot. */
  readonly prefer?: 'exact' | 'screen';
  /** Comes back by itself, from where it is, whenever its socket does. */
  readonly follow?: boolean;
  readonly screen?: Screen;
  /** Says nothing about what it has, as a page whose thread is stuck. */
  readonly deaf?: boolean;
  /** Looks at bytes and forgets them at once: for streams that are too long to keep. */
  readonly look?: (data: Buffer) => void;
}

interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly offset: number;
}

/** Refusals that pass: the host or the hub is on its way. */
const passing = new Set(['HOST_UNREACHABLE', 'TIMEOUT', 'DB_UNAVAILABLE', 'SHUTTING_DOWN', 'NOT_CONNECTED']);
const retryMs = 200;
const busyMs = 20;

export class Viewer {
  readonly sessionId: string;
  viewerId: string = randomUUID();
  epoch = 0;
  /** Next byte that is expected. */
  offset = 0;
  /** Offset of the first byte in `bytes`. */
  start = 0;
  #chunks: Buffer[] = [];
  #seq = 0;
  readonly faults: string[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  readonly resized: { offset: number; cols: number; rows: number }[] = [];
  /** Offsets of the snapshots that came, and their bytes. */
  readonly snapshots: { offset: number; bytes: number }[] = [];
  /** When the last output came, by `performance.now()`. */
  lastOutputAt = 0;
  /** How often it came back over a new connection. */
  returns = 0;
  controller = false;
  exit: Exit | null = null;
  #stopListening: (() => void)[] = [];
  #attached = false;
  #closed = false;

  private constructor(
    private ui: UiSocket,
    sessionId: string,
    private readonly options: ViewerOptions,
  ) {
    this.sessionId = sessionId;
  }

  static async attach(ui: UiSocket, sessionId: string, options: ViewerOptions = {}): Promise<Viewer> {
    const viewer = new Viewer(ui, sessionId, options);
    const { epoch, fromOffset } = options;
    try {
      await viewer.#attach(
        epoch === undefined || fromOffset === undefined ? undefined : { epoch, fromOffset },
      );
    } catch (error) {
      viewer.close();
      throw error;
    }
    if (options.follow) viewer.#follow();
    return viewer;
  }

  /** Goes on where it was, over a new socket. */
  async reattach(ui: UiSocket): Promise<void> {
    this.#stop();
    this.ui = ui;
    await this.#attach({ epoch: this.epoch, fromOffset: this.offset });
  }

  get isAttached(): boolean {
    return this.#attached && this.ui.socket.connected;
  }

  get bytes(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  get sha256(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }

  get screen(): Screen {
    if (!this.options.screen) throw new Error('this viewer has no screen');
    return this.options.screen;
  }

  /** @throws Refused, NOT_CONNECTED while the socket is down: nothing is kept for later */
  async type(text: string | Buffer): Promise<void> {
    this.#seq += 1;
    const { sessionId, epoch } = this;
    const data = Buffer.from(text);
    const send = (seq: number) =>
      this.ui.request('session.input', { sessionId, epoch, seq, data, sentMs: performance.now() });
    try {
      await send(this.#seq);
    } catch (error) {
      // What was refused before never reached the keeper: its number is free.
      const expected =
        error instanceof Refused && error.code === 'INPUT_GAP' && error.error.details?.['expected'];
      if (typeof expected !== 'number') throw error;
      this.#seq = expected;
      await send(expected);
    }
  }

  /** In chunks that the wire takes, each once the last one is taken. */
  async paste(data: Buffer): Promise<void> {
    for (let at = 0; at < data.length; at += inputChunkBytes) {
      const piece = data.subarray(at, at + inputChunkBytes);
      while (!(await this.#taken(piece))) await sleep(busyMs);
    }
  }

  /** False when the agent reads more slowly than it is typed at: then it is typed again. */
  async #taken(piece: Buffer): Promise<boolean> {
    try {
      await this.type(piece);
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'INPUT_BUSY') throw error;
      this.#seq -= 1;
      return false;
    }
  }

  resize(cols: number, rows: number): Promise<unknown> {
    return this.ui.request('session.resize', { sessionId: this.sessionId, cols, rows });
  }

  control(): Promise<unknown> {
    return this.ui.request('session.control', { sessionId: this.sessionId });
  }

  /** Waits until the output holds the text (after `since` bytes of it). */
  async sees(text: string | RegExp, { since = 0, timeoutMs = 15_000 } = {}): Promise<void> {
    const matches = (all: string) => (typeof text === 'string' ? all.includes(text) : text.test(all));
    await until(() => matches(this.bytes.subarray(since).toString('utf8')), {
      what: `the terminal shows ${String(text)}`,
      timeoutMs,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\nnow: ${JSON.stringify(this.text.slice(-1500))}`);
    });
  }

  async seesExit(timeoutMs = 20_000): Promise<Exit> {
    return until(() => this.exit, { what: 'session.exit', timeoutMs }).catch((error: unknown) => {
      throw new Error(`${String(error)}\nnow: ${this.describe()}`);
    });
  }

  /** Where it stands, for a person. */
  describe(): string {
    const { epoch, offset, isAttached, returns, faults, gaps, snapshots } = this;
    const { connected } = this.ui.socket;
    return JSON.stringify({ epoch, offset, isAttached, connected, returns, faults, gaps, snapshots });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
    this.#attached = false;
  }

  #follow(): void {
    const { socket } = this.ui;
    socket.on('disconnect', () => {
      this.#attached = false;
    });
    socket.on('connect', () => {
      void this.#return();
    });
  }

  /** Asks until the hub lets it in again, or the socket is gone again. */
  async #return(): Promise<void> {
    const { socket } = this.ui;
    const { id } = socket;
    while (!this.#closed && socket.connected && socket.id === id) {
      this.#stop();
      try {
        await this.#attach({ epoch: this.epoch, fromOffset: this.offset });
        this.returns += 1;
        return;
      } catch (error) {
        const code = error instanceof Refused ? error.code : 'NOT_CONNECTED';
        if (!passing.has(code)) this.faults.push(`attaching again: ${String(error)}`);
        await sleep(retryMs);
      }
    }
  }

  async #attach(from?: { epoch: number; fromOffset: number }): Promise<void> {
    const { sessionId, viewerId } = this;
    const { prefer } = this.options;
    // Listening first: events may follow the acknowledgement in the same packet. None may come before it.
    let answered = false;
    this.#listen(() => answered);
    const sentMs = performance.now();
    const asked = { sessionId, viewerId, sentMs, ...from, ...(prefer ? { prefer } : {}) };
    const at = await this.ui.request('session.attach', asked);
    answered = true;
    this.viewerId = at.viewerId;
    this.controller = at.controller;
    this.#attached = true;
    if (at.mode === 'snapshot') {
      if (prefer === 'exact') this.faults.push(`asked for every byte, got a snapshot at ${at.offset}`);
    } else if (!from || at.epoch !== from.epoch) {
      this.#chunks = [];
      this.start = at.offset;
      this.#seq = 0;
      this.options.screen?.reset(at.cols, at.rows);
    } else if (at.offset !== from.fromOffset) this.faults.push(`asked ${from.fromOffset}, got ${at.offset}`);
    this.epoch = at.epoch;
    this.offset = at.offset;
  }

  #listen(answered: () => boolean): void {
    const on = (event: string, handle: (payload: Body) => void) => {
      const stop = this.ui.on(event, (payload) => {
        if (payload.sessionId !== this.sessionId) return;
        // The acknowledgement resolves a promise: what came in the same turn is handled after it.
        setImmediate(() => {
          if (!answered()) this.faults.push(`${event} before the acknowledgement`);
          handle(payload);
        });
      });
      this.#stopListening.push(stop);
    };
    on('session.output', ({ epoch, offset, data }) => {
      this.#output(epoch, offset, Buffer.from(data));
    });
    on('session.gap', ({ from, to }) => {
      this.gaps.push({ from, to });
      this.offset = to;
    });
    on('session.snapshot', (snapshot) => {
      this.#snapshot(snapshot);
    });
    on('session.resized', (at) => {
      this.resized.push(at);
      this.options.screen?.resize(at.cols, at.rows);
    });
    on('session.controller', ({ you }) => {
      this.controller = you;
    });
    on('session.exit', (exit) => {
      if (exit.offset !== this.offset) this.faults.push(`exit at ${exit.offset}, expected ${this.offset}`);
      this.exit = exit;
    });
  }

  #output(epoch: number, offset: number, data: Buffer): void {
    if (epoch !== this.epoch || offset !== this.offset) {
      this.faults.push(`output ${epoch}:${offset}, expected ${this.epoch}:${this.offset}`);
    }
    if (this.options.look) this.options.look(data);
    else this.#chunks.push(data);
    this.offset = offset + data.length;
    this.lastOutputAt = performance.now();
    const { offset: upTo } = this;
    if (!this.options.screen) this.#ack(epoch, upTo);
    else void this.options.screen.write(data).then(() => this.#ack(epoch, upTo));
  }

  #snapshot({ epoch, offset, data, cols, rows }: Body): void {
    const bytes = Buffer.from(data);
    this.snapshots.push({ offset, bytes: bytes.length });
    if (this.options.prefer === 'exact' && bytes.length > 0) this.faults.push(`a snapshot at ${offset}`);
    if (epoch !== this.epoch) this.#seq = 0;
    this.epoch = epoch;
    this.offset = offset;
    this.start = offset;
    this.#chunks = [bytes];
    this.exit = null;
    const { screen } = this.options;
    screen?.reset(cols, rows);
    if (screen) void screen.write(bytes).then(() => this.#ack(epoch, offset));
    else this.#ack(epoch, offset);
  }

  #ack(epoch: number, offset: number): void {
    if (this.options.deaf || !this.ui.socket.connected) return;
    this.ui.socket.emit('session.ack', { sessionId: this.sessionId, epoch, offset });
  }
}

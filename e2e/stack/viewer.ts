// A viewer without an emulator: keeps every byte by its offset, acknowledges, types. Any overlap or hole throws.
import { createHash, randomUUID } from 'node:crypto';
import type { UiSocket } from './ui-socket.js';
import { until } from './wait.js';

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
  controller = false;
  exit: { exitCode: number | null; signal: string | null; offset: number } | null = null;
  #stopListening: (() => void)[] = [];

  private constructor(
    private ui: UiSocket,
    sessionId: string,
  ) {
    this.sessionId = sessionId;
  }

  static async attach(ui: UiSocket, sessionId: string, from?: { epoch: number; fromOffset: number }) {
    const viewer = new Viewer(ui, sessionId);
    await viewer.#attach(from);
    return viewer;
  }

  /** Goes on where it was, over a new socket. */
  async reattach(ui: UiSocket): Promise<void> {
    this.close();
    this.ui = ui;
    await this.#attach({ epoch: this.epoch, fromOffset: this.offset });
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

  async type(text: string): Promise<void> {
    this.#seq += 1;
    const { sessionId, epoch } = this;
    await this.ui.request('session.input', { sessionId, epoch, seq: this.#seq, data: Buffer.from(text) });
  }

  resize(cols: number, rows: number): Promise<unknown> {
    return this.ui.request('session.resize', { sessionId: this.sessionId, cols, rows });
  }

  /** Waits until the output holds the text (after `since` bytes of it). */
  async sees(text: string | RegExp, { since = 0, timeoutMs = 15_000 } = {}): Promise<void> {
    const matches = (all: string) => (typeof text === 'string' ? all.includes(text) : text.test(all));
    await until(() => matches(this.bytes.subarray(since).toString('utf8')), {
      what: `the terminal shows ${String(text)}; it shows:\n${this.text.slice(-1500)}`,
      timeoutMs,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\nnow: ${JSON.stringify(this.text.slice(-1500))}`);
    });
  }

  async seesExit(timeoutMs = 20_000) {
    await until(() => this.exit !== null, { what: 'session.exit', timeoutMs });
    return this.exit;
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
  }

  async #attach(from?: { epoch: number; fromOffset: number }): Promise<void> {
    const { sessionId, viewerId } = this;
    // Listening first: events may follow the acknowledgement in the same packet. None may come before it.
    let answered = false;
    this.#listen(() => answered);
    // A transcript: bytes, and never a screen instead.
    const wish = { viewerId, prefer: 'exact', ...from };
    const at = await this.ui.request('session.attach', { sessionId, ...wish });
    answered = true;
    this.viewerId = at.viewerId;
    this.controller = at.controller;
    if (!from || at.epoch !== from.epoch) {
      this.#chunks = [];
      this.start = at.offset;
      this.#seq = 0;
    } else if (at.offset !== from.fromOffset) this.faults.push(`asked ${from.fromOffset}, got ${at.offset}`);
    this.epoch = at.epoch;
    this.offset = at.offset;
  }

  #listen(answered: () => boolean): void {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const on = (event: string, handle: (payload: any) => void) => {
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
      if (epoch !== this.epoch || offset !== this.offset) {
        this.faults.push(`output ${epoch}:${offset}, expected ${this.epoch}:${this.offset}`);
      }
      const bytes = Buffer.from(data);
      this.#chunks.push(bytes);
      this.offset = offset + bytes.length;
      this.ui.socket.emit('session.ack', { sessionId: this.sessionId, epoch, offset: this.offset });
    });
    on('session.gap', ({ from, to }) => {
      this.gaps.push({ from, to });
      this.offset = to;
    });
    on('session.snapshot', ({ epoch, offset, data }) => {
      this.epoch = epoch;
      this.offset = offset;
      this.start = offset;
      this.#chunks = [Buffer.from(data)];
      this.#seq = 0;
      this.exit = null;
    });
    on('session.resized', (at) => this.resized.push(at));
    on('session.controller', ({ you }) => {
      this.controller = you;
    });
    on('session.exit', (exit) => {
      this.exit = exit;
    });
  }
}

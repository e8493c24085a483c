// A session of Roundhouse as a browser has it: through hub, daemon and keeper.
import { randomUUID } from 'node:crypto';
import type { UiSocket } from '../../e2e/stack/ui-socket.js';
import { Terminal } from './terminal.js';

interface Output {
  readonly sessionId: string;
  readonly epoch: number;
  readonly offset: number;
  readonly data: Uint8Array | string;
}

export interface Exit {
  readonly sessionId: string;
  readonly offset: number;
  readonly exitCode: number | null;
}

export interface AttachOptions {
  readonly prefer?: 'exact' | 'screen';
  readonly fromOffset?: number;
  readonly epoch?: number;
}

export class Product extends Terminal {
  readonly name = 'Roundhouse';
  epoch = 0;
  offset = 0;
  /** How the attach was answered. */
  mode = '';
  #window = 0;
  #acked = 0;
  #seq = 0;
  #idle = false;
  snapshots = 0;
  readonly faults: string[] = [];
  exit: Exit | null = null;
  onExit: (exit: Exit) => void = () => undefined;

  private constructor(
    readonly ui: UiSocket,
    readonly sessionId: string,
  ) {
    super();
    ui.on('session.output', (output: Output) => {
      if (output.sessionId === sessionId) this.#output(output);
    });
    ui.on('session.snapshot', (snapshot: Output) => {
      if (snapshot.sessionId !== sessionId) return;
      this.snapshots += 1;
      this.epoch = snapshot.epoch;
      this.offset = snapshot.offset;
      this.got(bufferOf(snapshot.data));
      this.#ack();
    });
    ui.on('session.exit', (exit: Exit) => {
      if (exit.sessionId !== sessionId) return;
      this.exit = exit;
      this.onExit(exit);
    });
  }

  static async attach(ui: UiSocket, sessionId: string, options: AttachOptions = {}): Promise<Product> {
    const terminal = new Product(ui, sessionId);
    const viewerId = randomUUID();
    // What follows the answer in the same packet must find the offset set: hence no promise in between.
    await new Promise<void>((resolve, reject) => {
      ui.socket.timeout(20_000).emit(
        'session.attach',
        { sessionId, viewerId, ...options },
        (
          error: unknown,
          answer: {
            ok: boolean;
            data: { mode: string; epoch: number; offset: number; windowBytes: number };
            error: unknown;
          },
        ) => {
          if (error !== null || !answer.ok) {
            reject(new Error(`session.attach was refused: ${JSON.stringify(error ?? answer.error)}`));
            return;
          }
          const { mode, epoch, offset, windowBytes } = answer.data;
          terminal.mode = mode;
          terminal.epoch = epoch;
          terminal.offset = terminal.#acked = offset;
          terminal.#window = windowBytes;
          resolve();
        },
      );
    });
    return terminal;
  }

  type(text: string): void {
    this.#seq += 1;
    const { sessionId, epoch } = this;
    // As the web app does: what is typed is text.
    const input = { sessionId, epoch, seq: this.#seq, data: text, sentMs: performance.now() };
    this.ui.socket.emit('session.input', input, (answer: { ok: boolean; error: unknown }) => {
      if (!answer.ok) this.faults.push(`input refused: ${JSON.stringify(answer.error)}`);
    });
  }

  /** Reads nothing any more from its line, as a laptop that sleeps. */
  pause(): void {
    lineOf(this.ui).pause();
  }

  resume(): void {
    lineOf(this.ui).resume();
  }

  close(): void {
    this.ui.close();
  }

  #output({ epoch, offset, data }: Output): void {
    if (offset !== this.offset) this.faults.push(`bytes at ${offset}, expected ${this.offset}`);
    this.epoch = epoch;
    const bytes = bufferOf(data);
    this.offset = offset + bytes.byteLength;
    this.got(bytes);
    // As the web app does: at a quarter of the window, or when there is nothing left to draw.
    if (this.offset - this.#acked >= this.#window / 4) this.#ack();
    else if (!this.#idle) {
      this.#idle = true;
      setImmediate(() => {
        this.#idle = false;
        if (this.offset > this.#acked) this.#ack();
      });
    }
  }

  #ack(): void {
    this.#acked = this.offset;
    const { sessionId, epoch, offset } = this;
    this.ui.socket.emit('session.ack', { sessionId, epoch, offset });
  }
}

/** A view of bytes; an echo comes as text. */
const bufferOf = (data: Uint8Array | string): Buffer =>
  typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** The WebSocket under a socket; there is no public way to it. */
function lineOf(ui: UiSocket): { pause(): void; resume(): void } {
  const { transport } = ui.socket.io.engine;
  return Reflect.get(transport, 'ws');
}

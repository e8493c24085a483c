// One browser attached to one session: its place in the stream, its window, and the loop that feeds it.
import { outputChunkBytes, viewerWindowBytes, type ViewerId } from '@roundhouse/protocol';
import type { UiSocket } from '../platform/ws/handlers.js';
import type { Candidate } from './control.js';
import { SentWindow } from './sent-window.js';
import type { SessionStream } from './session-stream.js';

export interface ViewerIdentity {
  readonly viewerId: ViewerId;
  readonly socket: UiSocket;
  /** Whether the user may type at all. */
  readonly mayType: boolean;
}

export class Viewer implements Candidate {
  #window: SentWindow;
  /** The life of the session that this viewer was told of. */
  #epoch: number;
  #nextResize: number;
  #exitSent = false;
  /** Nothing is sent before the acknowledgement of the attach. */
  #begun = false;
  #mustRestart = false;
  #pumping = false;
  #again = false;
  #closed = false;

  readonly viewerId: ViewerId;
  readonly socket: UiSocket;
  readonly mayType: boolean;

  constructor(
    { viewerId, socket, mayType }: ViewerIdentity,
    private readonly stream: SessionStream,
    from: number,
  ) {
    this.viewerId = viewerId;
    this.socket = socket;
    this.mayType = mayType;
    this.#window = new SentWindow(from);
    this.#epoch = stream.epoch;
    this.#nextResize = stream.timeline.indexAfter(from);
  }

  get userId(): string {
    return this.socket.actor.userId;
  }

  get username(): string {
    return this.socket.actor.username;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  /** The attach is acknowledged. */
  begin(): void {
    this.#begun = true;
    if (this.#mustRestart) this.restart();
    else this.pump();
  }

  /** The emulator has parsed up to `offset`. */
  ack(epoch: number, offset: number): void {
    if (epoch !== this.#epoch) return;
    this.#window.ack(offset);
    this.pump();
  }

  /** The session began a new life, or its output is another than was thought: the terminal starts afresh. */
  restart(): void {
    this.#mustRestart = !this.#begun;
    if (!this.#begun || this.#closed) return;
    const { sessionId, epoch, timeline, oldest: offset } = this.stream;
    this.#epoch = epoch;
    this.#window = new SentWindow(offset);
    this.#exitSent = false;
    this.#nextResize = timeline.indexAfter(offset);
    const size = timeline.sizeAt(offset);
    this.socket.emit('session.snapshot', { sessionId, epoch, offset, ...size, data: new Uint8Array() });
    this.pump();
  }

  /** Sends what fits into the window, in order; harmless at any time. */
  pump(): void {
    this.#again = true;
    if (!this.#pumping && this.#begun) void this.#run();
  }

  /** Ends with `#pumping` false in the same turn in which it last looked at `#again`: no pump is lost between. */
  async #run(): Promise<void> {
    this.#pumping = true;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        while (!this.#closed && (this.#sendResize() || (await this.#sendBytes()))) {
          // goes on until the window is full or the stream is at its end
        }
        this.#sendExit();
      }
    } catch {
      // The socket cannot be written to: the browser comes again, and goes on where it was.
      this.socket.close();
    } finally {
      this.#pumping = false;
    }
  }

  #sendResize(): boolean {
    const { sessionId, epoch, timeline } = this.stream;
    const resize = timeline.at(this.#nextResize);
    if (!resize || resize.offset > this.#window.sent) return false;
    this.#nextResize = timeline.following(this.#nextResize);
    this.socket.emit('session.resized', { sessionId, epoch, ...resize });
    return true;
  }

  async #sendBytes(): Promise<boolean> {
    const { stream } = this;
    const { epoch, sessionId, timeline } = stream;
    const window = this.#window;
    const from = window.sent;
    const boundary = timeline.at(this.#nextResize)?.offset ?? Number.MAX_SAFE_INTEGER;
    const max = Math.min(viewerWindowBytes - window.unacknowledged, outputChunkBytes, boundary - from);
    if (max <= 0 || from >= stream.head) return false;
    const piece = await stream.read(from, max);
    // The viewer may have left, or been started afresh, while the host was asked.
    if (!piece || this.#closed || this.#window !== window) return false;
    if (piece.offset > from) {
      // The bytes after a gap may have another size: that is told first, and they are read again.
      window.skipTo(piece.offset);
      this.socket.emit('session.gap', { sessionId, epoch, from, to: piece.offset });
      return true;
    }
    if (piece.data.byteLength === 0) return false;
    window.add(piece.data.byteLength);
    this.socket.emit('session.output', { sessionId, epoch, offset: from, data: piece.data });
    return true;
  }

  #sendExit(): void {
    const { exit, head, epoch, sessionId } = this.stream;
    if (!exit || this.#exitSent || this.#closed || this.#window.sent < head) return;
    this.#exitSent = true;
    this.socket.emit('session.exit', { sessionId, epoch, offset: head, ...exit });
  }
}

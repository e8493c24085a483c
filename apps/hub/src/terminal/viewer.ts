// One browser attached to one session: its place in the stream, its window, and the loop that feeds it.
import { outputChunkBytes, viewerWindowBytes, type SessionId, type ViewerId } from '@roundhouse/protocol';
import type { UiSocket } from '../platform/ws/handlers.js';
import type { Candidate } from './control.js';
import type { SessionStream } from './session-stream.js';

export class Viewer implements Candidate {
  /** Next byte to send. */
  #sent: number;
  #acked: number;
  #nextResize: number;
  #exitSent = false;
  #pumping = false;
  #again = false;
  #closed = false;

  constructor(
    readonly viewerId: ViewerId,
    readonly socket: UiSocket,
    readonly mayType: boolean,
    private readonly stream: SessionStream,
    from: number,
  ) {
    this.#sent = from;
    this.#acked = from;
    this.#nextResize = stream.timeline.indexAfter(from);
  }

  get userId(): string {
    return this.socket.actor.userId;
  }

  get username(): string {
    return this.socket.actor.username;
  }

  close(): void {
    this.#closed = true;
  }

  /** The emulator has parsed up to `offset`; what it never got cannot be acknowledged. */
  ack(epoch: number, offset: number): void {
    if (epoch !== this.stream.epoch || offset > this.#sent) return;
    this.#acked = Math.max(this.#acked, offset);
    this.pump();
  }

  /** The session began a new life: the terminal starts afresh. */
  restart(sessionId: SessionId): void {
    const { epoch, timeline, oldest } = this.stream;
    this.#sent = oldest;
    this.#acked = oldest;
    this.#exitSent = false;
    this.#nextResize = timeline.indexAfter(oldest);
    const data = new Uint8Array();
    this.socket.emit('session.snapshot', {
      sessionId,
      epoch,
      offset: oldest,
      ...timeline.sizeAt(oldest),
      data,
    });
    this.pump();
  }

  /** Sends what fits into the window, in order; harmless at any time. */
  pump(): void {
    this.#again = true;
    if (this.#pumping || this.#closed) return;
    this.#pumping = true;
    void this.#run().finally(() => {
      this.#pumping = false;
    });
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      while (!this.#closed && (this.#sendResize() || (await this.#sendBytes()))) {
        // goes on until the window is full or the stream is at its end
      }
      this.#sendExit();
    }
  }

  #sendResize(): boolean {
    const resize = this.stream.timeline.at(this.#nextResize);
    if (!resize || resize.offset > this.#sent) return false;
    this.#nextResize += 1;
    this.socket.emit('session.resized', {
      sessionId: this.stream.sessionId,
      epoch: this.stream.epoch,
      ...resize,
    });
    return true;
  }

  async #sendBytes(): Promise<boolean> {
    const { stream } = this;
    const { epoch, sessionId } = stream;
    const room = viewerWindowBytes - (this.#sent - this.#acked);
    const boundary = stream.timeline.at(this.#nextResize)?.offset ?? Number.MAX_SAFE_INTEGER;
    const max = Math.min(room, outputChunkBytes, boundary - this.#sent);
    if (max <= 0 || this.#sent >= stream.head) return false;
    const from = this.#sent;
    const piece = await stream.read(from, max);
    // The stream may have restarted, or the viewer left, while the host was asked.
    if (!piece || this.#closed || stream.epoch !== epoch || this.#sent !== from) return false;
    if (piece.offset > from) this.#skip(piece.offset);
    const data = piece.data.subarray(0, max);
    if (data.byteLength === 0) return piece.offset > from;
    this.socket.emit('session.output', { sessionId, epoch, offset: this.#sent, data });
    this.#sent += data.byteLength;
    return true;
  }

  #skip(to: number): void {
    const { sessionId, epoch } = this.stream;
    this.socket.emit('session.gap', { sessionId, epoch, from: this.#sent, to });
    this.#sent = to;
    this.#acked = Math.max(this.#acked, to);
  }

  #sendExit(): void {
    const { exit, head, epoch, sessionId } = this.stream;
    if (!exit || this.#exitSent || this.#closed || this.#sent < head) return;
    this.#exitSent = true;
    this.socket.emit('session.exit', { sessionId, epoch, offset: head, ...exit });
  }
}

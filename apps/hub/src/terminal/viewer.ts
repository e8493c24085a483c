// One browser attached to one session: its place in the stream, its window, and the loop that feeds it.
import type { Cancel } from '@roundhouse/kit';
import {
  outputChunkBytes,
  viewerWindowBytes,
  type TerminalSnapshot,
  type ViewerId,
} from '@roundhouse/protocol';
import type { UiSocket } from '../platform/ws/handlers.js';
import type { Place } from './attach-place.js';
import { ringBytes } from './byte-ring.js';
import type { Candidate } from './control.js';
import { isLess, type ResyncRule } from './resync-rules.js';
import { SentWindow } from './sent-window.js';
import type { SessionStream } from './session-stream.js';

/** A window that stays full so long belongs to a page that sleeps, or to a line that is cut. */
const stalledMs = 500;
/** A slow line gets screens at most so often, and bytes between: not screens in a loop. */
const resyncEveryMs = 1_000;
/** Unsent bytes of one socket, all its sessions together: what is behind waits here, not in the transport. */
const socketBufferBytes = 1024 * 1024;
/** How often a socket with more than that is looked at again: at 1 MB in 20 ms the line is not idle. */
const drainEveryMs = 20;
/** Pieces for one viewer before everybody else has a turn: 256 KiB, a few milliseconds. */
const piecesInARow = 4;
/** No size is drawn yet. */
const noScreen = { offset: 0, cols: 0, rows: 0 };

export interface ViewerIdentity {
  readonly viewerId: ViewerId;
  readonly socket: UiSocket;
  /** Whether the user may type at all. */
  readonly mayType: boolean;
}

/** How it wants to be kept in step. */
export interface ViewerWishes {
  readonly rule: ResyncRule;
  /** Lines above the screen in a snapshot. */
  readonly scrollback: number;
}

export class Viewer implements Candidate {
  #window: SentWindow;
  /** The life of the session that this viewer was told of. */
  #epoch: number;
  #nextResize: number;
  /** Sizes before this byte are in the screen that it was given. */
  #sizedAt = noScreen;
  #exitSent = false;
  /** Nothing is sent before the acknowledgement of the attach. */
  #begun = false;
  #mustRestart = false;
  /** Bytes were lost on the way: only a screen makes up for them. */
  #hasGap = false;
  /** Since when it could have been sent more, but its window is full. */
  #fullSince: number | null = null;
  #stalled = false;
  #resyncedAt = -Infinity;
  /** Whether it acknowledged anything since it was given a screen: one that does not is not given another. */
  #heardFrom = true;
  #pumping = false;
  #again = false;
  #drain: Cancel | null = null;
  #closed = false;

  readonly viewerId: ViewerId;
  readonly socket: UiSocket;
  readonly mayType: boolean;

  constructor(
    { viewerId, socket, mayType }: ViewerIdentity,
    private readonly wishes: ViewerWishes,
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

  /** Whether the attach is acknowledged: until then it hears nothing. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  /** Next byte to send. */
  get sent(): number {
    return this.#window.sent;
  }

  /** Bytes that it may lack while it reads. */
  get patience(): number {
    return this.wishes.rule.steady;
  }

  /** Gets every byte as long as it reads: it is not brought to the head by a screen. */
  get wantsAll(): boolean {
    return this.wishes.rule.steady > ringBytes;
  }

  /** Does not move, though there is more. */
  get isStalled(): boolean {
    return this.#fullSince !== null && this.stream.clock.monotonic() - this.#fullSince >= stalledMs;
  }

  close(): void {
    this.#closed = true;
    this.#drain?.();
  }

  /** The attach is acknowledged: here is what was promised, unless the output has become another one since. */
  begin({ snapshot, gap }: Pick<Place, 'snapshot' | 'gap'>): void {
    this.#begun = true;
    const { sessionId, epoch } = this.stream;
    if (this.#mustRestart) this.#showNothing();
    else if (snapshot) this.show(snapshot);
    else if (gap) this.socket.emit('session.gap', { sessionId, epoch, ...gap });
  }

  /** The emulator has parsed up to `offset`. */
  ack(epoch: number, offset: number): void {
    if (epoch !== this.#epoch) return;
    const before = this.#window.unacknowledged;
    this.#heardFrom ||= offset >= this.#window.acknowledged;
    this.#window.ack(offset);
    if (this.#window.unacknowledged < before && this.#fullSince !== null) {
      this.#stalled = this.isStalled;
      this.#fullSince = null;
    }
    this.pump();
  }

  /** The session began a new life, or its output is another than was thought: the terminal starts afresh. */
  restart(): void {
    this.#mustRestart = true;
    this.pump();
  }

  /** Goes on from this screen, wherever the viewer was. Only for the present life of the session. */
  show(snapshot: TerminalSnapshot): void {
    const { epoch, offset, cols, rows, data } = snapshot;
    this.#startAt(offset);
    this.#nextResize = this.stream.timeline.indexAfterScreen({ offset, cols, rows });
    this.#sizedAt = { offset, cols, rows };
    this.#resyncedAt = this.stream.clock.monotonic();
    this.#heardFrom = false;
    this.socket.emit('session.snapshot', {
      sessionId: this.stream.sessionId,
      ...{ epoch, offset, cols, rows, data },
    });
  }

  #startAt(offset: number): void {
    this.#window = new SentWindow(offset);
    this.#epoch = this.stream.epoch;
    this.#sizedAt = noScreen;
    this.#exitSent = false;
    this.#mustRestart = false;
    this.#hasGap = false;
    this.#stalled = false;
    this.#fullSince = null;
  }

  /** Sends what fits into the window, in order; harmless at any time. */
  pump(): void {
    this.#again = true;
    if (this.#pumping || !this.#begun || this.#pumpNow()) return;
    this.#again = true;
    void this.#run();
  }

  /** What needs no waiting, as nearly always. @returns false when there is more to do than that */
  #pumpNow(): boolean {
    this.#pumping = true;
    try {
      for (let pieces = 0; pieces < piecesInARow && !this.#closed; pieces += 1) {
        this.#again = false;
        if (this.#mustRestart || this.#lacksTooMuch()) return false;
        if (this.#sendResize() || this.#sendNear()) continue;
        if (this.#room() > 0) return false;
        this.#sendExit();
        this.stream.ackUp();
        return !this.#again;
      }
      return this.#closed;
    } catch {
      this.socket.close();
      return true;
    } finally {
      this.#pumping = false;
    }
  }

  /** Ends with `#pumping` false in the same turn in which it last looked at `#again`: no pump is lost between. */
  async #run(): Promise<void> {
    this.#pumping = true;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#advance();
        this.#sendExit();
      }
      this.stream.ackUp();
    } catch {
      // The socket cannot be written to: the browser comes again, and goes on where it was.
      this.socket.close();
    } finally {
      this.#pumping = false;
    }
  }

  /** Goes on until the window is full or the stream is at its end. */
  async #advance(): Promise<void> {
    for (let pieces = 1; !this.#closed; pieces += 1) {
      if (this.#mustRestart) await this.#startAfresh();
      else if (this.#lacksTooMuch()) await this.#resync();
      else if (!this.#sendResize() && !this.#sendNear() && !(await this.#sendFar())) return;
      if (pieces % piecesInARow === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #startAfresh(): Promise<void> {
    this.#mustRestart = false;
    const { stream } = this;
    const window = this.#window;
    const lacks = stream.head - stream.oldest;
    const { rule, scrollback } = this.wishes;
    const snapshot = lacks > rule.atAttach ? await stream.screen(scrollback) : null;
    if (this.#closed || this.#mustRestart || this.#window !== window) return;
    if (snapshot && isLess(snapshot, stream.oldest, stream.head)) {
      this.show(snapshot);
      return;
    }
    this.#showNothing();
  }

  /** An empty screen at the oldest byte that is kept. */
  #showNothing(): void {
    const { sessionId, epoch, timeline, oldest: offset } = this.stream;
    this.#startAt(offset);
    this.#nextResize = timeline.indexAfter(offset);
    const size = timeline.sizeAt(offset);
    this.socket.emit('session.snapshot', { sessionId, epoch, offset, ...size, data: new Uint8Array() });
  }

  #lacksTooMuch(): boolean {
    const { rule } = this.wishes;
    if (rule.steady === Infinity) return false;
    if (this.#hasGap) return true;
    const { head } = this.stream;
    const { sent, acknowledged, unacknowledged } = this.#window;
    if (!this.#heardFrom || unacknowledged >= viewerWindowBytes) return false;
    const behind = this.#stalled ? head - acknowledged > rule.stalled : head - sent > rule.steady;
    this.#stalled &&= behind;
    return behind && this.stream.clock.monotonic() - this.#resyncedAt >= resyncEveryMs;
  }

  /** To the screen of the host, if that is ahead and less than the bytes; else the bytes go on. */
  async #resync(): Promise<void> {
    const { stream } = this;
    const window = this.#window;
    const hadGap = this.#hasGap;
    this.#hasGap = false;
    this.#stalled = false;
    this.#resyncedAt = this.stream.clock.monotonic();
    const snapshot = await stream.screen(this.wishes.scrollback);
    if (!snapshot || this.#closed || this.#mustRestart || this.#window !== window) return;
    const helps = hadGap ? snapshot.offset >= window.sent : isLess(snapshot, window.sent, stream.head);
    if (helps) this.show(snapshot);
  }

  #sendResize(): boolean {
    const { sessionId, epoch, timeline } = this.stream;
    const resize = timeline.at(this.#nextResize);
    if (!resize || resize.offset > this.#window.sent) return false;
    this.#nextResize = timeline.following(this.#nextResize);
    const { offset, cols, rows } = this.#sizedAt;
    const isDrawn =
      resize.offset < offset || (resize.offset === offset && resize.cols === cols && resize.rows === rows);
    if (!isDrawn) this.socket.emit('session.resized', { sessionId, epoch, ...resize });
    return true;
  }

  /** How many bytes may be sent now. */
  #room(): number {
    const { stream } = this;
    const { sent, unacknowledged } = this.#window;
    if (sent >= stream.head) return 0;
    const inWindow = viewerWindowBytes - unacknowledged;
    if (inWindow <= 0) {
      this.#fullSince ??= this.stream.clock.monotonic();
      return 0;
    }
    if (this.socket.bufferedBytes() > socketBufferBytes) {
      this.#waitForDrain();
      return 0;
    }
    const boundary = stream.timeline.at(this.#nextResize)?.offset ?? Number.MAX_SAFE_INTEGER;
    return Math.min(inWindow, outputChunkBytes, boundary - sent);
  }

  #waitForDrain(): void {
    this.#drain ??= this.stream.clock.after(drainEveryMs, () => {
      this.#drain = null;
      this.pump();
    });
  }

  #sendNear(): boolean {
    const max = this.#room();
    const data = max > 0 ? this.stream.near(this.#window.sent, max) : null;
    if (!data || data.byteLength === 0) return false;
    this.#output(data);
    return true;
  }

  async #sendFar(): Promise<boolean> {
    const { stream } = this;
    const window = this.#window;
    const from = window.sent;
    const max = this.#room();
    if (max <= 0) return false;
    const piece = await stream.read(from, max);
    // The viewer may have left, or been started afresh, while the host was asked.
    if (this.#closed || this.#mustRestart || this.#window !== window) return true;
    if (!piece) return false;
    if (piece.offset > from) {
      // The bytes after a gap may have another size: that is told first, and they are read again.
      window.skipTo(piece.offset);
      this.#hasGap = true;
      const { sessionId, epoch } = stream;
      this.socket.emit('session.gap', { sessionId, epoch, from, to: piece.offset });
      return true;
    }
    if (piece.data.byteLength === 0) return false;
    this.#output(piece.data);
    return true;
  }

  #output(data: Uint8Array): void {
    const { sessionId, epoch } = this.stream;
    const offset = this.#window.sent;
    this.#window.add(data.byteLength);
    this.socket.emit('session.output', { sessionId, epoch, offset, data });
  }

  #sendExit(): void {
    const { exit, head, epoch, sessionId } = this.stream;
    if (!exit || this.#exitSent || this.#closed || this.#mustRestart || this.#window.sent < head) return;
    this.#exitSent = true;
    this.socket.emit('session.exit', { sessionId, epoch, offset: head, ...exit });
  }
}

// The hub's end of one session's stream: the newest bytes, and older ones fetched from the host when asked for.
import type { Cancel, Clock } from '@roundhouse/kit';
import {
  AppError,
  isRetryable,
  type Exit,
  type HostId,
  type Resize,
  type Session,
  type SessionId,
  type StreamInfo,
  type TerminalSnapshot,
} from '@roundhouse/protocol';
import type { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { ByteRing } from './byte-ring.js';
import { CatchUp } from './catch-up.js';
import { Snapshots } from './snapshots.js';
import { Timeline } from './timeline.js';

/** The hub acknowledges to the daemon after this many bytes; a quarter of the window of the link. */
const ackEveryBytes = 128 * 1024;
/** How often a stream that waits for its viewers looks whether they still move. */
const paceCheckMs = 100;
const requestTimeoutMs = 10_000;
/** A daemon that is connected and could not answer is asked again after this. */
const retryMs = 1_000;

interface Piece {
  readonly offset: number;
  readonly data: Uint8Array;
}

/** `more`: bytes, a size or the end; `restarted`: everything that was sent before is void. */
export type StreamChange = 'more' | 'restarted';

export interface StreamSurroundings {
  readonly daemons: DaemonRegistry;
  readonly clock: Clock;
  readonly changed: (change: StreamChange) => void;
  /** How far those have come whom the host waits for; null when it waits for nobody. */
  readonly pace: () => number | null;
  /** Bytes that the most patient of them may lack; null when somebody wants all. */
  readonly patience: () => number | null;
  /** Most bytes of the session that are kept here. */
  readonly ringLimit: () => number;
}

export class SessionStream {
  readonly sessionId: SessionId;
  readonly hostId: HostId;
  readonly #around: StreamSurroundings;
  #epoch: number;
  #oldest = 0;
  #exit: Exit | null = null;
  #ring: ByteRing;
  #timeline: Timeline;
  #ackedToDaemon = 0;
  /** False until the host has told where the stream is. */
  #known = false;
  /** Generation of the link on which the stream is open; null when it is not. */
  #openOn: number | null = null;
  #opening: Promise<void> | null = null;
  #closed = false;
  #retry: Cancel | null = null;
  #mustReopen = false;
  #paceCheck: Cancel | null = null;
  /** Asked to open while it was being opened. */
  #again = false;
  readonly #early: (() => void)[] = [];
  #snapshots: Snapshots;
  readonly #catchUp = new CatchUp(this);
  /** Where the stream is opened instead of at its end. */
  #jumpTo: number | null = null;
  /** Where the screens that the host gave reach; it may be further than what has come here. */
  #drawn = 0;

  constructor(
    session: Pick<Session, 'id' | 'hostId' | 'epoch' | 'cols' | 'rows'>,
    around: StreamSurroundings,
  ) {
    const { id, hostId, epoch, cols, rows } = session;
    this.sessionId = id;
    this.hostId = hostId;
    this.#around = around;
    this.#epoch = epoch;
    this.#ring = new ByteRing(0, around.ringLimit);
    this.#timeline = new Timeline([{ offset: 0, cols, rows }]);
    this.#snapshots = new Snapshots(this, around.clock);
  }

  get epoch(): number {
    return this.#epoch;
  }

  get oldest(): number {
    return this.#oldest;
  }

  get head(): number {
    return this.#ring.end;
  }

  get clock(): Clock {
    return this.#around.clock;
  }

  /** The last byte that is known to have been printed, whether it has come here or not. */
  get reached(): number {
    return Math.max(this.head, this.#drawn);
  }

  get exit(): Exit | null {
    return this.#exit;
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  get isOpen(): boolean {
    return this.#openOn !== null && this.daemon()?.generation === this.#openOn;
  }

  get isOpening(): boolean {
    return this.#opening !== null;
  }

  /**
   * Opens the live stream, or moves it to a new link or epoch. One at a time.
   * @throws AppError HOST_UNREACHABLE, TIMEOUT, NOT_FOUND
   */
  open(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
      // Events that overtook the answer to `terminal.open`; few, since the link has a window.
      for (const event of this.#early.splice(0)) event();
      if (this.#again) {
        this.#again = false;
        this.reopen();
      }
    });
    return this.#opening;
  }

  /**
   * Opens in the background; asks again while a connected daemon cannot answer. What is being opened already may be
   * on a link, or of a life, that has passed: then it is opened once more.
   */
  reopen(): void {
    if (this.#closed) return;
    if (this.#opening) {
      this.#again = true;
      return;
    }
    this.open().catch((error: unknown) => {
      if (mayRetry(error) && !this.#again) this.#retryLater(true);
    });
  }

  async #open(): Promise<void> {
    const daemon = this.#around.daemons.require(this.hostId);
    const { info, isOther } = await this.#ask(daemon);
    // Less than a screen has shown is as much another output as less than what came here.
    const restarted = isOther || info.epoch !== this.#epoch || info.head < this.#drawn;
    if (!this.#known || restarted) this.#begin(info);
    else if (this.#jumpTo !== null) this.#goOnAt(this.#jumpTo);
    // The end of an ended stream is not sent any more: it is read, as all that is older.
    else if (info.exit && info.head > this.head) this.#ring.reset(info.head);
    if (restarted) this.#timeline = new Timeline(info.resizes);
    else this.#timeline.merge(info.resizes);
    this.#known = true;
    this.#mustReopen = false;
    this.#openOn = daemon.generation;
    this.#oldest = info.oldest;
    this.#exit = info.exit;
    this.#around.changed(restarted ? 'restarted' : 'more');
  }

  /** @returns what the host has; `isOther` when that is less than was seen here, and so cannot go on from there */
  async #ask(daemon: DaemonSocket): Promise<{ info: StreamInfo; isOther: boolean }> {
    const { sessionId } = this;
    const options = { timeoutMs: requestTimeoutMs };
    const sentMs = this.#around.clock.monotonic();
    const where = { epoch: this.#epoch, from: this.#jumpTo ?? this.head, sentMs };
    const anywhere = { epoch: null, from: null, sentMs };
    try {
      const place = this.#known ? where : anywhere;
      return {
        info: await daemon.request('terminal.open', { sessionId, ...place }, options),
        isOther: false,
      };
    } catch (error) {
      if (!this.#known || !(error instanceof AppError) || error.code !== 'OFFSET_INVALID') throw error;
      return {
        info: await daemon.request('terminal.open', { sessionId, ...anywhere }, options),
        isOther: true,
      };
    }
  }

  /** Live from the head of what there is; what came before is read from the host on demand. */
  #begin(info: StreamInfo): void {
    this.#epoch = info.epoch;
    this.#drawn = 0;
    this.#snapshots.dispose();
    this.#snapshots = new Snapshots(this, this.#around.clock);
    this.#ring = new ByteRing(info.head, this.#around.ringLimit);
    this.#ackedToDaemon = info.head;
  }

  /** Leaves out what lies before `offset`: viewers who lack it are given the screen that it begins with. */
  async jump(offset: number): Promise<void> {
    if (this.#closed || this.#opening || !this.isOpen || offset <= this.head) return;
    this.#jumpTo = offset;
    await this.open().finally(() => {
      this.#jumpTo = null;
    });
  }

  patience(): number | null {
    return this.#around.patience();
  }

  /** Where the output ends on the host; null when it cannot be asked. */
  async end(): Promise<number | null> {
    const { sessionId, epoch } = this;
    const info = await this.daemon()?.request(
      'terminal.info',
      { sessionId, epoch },
      { timeoutMs: requestTimeoutMs },
    );
    return info?.epoch === this.#epoch ? info.head : null;
  }

  #goOnAt(offset: number): void {
    this.#ring.reset(offset);
    this.#ackedToDaemon = offset;
  }

  /** The screen that the host draws, or null when it cannot give it now. */
  async screen(lines: number): Promise<TerminalSnapshot | null> {
    const snapshots = this.#snapshots;
    return this.#shown(snapshots, await snapshots.screen(lines));
  }

  /** The same for somebody who asks for it. @throws AppError HOST_UNREACHABLE, TIMEOUT, STALE_EPOCH, those of the host */
  async history(lines: number): Promise<TerminalSnapshot> {
    const snapshots = this.#snapshots;
    const snapshot = this.#shown(snapshots, await snapshots.history(lines));
    if (!snapshot) throw new AppError('STALE_EPOCH');
    return snapshot;
  }

  /** Null when the output has become another one since it was asked for. */
  #shown(from: Snapshots, snapshot: TerminalSnapshot | null): TerminalSnapshot | null {
    if (!snapshot || from !== this.#snapshots) return null;
    this.#drawn = Math.max(this.#drawn, snapshot.offset);
    return snapshot;
  }

  /** At most `max` bytes from `from` of those that are here, without waiting. */
  near(from: number, max: number): Uint8Array | null {
    return this.#ring.read(from, max);
  }

  /** At most `max` bytes from `from`; a later offset when older bytes are gone; null when the host cannot be asked. */
  async read(from: number, max: number): Promise<Piece | null> {
    const near = this.#ring.read(from, max);
    if (near && near.byteLength > 0) return { offset: from, data: near };
    const daemon = this.daemon();
    const { sessionId, head } = this;
    if (from >= head || !daemon) return null;
    const epoch = this.#epoch;
    try {
      const options = { timeoutMs: requestTimeoutMs };
      const far = await daemon.request('terminal.read', { sessionId, epoch, from }, options);
      if (epoch !== this.#epoch) return null;
      // What the host had beyond the head when it was asked comes live, with the sizes that belong to it.
      const data = far.data.subarray(0, Math.min(max, head - from));
      if (far.offset === from && data.byteLength > 0) return { offset: from, data };
      return this.#goneUntil(far.offset > from ? far.offset : this.head);
    } catch (error) {
      return this.#unread(error);
    }
  }

  /** Bytes that the host does not have any more; what is still here begins at the ring. */
  #goneUntil(offset: number): Piece {
    return { offset: Math.min(offset, this.#ring.start), data: new Uint8Array() };
  }

  /** A broken link or a busy host: the viewer waits. A host that does not have the session has none of its bytes. */
  #unread(error: unknown): Piece | null {
    if (mayRetry(error)) this.#retryLater(false);
    const isFinal = error instanceof AppError && !isRetryable(error.code);
    return isFinal ? this.#goneUntil(this.head) : null;
  }

  /** Live bytes. Anything that does not follow the end means that the stream must be opened again. */
  output(epoch: number, offset: number, data: Uint8Array): void {
    const defer = (): void => {
      this.output(epoch, offset, data);
    };
    if (this.#defer(defer)) return;
    if (epoch !== this.#epoch || offset !== this.head) {
      if (epoch > this.#epoch || (epoch === this.#epoch && offset > this.head)) this.reopen();
      return;
    }
    this.#ring.append(data, () => {
      this.ackUp();
      this.#catchUp.moved();
      this.#around.changed('more');
    });
  }

  resized(epoch: number, resize: Resize): void {
    const defer = (): void => {
      this.resized(epoch, resize);
    };
    if (this.#defer(defer) || epoch !== this.#epoch) return;
    this.#timeline.add(resize);
    this.#around.changed('more');
  }

  gap(epoch: number, to: number): void {
    const defer = (): void => {
      this.gap(epoch, to);
    };
    if (this.#defer(defer) || epoch !== this.#epoch || to <= this.head) return;
    this.#ring.reset(to);
    this.#around.changed('more');
  }

  ended(epoch: number, offset: number, exit: Exit): void {
    const defer = (): void => {
      this.ended(epoch, offset, exit);
    };
    if (this.#defer(defer) || epoch !== this.#epoch) return;
    const isNext = offset === this.head;
    if (offset > this.head) this.reopen();
    if (!isNext) return;
    this.#exit = exit;
    this.#around.changed('more');
  }

  /** Tells the daemon that nobody looks any more. Not while it is being opened: see `isOpening`. */
  async close(): Promise<void> {
    const daemon = this.isOpen ? this.daemon() : undefined;
    this.#closed = true;
    this.#openOn = null;
    this.#retry?.();
    this.#snapshots.dispose();
    this.#paceCheck?.();
    await daemon?.request('terminal.close', { sessionId: this.sessionId }).catch(() => undefined);
  }

  daemon(): DaemonSocket | undefined {
    return this.#around.daemons.get(this.hostId);
  }

  #defer(event: () => void): boolean {
    if (!this.#opening) return false;
    this.#early.push(event);
    return true;
  }

  #retryLater(mustReopen: boolean): void {
    this.#mustReopen ||= mustReopen;
    if (this.#closed) return;
    this.#retry ??= this.#around.clock.after(retryMs, () => {
      this.#retry = null;
      if (this.#mustReopen) this.reopen();
      else this.#around.changed('more');
    });
  }

  /**
   * Lets the host send more, but not faster than the foremost viewer reads: what fell out of the ring would cross the
   * link twice. Call it when a viewer has moved.
   */
  ackUp(): void {
    if (this.head - this.#ackedToDaemon < ackEveryBytes) return;
    const may = Math.min(this.head, this.#around.pace() ?? this.head);
    if (may - this.#ackedToDaemon >= ackEveryBytes) {
      this.#ackedToDaemon = may;
      const { sessionId } = this;
      this.daemon()?.emit('terminal.ack', { sessionId, epoch: this.#epoch, offset: may });
    }
    if (this.#closed || this.head - this.#ackedToDaemon < ackEveryBytes) return;
    this.#paceCheck ??= this.#around.clock.after(paceCheckMs, () => {
      this.#paceCheck = null;
      this.ackUp();
    });
  }
}

/** Whether asking again may help; a link that is broken says so itself when it is back. */
const mayRetry = (error: unknown): boolean =>
  !(error instanceof AppError) || (isRetryable(error.code) && error.code !== 'HOST_UNREACHABLE');

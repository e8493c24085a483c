// The hub's end of one session's stream: the newest bytes, and older ones fetched from the host when asked for.
import {
  AppError,
  type Exit,
  type HostId,
  type Resize,
  type Session,
  type SessionId,
  type StreamInfo,
} from '@roundhouse/protocol';
import type { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { ByteRing } from './byte-ring.js';
import { Timeline } from './timeline.js';

/** The hub acknowledges to the daemon after this many bytes; a quarter of the window of the link. */
const ackEveryBytes = 128 * 1024;
const requestTimeoutMs = 10_000;

export type StreamChange = 'more' | 'restarted' | 'resized';

export class SessionStream {
  readonly sessionId: SessionId;
  readonly hostId: HostId;
  #epoch: number;
  #oldest = 0;
  #exit: Exit | null = null;
  #ring = new ByteRing(0);
  #timeline: Timeline;
  #ackedToDaemon = 0;
  /** Generation of the link on which the stream is open; null when it is not. */
  #openOn: number | null = null;
  #opening: Promise<void> | null = null;
  readonly #early: (() => void)[] = [];

  constructor(
    session: Session,
    private readonly daemons: DaemonRegistry,
    private readonly changed: (change: StreamChange) => void,
  ) {
    this.sessionId = session.id;
    this.hostId = session.hostId;
    this.#epoch = session.epoch;
    this.#timeline = new Timeline([{ offset: 0, cols: session.cols, rows: session.rows }]);
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

  get exit(): Exit | null {
    return this.#exit;
  }

  get timeline(): Timeline {
    return this.#timeline;
  }

  get isOpen(): boolean {
    return this.#openOn !== null && this.daemons.get(this.hostId)?.generation === this.#openOn;
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
    });
    return this.#opening;
  }

  async #open(): Promise<void> {
    const daemon = this.daemons.require(this.hostId);
    const known = this.#openOn !== null;
    const info = await daemon.request(
      'terminal.open',
      { sessionId: this.sessionId, epoch: known ? this.#epoch : null, from: known ? this.head : null },
      { timeoutMs: requestTimeoutMs },
    );
    const restarted = known && info.epoch !== this.#epoch;
    if (!known || restarted) this.#begin(info);
    this.#openOn = daemon.generation;
    this.#oldest = info.oldest;
    this.#exit = info.exit;
    for (const resize of info.resizes) this.#timeline.add(resize);
    this.changed(restarted ? 'restarted' : 'more');
  }

  /** Live from the head of what there is; what came before is read from the host on demand. */
  #begin(info: StreamInfo): void {
    this.#epoch = info.epoch;
    this.#timeline = new Timeline(info.resizes);
    this.#ring = new ByteRing(info.head);
    this.#ackedToDaemon = info.head;
  }

  /** At most `max` bytes from `from`; a later offset when older bytes are gone; null when the host cannot be asked. */
  async read(from: number, max: number): Promise<{ offset: number; data: Uint8Array } | null> {
    const near = this.#ring.read(from, max);
    if (near && near.byteLength > 0) return { offset: from, data: near };
    if (from >= this.head) return null;
    const daemon = this.daemons.get(this.hostId);
    if (!daemon) return null;
    const { sessionId } = this;
    try {
      const epoch = this.#epoch;
      const far = await daemon.request(
        'terminal.read',
        { sessionId, epoch, from },
        { timeoutMs: requestTimeoutMs },
      );
      return { offset: far.offset, data: far.data };
    } catch (error) {
      // A broken link or a busy host: the viewer waits, and is fed again when the stream moves or is reopened.
      if (error instanceof AppError) return null;
      throw error;
    }
  }

  /** Live bytes. Anything that does not follow the end means that the stream must be opened again. */
  output(epoch: number, offset: number, data: Uint8Array): void {
    if (
      this.#defer(() => {
        this.output(epoch, offset, data);
      })
    )
      return;
    if (epoch !== this.#epoch || offset !== this.head) {
      if (offset > this.head || epoch > this.#epoch) this.#reopen();
      return;
    }
    this.#ring.append(data);
    this.#ackUp();
    this.changed('more');
  }

  resized(epoch: number, resize: Resize): void {
    if (
      this.#defer(() => {
        this.resized(epoch, resize);
      })
    )
      return;
    if (epoch !== this.#epoch) return;
    this.#timeline.add(resize);
    this.changed('resized');
  }

  gap(epoch: number, to: number): void {
    if (
      this.#defer(() => {
        this.gap(epoch, to);
      })
    )
      return;
    if (epoch !== this.#epoch || to <= this.head) return;
    this.#ring.reset(to);
    this.#oldest = Math.max(this.#oldest, to);
    this.changed('more');
  }

  ended(epoch: number, offset: number, exit: Exit): void {
    if (
      this.#defer(() => {
        this.ended(epoch, offset, exit);
      })
    )
      return;
    if (epoch !== this.#epoch) return;
    if (offset !== this.head) {
      this.#reopen();
      return;
    }
    this.#exit = exit;
    this.changed('more');
  }

  /** Tells the daemon that nobody looks any more. */
  async close(): Promise<void> {
    const daemon = this.isOpen ? this.daemons.get(this.hostId) : undefined;
    this.#openOn = null;
    await daemon?.request('terminal.close', { sessionId: this.sessionId }).catch(() => undefined);
  }

  #defer(event: () => void): boolean {
    if (!this.#opening) return false;
    this.#early.push(event);
    return true;
  }

  #reopen(): void {
    void this.open().catch(() => undefined);
  }

  #ackUp(): void {
    if (this.head - this.#ackedToDaemon < ackEveryBytes) return;
    this.#ackedToDaemon = this.head;
    const { sessionId } = this;
    this.daemons.get(this.hostId)?.emit('terminal.ack', { sessionId, epoch: this.#epoch, offset: this.head });
  }
}

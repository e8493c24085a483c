// A browser at the other end of a viewer, for specs: follows the stream as an emulator does, and finds every fault.
import {
  userIdSchema,
  type PayloadOf,
  type ReplyOf,
  type UiEvents,
  type ViewerId,
} from '@roundhouse/protocol';
import type { Actor } from '../../auth/actor.js';
import type { UiSocket } from '../../platform/ws/handlers.js';
import { contentOf, type FakeHost } from './fake-host.js';

type Reply = ReplyOf<UiEvents['session.attach']>;
type Told = PayloadOf<UiEvents['session.controller']>;

export const actorNamed = (username: string, role: Actor['role'] = 'admin'): Actor => ({
  userId: userIdSchema.parse(`33333333-3333-4333-8333-${Buffer.from(username.padEnd(6)).toString('hex')}`),
  username,
  role,
  scopes: null,
  via: { kind: 'session', id: username },
});

export class FakeBrowser implements UiSocket {
  readonly id = 'socket';
  epoch = 0;
  /** Next byte that must come. */
  next = 0;
  acked = 0;
  received = 0;
  exit: number | null = null;
  readonly faults: string[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  readonly names: string[] = [];
  controller: Told | null = null;
  viewers: PayloadOf<UiEvents['session.viewers']>['viewers'] = [];
  viewerId: ViewerId | null = null;
  /** Acknowledges each piece at once. */
  fast = true;
  closed = false;
  /** Bytes that its line has not taken. */
  buffered = 0;
  /** Wants bytes and never a screen. */
  exact = false;
  /** Screens that it was given. */
  screens = 0;
  listeners: (() => void)[] = [];
  #attached = false;
  #mustShow = false;
  #unacknowledged = 0;
  #size: { cols: number; rows: number } | null = null;
  #windowBytes = 0;
  /** Losses of the host that this browser has been told of. */
  #losses = 0;

  constructor(
    readonly actor: Actor,
    private readonly host: FakeHost,
    private readonly ack: (browser: FakeBrowser, epoch: number, offset: number) => void,
  ) {}

  attached(reply: Reply, from: number): void {
    this.#attached = true;
    this.epoch = reply.epoch;
    this.viewerId = reply.viewerId;
    this.#windowBytes = reply.windowBytes;
    this.#size = { cols: reply.cols, rows: reply.rows };
    this.next = this.acked = reply.offset;
    this.#mustShow = reply.mode === 'snapshot';
    if (reply.mode === 'exact' && reply.offset > from) this.next = from;
  }

  emitAll(name: string, payloads: readonly object[]): void {
    for (const payload of payloads) this.emit(name, payload);
  }

  emit(name: string, payload: object): void {
    if (!this.#attached) this.#fault(`${name} before the acknowledgement`);
    if (this.closed) this.#fault(`${name} after the end of the socket`);
    if (this.#mustShow && name !== 'session.snapshot') this.#fault(`${name} before the screen`);
    this.#mustShow = false;
    this.names.push(name);
    const handlers: Record<string, ((payload: never) => void) | undefined> = {
      'session.output': this.#output,
      'session.resized': this.#resized,
      'session.gap': this.#gap,
      'session.snapshot': this.#snapshot,
      'session.exit': this.#exited,
      'session.controller': this.#told,
      'session.viewers': this.#heardOf,
    };
    const handler = handlers[name];
    if (handler) Reflect.apply(handler, this, [payload]);
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  onClose(listener: () => void): void {
    this.listeners.push(listener);
  }

  close(): void {
    if (this.closed) return;
    for (const listener of this.listeners) listener();
    this.closed = true;
  }

  /** Acknowledges everything. */
  catchUp(): void {
    this.acked = this.next;
    this.#unacknowledged = 0;
    this.ack(this, this.epoch, this.next);
  }

  #output(event: PayloadOf<UiEvents['session.output']>): void {
    const { epoch, offset, data } = event;
    const length = data.byteLength;
    if (epoch !== this.epoch) this.#fault(`output of epoch ${String(epoch)} in ${String(this.epoch)}`);
    if (offset !== this.next) this.#fault(`output at ${String(offset)}, expected ${String(this.next)}`);
    if (this.exit !== null) this.#fault('output after the exit');
    if (Buffer.compare(data, contentOf(epoch, offset, length)) !== 0)
      this.#fault(`wrong bytes at ${String(offset)}`);
    this.#checkSize(offset, length);
    this.next = offset + length;
    this.received += length;
    this.#unacknowledged += length;
    if (this.#unacknowledged > this.#windowBytes) this.#fault('more than the window');
    if (this.fast) this.catchUp();
  }

  /** The bytes are drawn at the size that they were made for. */
  #checkSize(offset: number, length: number): void {
    if (this.epoch !== this.host.life.epoch || this.#losses !== this.host.losses) return;
    for (const at of [offset, offset + length - 1]) {
      const size = this.host.sizeAt(at);
      if (size && (size.cols !== this.#size?.cols || size.rows !== this.#size.rows)) {
        this.#fault(
          `byte ${String(at)} drawn at ${String(this.#size?.cols)} instead of ${String(size.cols)} columns`,
        );
      }
    }
  }

  #resized({ cols, rows, epoch, offset }: PayloadOf<UiEvents['session.resized']>): void {
    if (epoch !== this.epoch) this.#fault('a size of another epoch');
    if (offset > this.next) this.#fault(`size of ${String(offset)} told at ${String(this.next)}`);
    if (cols === this.#size?.cols && rows === this.#size.rows) this.#fault('the same size again');
    this.#size = { cols, rows };
  }

  #gap({ from, to, epoch }: PayloadOf<UiEvents['session.gap']>): void {
    if (epoch !== this.epoch || from !== this.next || to <= from) {
      this.#fault(`gap ${String(from)}-${String(to)} at ${String(this.next)}`);
    }
    this.gaps.push({ from, to });
    this.next = to;
  }

  #snapshot({ epoch, offset, cols, rows, data }: PayloadOf<UiEvents['session.snapshot']>): void {
    if (epoch < this.epoch) this.#fault('back to an older epoch');
    if (data.byteLength > 0) this.screens += 1;
    if (data.byteLength > 0 && this.exact) this.#fault('a screen instead of bytes');
    this.epoch = epoch;
    this.next = this.acked = offset;
    this.#unacknowledged = 0;
    this.exit = null;
    this.#losses = this.host.losses;
    this.#size = { cols, rows };
  }

  #exited({ epoch, offset }: PayloadOf<UiEvents['session.exit']>): void {
    if (epoch !== this.epoch || offset !== this.next)
      this.#fault(`exit at ${String(offset)}, not ${String(this.next)}`);
    if (this.exit !== null) this.#fault('a second exit');
    this.exit = offset;
  }

  #heardOf({ viewers }: PayloadOf<UiEvents['session.viewers']>): void {
    this.viewers = viewers;
  }

  #told(told: Told): void {
    this.controller = told;
  }

  #fault(text: string): void {
    this.faults.push(text);
  }
}

// Socket events of terminals, from browsers and from daemons.
import { Inject, Injectable } from '@nestjs/common';
import { Lateness, type Clock } from '@roundhouse/kit';
import {
  AppError,
  inputLateMs,
  type DaemonEvents,
  type PayloadOf,
  type SessionId,
  type UiEvents,
} from '@roundhouse/protocol';
import { CLOCK } from '../platform/tokens.js';
import { OnDaemon, OnUi, type DaemonSocket, type UiSocket } from '../platform/ws/handlers.js';
import { ForeignClaims } from '../sessions/foreign-claims.service.js';
import type { SessionStream } from './session-stream.js';
import { TerminalRequests } from './terminal-requests.service.js';
import { TerminalService } from './terminal.service.js';

type Ui<K extends keyof UiEvents> = PayloadOf<UiEvents[K]>;
type Daemon<K extends keyof DaemonEvents> = PayloadOf<DaemonEvents[K]>;

@Injectable()
export class TerminalGateway {
  /** How long what each browser sends is under way. */
  readonly #lines = new WeakMap<UiSocket, Lateness>();

  constructor(
    @Inject(TerminalService) private readonly terminals: TerminalService,
    @Inject(TerminalRequests) private readonly requests: TerminalRequests,
    @Inject(ForeignClaims) private readonly foreign: ForeignClaims,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @OnUi('session.attach')
  attach(payload: Ui<'session.attach'>, socket: UiSocket) {
    this.#isLate(payload.sentMs, socket);
    return this.terminals.attach(payload, socket);
  }

  @OnUi('session.detach')
  detach({ sessionId }: Ui<'session.detach'>, socket: UiSocket) {
    this.terminals.detach(sessionId, socket);
    return {};
  }

  @OnUi('session.ack')
  ack(payload: Ui<'session.ack'>, socket: UiSocket): void {
    this.terminals.ack(payload, socket);
  }

  @OnUi('session.input')
  input(payload: Ui<'session.input'>, socket: UiSocket) {
    if (this.#isLate(payload.sentMs, socket)) throw new AppError('INPUT_LATE');
    return this.terminals.input(payload, socket);
  }

  @OnUi('session.resize')
  async resize(payload: Ui<'session.resize'>, socket: UiSocket) {
    await this.terminals.resize(payload, socket);
    return {};
  }

  @OnUi('session.control')
  control({ sessionId }: Ui<'session.control'>, socket: UiSocket) {
    this.terminals.control(sessionId, socket);
    return {};
  }

  @OnUi('session.history')
  history(payload: Ui<'session.history'>, socket: UiSocket) {
    return this.requests.history(payload, socket);
  }

  @OnUi('session.grid')
  grid(payload: Ui<'session.grid'>, socket: UiSocket) {
    return this.requests.grid(payload, socket);
  }

  @OnUi('session.upload')
  upload(payload: Ui<'session.upload'>, socket: UiSocket) {
    return this.requests.upload(payload, socket);
  }

  @OnDaemon('terminal.output')
  output({ sessionId, epoch, offset, data }: Daemon<'terminal.output'>, socket: DaemonSocket): void {
    this.#own(sessionId, socket)?.output(epoch, offset, data);
  }

  @OnDaemon('terminal.resized')
  resized({ sessionId, epoch, ...resize }: Daemon<'terminal.resized'>, socket: DaemonSocket): void {
    this.#own(sessionId, socket)?.resized(epoch, resize);
  }

  @OnDaemon('terminal.gap')
  gap({ sessionId, epoch, to }: Daemon<'terminal.gap'>, socket: DaemonSocket): void {
    this.#own(sessionId, socket)?.gap(epoch, to);
  }

  @OnDaemon('terminal.exit')
  exit({ sessionId, epoch, offset, exit }: Daemon<'terminal.exit'>, socket: DaemonSocket): void {
    this.#own(sessionId, socket)?.ended(epoch, offset, exit);
  }

  #isLate(sentMs: number | undefined, socket: UiSocket): boolean {
    if (sentMs === undefined) return false;
    const line = this.#lines.get(socket) ?? new Lateness(inputLateMs);
    this.#lines.set(socket, line);
    return line.isLate(sentMs, this.clock.monotonic());
  }

  /** The stream of a watched session, if it belongs to the host of this daemon. */
  #own(sessionId: SessionId, socket: DaemonSocket): SessionStream | undefined {
    const stream = this.terminals.find(sessionId)?.stream;
    if (stream?.hostId === socket.hostId) return stream;
    if (stream) this.foreign.record(socket.hostId, sessionId);
    else this.foreign.suspect(socket.hostId, sessionId);
    return undefined;
  }
}

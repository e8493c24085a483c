// Attaching browsers to sessions, and what they type.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  hasEnded,
  viewerIdSchema,
  viewerWindowBytes,
  type PayloadOf,
  type ReplyOf,
  type Session,
  type SessionId,
  type UiEvents,
  type ViewerId,
} from '@roundhouse/protocol';
import { refusal } from '../auth/policy.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { UiSocket } from '../platform/ws/handlers.js';
import { TokenBucket } from '../platform/ws/token-bucket.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { Attachments } from './attachments.js';
import { placeOf, type Place } from './attach-place.js';
import { ringLimit } from './byte-ring.js';
import { SessionStream } from './session-stream.js';
import { Viewer } from './viewer.js';

/** A stream that nobody looks at is kept this long, for a page that is reloaded. */
const lingerMs = 30_000;
const inputTimeoutMs = 5_000;
/** Bytes typed over one socket: a paste of 16 MiB at once, then faster than any line of a person. */
const inputBudget = { perSecond: 4 * 1024 * 1024, burst: 16 * 1024 * 1024 } as const;

type Payload<K extends keyof UiEvents> = PayloadOf<UiEvents[K]>;

@Injectable()
export class TerminalService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #sessions = new Map<SessionId, Attachments>();
  readonly #lingering = new Map<SessionId, Cancel>();
  /** To what each socket is attached. */
  readonly #bySocket = new WeakMap<UiSocket, Set<SessionId>>();
  readonly #typed = new WeakMap<UiSocket, TokenBucket>();
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(NEW_ID) private readonly newId: NewId,
  ) {}

  onApplicationBootstrap(): void {
    this.#stops.push(
      this.bus.on('host.connected', ({ hostId }) => {
        for (const { stream } of this.#sessions.values()) if (stream.hostId === hostId) stream.reopen();
      }),
      this.bus.on('session.changed', (session) => {
        this.#sessionChanged(session);
      }),
      this.bus.on('session.deleted', ({ id }) => {
        this.#drop(id);
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
    for (const cancel of this.#lingering.values()) cancel();
    for (const id of [...this.#sessions.keys()]) this.#drop(id);
  }

  find(sessionId: SessionId): Attachments | undefined {
    return this.#sessions.get(sessionId);
  }

  /** @throws AppError NOT_FOUND, SESSION_NOT_RUNNING, HOST_UNREACHABLE, OFFSET_INVALID */
  async attach(
    request: Payload<'session.attach'>,
    socket: UiSocket,
  ): Promise<ReplyOf<UiEvents['session.attach']>> {
    const session = await this.sessions.get(request.sessionId);
    const here = this.#attachments(session);
    const { stream } = here;
    try {
      await openFor(session, stream);
      const place = await placeOf(request, stream);
      // It may have been deleted while its host was asked.
      if (this.#sessions.get(session.id) !== here) throw new AppError('NOT_FOUND');
      const viewer = this.#add(here, request.viewerId, socket, place);
      this.#detachOnClose(session.id, socket);
      // After the acknowledgement, which comes before any event.
      setImmediate(() => {
        this.#begin(here, viewer, place);
      });
      const { epoch, reached, timeline } = stream;
      const { start: offset, snapshot } = place;
      const { cols, rows } = snapshot ?? timeline.sizeAt(offset);
      return {
        mode: snapshot ? 'snapshot' : 'exact',
        ...{ epoch, offset, head: reached, cols, rows },
        viewerId: viewer.viewerId,
        controller: here.controls(viewer),
        windowBytes: viewerWindowBytes,
      };
    } finally {
      if (here.size === 0) this.#linger(request.sessionId);
    }
  }

  detach(sessionId: SessionId, socket: UiSocket): void {
    const here = this.#sessions.get(sessionId);
    const viewer = here?.of(socket);
    this.#bySocket.get(socket)?.delete(sessionId);
    if (!here || !viewer) return;
    here.remove(viewer);
    if (here.size === 0) this.#linger(sessionId);
  }

  /** One listener for each socket, however often and to how much it attaches. */
  #detachOnClose(sessionId: SessionId, socket: UiSocket): void {
    const attached = this.#bySocket.get(socket);
    if (attached) {
      attached.add(sessionId);
      return;
    }
    const first = new Set([sessionId]);
    this.#bySocket.set(socket, first);
    socket.onClose(() => {
      for (const id of first) this.detach(id, socket);
    });
  }

  ack({ sessionId, epoch, offset }: Payload<'session.ack'>, socket: UiSocket): void {
    this.#sessions.get(sessionId)?.of(socket)?.ack(epoch, offset);
  }

  /** @throws AppError NOT_ATTACHED, STALE_EPOCH, NOT_CONTROLLER, SESSION_NOT_RUNNING, HOST_UNREACHABLE, RATE_LIMITED */
  async input(request: Payload<'session.input'>, socket: UiSocket): Promise<{ seq: number }> {
    const { sessionId, epoch, seq, data } = request;
    const { here, viewer } = this.attached(sessionId, socket);
    if (epoch !== here.stream.epoch) throw new AppError('STALE_EPOCH');
    if (here.stream.exit) throw new AppError('SESSION_NOT_RUNNING');
    if (!here.request(viewer, 'input')) throw new AppError('NOT_CONTROLLER');
    // Users cannot use up each other's numbers: the keeper counts per user and viewer.
    const client = `${viewer.userId}.${viewer.viewerId}`;
    const daemon = this.daemons.require(here.stream.hostId);
    this.#bound(socket, data.byteLength);
    const payload = { sessionId, epoch, client, seq, data, sentMs: this.clock.monotonic() };
    return daemon.request('terminal.input', payload, { timeoutMs: inputTimeoutMs });
  }

  /** What is on its way to a host waits in memory. @throws AppError RATE_LIMITED */
  #bound(socket: UiSocket, bytes: number): void {
    const bucket = this.#typed.get(socket) ?? new TokenBucket(inputBudget, this.clock);
    this.#typed.set(socket, bucket);
    if (!bucket.take(bytes))
      throw new AppError('RATE_LIMITED', { message: 'Too much at once', retryAfterS: 1 });
  }

  /** @throws AppError NOT_ATTACHED, NOT_CONTROLLER, HOST_UNREACHABLE */
  async resize({ sessionId, cols, rows }: Payload<'session.resize'>, socket: UiSocket): Promise<void> {
    const { here, viewer } = this.attached(sessionId, socket);
    if (!here.controls(viewer)) throw new AppError('NOT_CONTROLLER');
    const { stream } = here;
    this.daemons.require(stream.hostId);
    await here.resizes.request(async () => {
      const { hostId, epoch, exit } = stream;
      if (exit) return;
      await this.daemons.require(hostId).request('terminal.resize', { sessionId, epoch, cols, rows });
    });
  }

  /** @throws AppError NOT_ATTACHED */
  control(sessionId: SessionId, socket: UiSocket): void {
    const { here, viewer } = this.attached(sessionId, socket);
    if (!here.request(viewer, 'take')) throw new AppError('FORBIDDEN');
  }

  /** @throws AppError NOT_ATTACHED */
  attached(sessionId: SessionId, socket: UiSocket): { here: Attachments; viewer: Viewer } {
    const here = this.#sessions.get(sessionId);
    const viewer = here?.of(socket);
    if (!here || !viewer) throw new AppError('NOT_ATTACHED');
    return { here, viewer };
  }

  #attachments(session: Session): Attachments {
    this.#lingering.get(session.id)?.();
    this.#lingering.delete(session.id);
    const existing = this.#sessions.get(session.id);
    if (existing) return existing;
    const stream: SessionStream = new SessionStream(session, {
      daemons: this.daemons,
      clock: this.clock,
      changed: (change) => {
        if (change === 'restarted') here.restart();
        else here.pump();
      },
      pace: (): number | null => here.pace,
      patience: (): number | null => here.patience,
      ringLimit: () => ringLimit(this.#sessions.size),
    });
    const here: Attachments = new Attachments(session.id, stream);
    this.#sessions.set(session.id, here);
    return here;
  }

  #add(here: Attachments, presented: ViewerId | undefined, socket: UiSocket, place: Place): Viewer {
    const viewerId = this.#viewerId(presented, here, socket);
    const mayType = refusal(socket.actor, 'session.input') === null;
    const identity = { viewerId, socket, mayType };
    const viewer = new Viewer(identity, place.wishes, here.stream, place.start);
    here.add(viewer);
    return viewer;
  }

  /** The id presented, unless another user has it. */
  #viewerId(presented: ViewerId | undefined, here: Attachments, socket: UiSocket): ViewerId {
    const holder = presented && here.byId(presented);
    if (presented && (!holder || holder.userId === socket.actor.userId)) return presented;
    return viewerIdSchema.parse(this.newId());
  }

  #begin(here: Attachments, viewer: Viewer, place: Place): void {
    if (viewer.isClosed) return;
    viewer.begin(place);
    here.tellAll();
    viewer.pump();
  }

  #sessionChanged(session: Session): void {
    const here = this.#sessions.get(session.id);
    if (!here) return;
    const { stream } = here;
    if (hasEnded(session.state)) {
      // A keeper that died says no goodbye: its host knows where the output ends.
      if (stream.isOpen && !stream.exit && stream.epoch === session.epoch) stream.reopen();
      return;
    }
    const started =
      session.startedAt !== null && (session.state === 'running' || session.state === 'stopping');
    if (started && (!stream.isOpen || session.epoch > stream.epoch)) stream.reopen();
  }

  #linger(sessionId: SessionId): void {
    this.#lingering.get(sessionId)?.();
    const cancel = this.clock.after(lingerMs, () => {
      this.#lingering.delete(sessionId);
      const here = this.#sessions.get(sessionId);
      if (here?.size !== 0) return;
      // A stream that is left open would keep its host from hearing the end of the session.
      if (here.stream.isOpening) this.#linger(sessionId);
      else this.#drop(sessionId);
    });
    this.#lingering.set(sessionId, cancel);
  }

  #drop(sessionId: SessionId): void {
    const here = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    for (const viewer of here?.viewers ?? []) viewer.close();
    here?.resizes.dispose();
    void here?.stream.close();
  }
}

/** Opens the stream unless the agent does not run yet; then the page waits for its first byte. */
async function openFor(session: Session, stream: SessionStream): Promise<void> {
  if (stream.isOpen) return;
  const { state, epoch, startedAt } = session;
  if (startedAt === null && !hasEnded(state)) return;
  // A resume that failed leaves the output of the life before.
  if (startedAt === null && epoch === 1) {
    throw new AppError('SESSION_NOT_RUNNING', {
      message: session.stateReason?.message ?? 'It never started',
    });
  }
  await stream.open();
}

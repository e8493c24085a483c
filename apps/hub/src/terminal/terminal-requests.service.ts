// What an attached browser asks of the session's host besides its stream: more history, digests to compare with, and
// a place for a file.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@roundhouse/kit';
import { AppError, uploadMaxBytes, type PayloadOf, type ReplyOf, type UiEvents } from '@roundhouse/protocol';
import { CLOCK } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { UiSocket } from '../platform/ws/handlers.js';
import { TokenBucket } from '../platform/ws/token-bucket.js';
import { TerminalService } from './terminal.service.js';

/** The host draws everything before it answers. */
const gridTimeoutMs = 10_000;
const uploadTimeoutMs = 10_000;
/** Bytes of files from one socket: two of the largest at once, then what a fast line takes. */
const uploadBudget = { perSecond: 4 * 1024 * 1024, burst: 2 * uploadMaxBytes } as const;

type Payload<K extends keyof UiEvents> = PayloadOf<UiEvents[K]>;
type Reply<K extends keyof UiEvents> = ReplyOf<UiEvents[K]>;

@Injectable()
export class TerminalRequests {
  /** Sockets that wait for history: one answer of megabytes at a time. */
  readonly #waiting = new WeakSet<UiSocket>();
  readonly #uploads = new WeakMap<UiSocket, TokenBucket>();

  constructor(
    @Inject(TerminalService) private readonly terminals: TerminalService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws AppError NOT_ATTACHED, RATE_LIMITED, HOST_UNREACHABLE, TIMEOUT, STALE_EPOCH, those of the host */
  async history({ sessionId, lines }: Payload<'session.history'>, socket: UiSocket) {
    const { here, viewer } = this.terminals.attached(sessionId, socket);
    if (this.#waiting.has(socket)) {
      throw new AppError('RATE_LIMITED', { message: 'History is on its way already', retryAfterS: 1 });
    }
    this.#waiting.add(socket);
    try {
      const snapshot = await here.stream.history(lines);
      // After the acknowledgement. The session may have begun a new life by then: that has a screen of its own.
      setImmediate(() => {
        if (viewer.isClosed || !viewer.hasBegun || snapshot.epoch !== here.stream.epoch) return;
        viewer.show(snapshot);
        viewer.pump();
      });
      return { lines: snapshot.scrollback, kept: snapshot.scrollbackKept };
    } finally {
      this.#waiting.delete(socket);
    }
  }

  /** @throws AppError NOT_ATTACHED, STALE_EPOCH, OFFSET_INVALID, HOST_UNREACHABLE, TIMEOUT, those of the host */
  async grid(request: Payload<'session.grid'>, socket: UiSocket): Promise<Reply<'session.grid'>> {
    const { stream } = this.terminals.attached(request.sessionId, socket).here;
    if (request.epoch !== stream.epoch) throw new AppError('STALE_EPOCH');
    if (request.atLeast > stream.reached) {
      throw new AppError('OFFSET_INVALID', { message: `The output ends at ${String(stream.reached)}` });
    }
    const daemon = this.daemons.require(stream.hostId);
    return daemon.request('terminal.grid', request, { timeoutMs: gridTimeoutMs });
  }

  /** For those who may type, whoever has control. @throws AppError NOT_ATTACHED, RATE_LIMITED, SESSION_NOT_RUNNING */
  async upload(piece: Payload<'session.upload'>, socket: UiSocket): Promise<Reply<'session.upload'>> {
    const { stream } = this.terminals.attached(piece.sessionId, socket).here;
    if (stream.exit) throw new AppError('SESSION_NOT_RUNNING');
    if (!this.#uploadBudget(socket).take(piece.data.byteLength)) {
      throw new AppError('RATE_LIMITED', { message: 'Too many files at once', retryAfterS: 5 });
    }
    const daemon = this.daemons.require(stream.hostId);
    return daemon.request('upload.write', piece, { timeoutMs: uploadTimeoutMs });
  }

  #uploadBudget(socket: UiSocket): TokenBucket {
    const bucket = this.#uploads.get(socket) ?? new TokenBucket(uploadBudget, this.clock);
    this.#uploads.set(socket, bucket);
    return bucket;
  }
}

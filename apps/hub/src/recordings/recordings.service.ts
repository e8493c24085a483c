// Recordings of sessions: made from what the host keeps, while they are read.
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type RecordingFormat, type Session, type SessionId } from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { DaemonSocket } from '../platform/ws/handlers.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { record, type RecordingSource } from './record.js';

/** Recordings that one user makes at a time: each takes the line of its host. */
const perUserMax = 4;
const requestTimeoutMs = 10_000;

export interface Recording {
  readonly fileName: string;
  readonly stream: Readable;
}

@Injectable()
export class RecordingsService {
  /** Recordings being made, for each user. */
  readonly #running = new Map<string, number>();

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
  ) {}

  /** @throws AppError NOT_FOUND, SESSION_NOT_RUNNING, HOST_UNREACHABLE, RATE_LIMITED, those of the host */
  async make(
    id: SessionId,
    { format, epoch }: { format: RecordingFormat; epoch: number | null },
    { userId }: Actor,
  ): Promise<Recording> {
    const session = await this.sessions.get(id);
    if (session.startedAt === null && session.epoch === 1) throw new AppError('SESSION_NOT_RUNNING');
    const daemon = this.daemons.require(session.hostId);
    this.#count(userId, 1);
    const ended = new AbortController();
    const { signal } = ended;
    const end = (): void => {
      if (signal.aborted) return;
      ended.abort();
      this.#count(userId, -1);
    };
    try {
      const request = { sessionId: id, epoch };
      const info = await daemon.request('terminal.info', request, { timeoutMs: requestTimeoutMs, signal });
      const isNewest = info.epoch === session.epoch && session.startedAt !== null;
      const timestamp = isNewest ? Math.floor(Date.parse(session.startedAt ?? '') / 1000) : null;
      const source = sourceOf(daemon, { sessionId: id, epoch: info.epoch }, signal);
      const plan = { format, info, title: session.name, timestamp };
      // Two pieces ahead of a slow reader, not sixteen.
      const stream = Readable.from(record(source, plan), { highWaterMark: 2 }).once('close', end);
      return { fileName: fileNameOf(session, info.epoch), stream };
    } catch (error) {
      end();
      throw error;
    }
  }

  #count(userId: string, change: 1 | -1): void {
    const now = (this.#running.get(userId) ?? 0) + change;
    if (now > perUserMax) {
      throw new AppError('RATE_LIMITED', {
        message: `${String(perUserMax)} recordings are being made already`,
        retryAfterS: 10,
      });
    }
    if (now > 0) this.#running.set(userId, now);
    else this.#running.delete(userId);
  }
}

function sourceOf(
  daemon: DaemonSocket,
  stream: { readonly sessionId: SessionId; readonly epoch: number },
  signal: AbortSignal,
): RecordingSource {
  const options = { timeoutMs: requestTimeoutMs, signal };
  return {
    read: (from) => daemon.request('terminal.read', { ...stream, from }, options),
    times: async (from) => {
      try {
        return (await daemon.request('terminal.times', { ...stream, from }, options)).marks;
      } catch (error) {
        // A host from before there were marks: the bytes are what counts.
        if (error instanceof AppError && error.code !== 'HOST_UNREACHABLE') return [];
        throw error;
      }
    },
  };
}

/** Harmless on every file system and in a header. */
function fileNameOf({ name, id }: Session, epoch: number): string {
  const harmless = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${harmless === '' ? id : harmless}-${String(epoch)}.cast`;
}

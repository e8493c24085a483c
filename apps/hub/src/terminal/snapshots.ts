// Screens of one session, asked from its host: one request for all who want the same, and one answer for all who
// come soon after.
import type { Cancel, Clock } from '@roundhouse/kit';
import { AppError, type SessionId, type TerminalSnapshot } from '@roundhouse/protocol';
import type { DaemonSocket } from '../platform/ws/handlers.js';

/** A host that draws a long backlog may need this long; then its bytes are quicker. */
const screenTimeoutMs = 3_000;
/** A person who asks for ten thousand lines waits for them. */
const historyTimeoutMs = 10_000;
/** How long an answer serves others, and how much may have been printed since. */
const reuse = { ms: 1_000, bytes: 64 * 1024 } as const;
/** A host that said no, or nothing, is not asked again before: each viewer would wait for it. */
const pauseMs = { refused: 1_000, silent: 10_000 } as const;

export interface SnapshotSubject {
  readonly sessionId: SessionId;
  readonly epoch: number;
  readonly head: number;
  daemon(): DaemonSocket | undefined;
}

export class Snapshots {
  readonly #asked = new Map<string, Promise<TerminalSnapshot>>();
  #latest: { readonly wanted: number; readonly snapshot: TerminalSnapshot } | null = null;
  #forget: Cancel | null = null;
  /** The link that failed, and until when it is left alone. */
  #pause: { readonly generation: number; readonly until: number } | null = null;

  constructor(
    private readonly subject: SnapshotSubject,
    private readonly clock: Clock,
  ) {}

  /** The screen with at most this many lines above it, or null when the host cannot give it now. */
  async screen(lines: number): Promise<TerminalSnapshot | null> {
    const daemon = this.subject.daemon();
    if (!daemon) return null;
    const { generation } = daemon;
    if (this.#pause?.generation === generation && this.clock.monotonic() < this.#pause.until) return null;
    try {
      return await this.#get(daemon, lines, screenTimeoutMs);
    } catch (error) {
      const silent = error instanceof AppError && error.code === 'TIMEOUT';
      const ms = silent ? pauseMs.silent : pauseMs.refused;
      this.#pause = { generation, until: this.clock.monotonic() + ms };
      return null;
    }
  }

  /** The same for somebody who asked for it. @throws AppError HOST_UNREACHABLE, TIMEOUT, those of the host */
  async history(lines: number): Promise<TerminalSnapshot> {
    const daemon = this.subject.daemon();
    if (!daemon) throw new AppError('HOST_UNREACHABLE');
    return this.#get(daemon, lines, historyTimeoutMs);
  }

  dispose(): void {
    this.#forget?.();
    this.#latest = null;
  }

  #get(daemon: DaemonSocket, lines: number, timeoutMs: number): Promise<TerminalSnapshot> {
    const { epoch, head } = this.subject;
    const latest = this.#latest;
    if (
      latest?.wanted === lines &&
      latest.snapshot.epoch === epoch &&
      head - latest.snapshot.offset <= reuse.bytes
    ) {
      return Promise.resolve(latest.snapshot);
    }
    const key = [daemon.generation, epoch, lines, timeoutMs].join(' ');
    const asked = this.#asked.get(key) ?? this.#ask(daemon, { epoch, lines, timeoutMs });
    this.#asked.set(key, asked);
    const settled = (): void => {
      this.#asked.delete(key);
    };
    asked.then(settled, settled);
    return asked;
  }

  async #ask(
    daemon: DaemonSocket,
    { epoch, lines, timeoutMs }: { epoch: number; lines: number; timeoutMs: number },
  ): Promise<TerminalSnapshot> {
    const { sessionId } = this.subject;
    const request = { sessionId, epoch, scrollback: lines };
    const snapshot = await daemon.request('terminal.snapshot', request, { timeoutMs });
    if (snapshot.epoch !== epoch || epoch !== this.subject.epoch) throw new AppError('STALE_EPOCH');
    this.#pause = null;
    this.#keep({ wanted: lines, snapshot });
    return snapshot;
  }

  #keep(latest: { wanted: number; snapshot: TerminalSnapshot }): void {
    this.#latest = latest;
    this.#forget?.();
    this.#forget = this.clock.after(reuse.ms, () => {
      this.#latest = null;
    });
  }
}

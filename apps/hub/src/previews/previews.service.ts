// Last lines of screens: who wants which, asked from their hosts as one list each, and told as they change.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import type { HostId, SessionId, TerminalPreview } from '@roundhouse/protocol';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import type { UiSocket } from '../platform/ws/handlers.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { WatchLists } from './watch-lists.js';

/** A page that is scrolled changes its list many times a second; its host is told once. */
const tellAfterMs = 100;
/** Unsent bytes of a socket above which previews wait: each replaces the one before, and the terminal goes first. */
const socketBufferBytes = 256 * 1024;
/** How often such a socket is looked at again; as often as a screen may tell its lines. */
const lateEveryMs = 250;
/** Characters in a preview: six lines of the widest terminal, and room for marks on letters. */
const previewMaxChars = 20_000;
/** A host that did not take its list is told again. */
const retryMs = 5_000;
const requestTimeoutMs = 5_000;

@Injectable()
export class PreviewsService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #lists = new WatchLists();
  /** Sockets whose end is listened for. */
  readonly #listening = new WeakSet<UiSocket>();
  readonly #pending = new Map<HostId, Cancel>();
  /** Previews that a socket could not take yet. */
  readonly #late = new Map<UiSocket, Set<SessionId>>();
  #lateTimer: Cancel | null = null;
  /** What each host was told last, on which link. */
  readonly #told = new Map<HostId, { readonly generation: number; readonly list: string }>();
  readonly #stops: (() => void)[] = [];

  constructor(
    @Inject(SessionsService) private readonly sessions: SessionsService,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#stops.push(
      this.bus.on('host.connected', ({ hostId }) => {
        this.#told.delete(hostId);
        this.#tellSoon(hostId);
      }),
      this.bus.on('session.deleted', ({ id }) => {
        this.#changed(this.#lists.forget(id));
      }),
    );
  }

  onModuleDestroy(): void {
    for (const stop of this.#stops) stop();
    for (const cancel of this.#pending.values()) cancel();
    this.#lateTimer?.();
  }

  /** The sessions that this socket's page shows now. Those that are known already are told at once. */
  async watch(sessionIds: readonly SessionId[], socket: UiSocket): Promise<void> {
    const turn = this.#lists.beginWatch(socket);
    const unknown = sessionIds.filter((id) => this.#lists.hostOf(id) === undefined);
    const found = unknown.length > 0 ? await this.sessions.hostsOf(unknown) : new Map<SessionId, HostId>();
    const watched = sessionIds.flatMap((id) => {
      const hostId = this.#lists.hostOf(id) ?? found.get(id);
      return hostId ? [{ id, hostId }] : [];
    });
    const { hosts, added } = this.#lists.watch(socket, turn, watched);
    this.#changed(hosts);
    if (hosts.size > 0 || added.length > 0) this.#forgetAtEnd(socket);
    // After the acknowledgement, as everything that is sent.
    setImmediate(() => {
      for (const sessionId of added) this.#tellLatest(sessionId, socket);
    });
  }

  /** Whose session it is, when somebody watches it. */
  hostOf(sessionId: SessionId): HostId | undefined {
    return this.#lists.hostOf(sessionId);
  }

  preview(sessionId: SessionId, preview: TerminalPreview): void {
    const chars = preview.lines.flat().reduce((sum, { text }) => sum + text.length, 0);
    if (chars > previewMaxChars) return;
    for (const socket of this.#lists.keep(sessionId, preview)) this.#tellLatest(sessionId, socket);
  }

  #tellLatest(sessionId: SessionId, socket: UiSocket): void {
    const latest = this.#lists.latestFor(sessionId, socket);
    if (!latest) return;
    if (socket.bufferedBytes() <= socketBufferBytes) socket.emit('session.preview', { sessionId, ...latest });
    else this.#tellLater(sessionId, socket);
  }

  #tellLater(sessionId: SessionId, socket: UiSocket): void {
    const late = this.#late.get(socket) ?? new Set();
    this.#late.set(socket, late.add(sessionId));
    this.#lateTimer ??= this.clock.after(lateEveryMs, () => {
      this.#lateTimer = null;
      const all = [...this.#late];
      this.#late.clear();
      for (const [each, ids] of all) for (const id of ids) this.#tellLatest(id, each);
    });
  }

  #forgetAtEnd(socket: UiSocket): void {
    if (this.#listening.has(socket)) return;
    this.#listening.add(socket);
    socket.onClose(() => {
      this.#late.delete(socket);
      this.#changed(this.#lists.leave(socket));
    });
  }

  #changed(hosts: ReadonlySet<HostId>): void {
    for (const hostId of hosts) this.#tellSoon(hostId);
  }

  #tellSoon(hostId: HostId, ms: number = tellAfterMs): void {
    if (this.#pending.has(hostId)) return;
    const cancel = this.clock.after(ms, () => {
      this.#pending.delete(hostId);
      void this.#tell(hostId);
    });
    this.#pending.set(hostId, cancel);
  }

  async #tell(hostId: HostId): Promise<void> {
    const daemon = this.daemons.get(hostId);
    if (!daemon) return;
    const { generation } = daemon;
    const sessionIds = this.#lists.of(hostId);
    const list = sessionIds.join(' ');
    const told = this.#told.get(hostId);
    // A new link watches nothing.
    if ((told?.generation === generation ? told.list : '') === list) return;
    this.#told.set(hostId, { generation, list });
    try {
      await daemon.request('preview.watch', { sessionIds }, { timeoutMs: requestTimeoutMs });
    } catch (error) {
      this.logger.debug({ err: error, hostId }, 'a host was not told which previews are wanted');
      if (this.#told.get(hostId)?.list === list) this.#told.delete(hostId);
      if (this.daemons.get(hostId) === daemon) this.#tellSoon(hostId, retryMs);
    }
  }
}

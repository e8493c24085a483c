// Which browser watches the last lines of which sessions, and what those are now. Pure.
import { reportedSessionsMax, type HostId, type SessionId, type TerminalPreview } from '@roundhouse/protocol';
import type { UiSocket } from '../platform/ws/handlers.js';

interface Watched {
  readonly hostId: HostId;
  readonly sockets: Set<UiSocket>;
  latest: TerminalPreview | null;
}

export class WatchLists {
  readonly #sessions = new Map<SessionId, Watched>();
  readonly #bySocket = new Map<UiSocket, ReadonlySet<SessionId>>();
  /** Number of the last list of each socket: an older one, looked up more slowly, counts no more. */
  readonly #turns = new WeakMap<UiSocket, number>();

  hostOf(sessionId: SessionId): HostId | undefined {
    return this.#sessions.get(sessionId)?.hostId;
  }

  beginWatch(socket: UiSocket): number {
    const turn = (this.#turns.get(socket) ?? 0) + 1;
    this.#turns.set(socket, turn);
    return turn;
  }

  /** Replaces the list of the socket. @returns the hosts whose list changed, and the sessions new to the socket */
  watch(
    socket: UiSocket,
    turn: number,
    wanted: readonly { readonly id: SessionId; readonly hostId: HostId }[],
  ): { hosts: Set<HostId>; added: SessionId[] } {
    const hosts = new Set<HostId>();
    if (this.#turns.get(socket) !== turn) return { hosts, added: [] };
    const before = this.#bySocket.get(socket) ?? new Set();
    const now = new Set(wanted.map(({ id }) => id));
    for (const id of before) if (!now.has(id)) this.#unwatch(id, socket, hosts);
    for (const { id, hostId } of wanted) {
      const watched = this.#sessions.get(id);
      if (watched) watched.sockets.add(socket);
      else {
        this.#sessions.set(id, { hostId, sockets: new Set([socket]), latest: null });
        hosts.add(hostId);
      }
    }
    if (now.size > 0) this.#bySocket.set(socket, now);
    else this.#bySocket.delete(socket);
    return { hosts, added: [...now].filter((id) => !before.has(id)) };
  }

  /** The socket is gone. @returns the hosts whose list changed */
  leave(socket: UiSocket): Set<HostId> {
    return this.watch(socket, this.beginWatch(socket), []).hosts;
  }

  /** The session is gone. @returns the host whose list changed */
  forget(sessionId: SessionId): Set<HostId> {
    const watched = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    return new Set(watched ? [watched.hostId] : []);
  }

  /** What the host is asked for, in a stable order. */
  of(hostId: HostId): SessionId[] {
    const ids = [...this.#sessions].flatMap(([id, watched]) => (watched.hostId === hostId ? [id] : []));
    return ids.sort().slice(0, reportedSessionsMax);
  }

  /** @returns who is to be told */
  keep(sessionId: SessionId, preview: TerminalPreview): ReadonlySet<UiSocket> {
    const watched = this.#sessions.get(sessionId);
    if (!watched) return new Set();
    watched.latest = preview;
    return watched.sockets;
  }

  /** The last preview, if this socket still wants it. */
  latestFor(sessionId: SessionId, socket: UiSocket): TerminalPreview | null {
    const watched = this.#sessions.get(sessionId);
    return watched?.sockets.has(socket) ? watched.latest : null;
  }

  #unwatch(sessionId: SessionId, socket: UiSocket, hosts: Set<HostId>): void {
    const watched = this.#sessions.get(sessionId);
    if (!watched?.sockets.delete(socket) || watched.sockets.size > 0) return;
    this.#sessions.delete(sessionId);
    hosts.add(watched.hostId);
  }
}

// Who is attached to one session, and who of them controls it.
import type { SessionId, ViewerId } from '@roundhouse/protocol';
import type { UiSocket } from '../platform/ws/handlers.js';
import { grantsControl, heirOf, type ControlRequest } from './control.js';
import { ResizeLimit } from './resize-limit.js';
import type { SessionStream } from './session-stream.js';
import type { Viewer } from './viewer.js';

export class Attachments {
  /** How often sizes reach the host. */
  readonly resizes: ResizeLimit;
  readonly #viewers = new Map<ViewerId, Viewer>();
  /** In order of activity, the latest last; who only looks comes first. */
  #byActivity: Viewer[] = [];
  #controller: Viewer | null = null;

  constructor(
    readonly sessionId: SessionId,
    readonly stream: SessionStream,
  ) {
    this.resizes = new ResizeLimit(stream.clock);
  }

  get size(): number {
    return this.#viewers.size;
  }

  get viewers(): readonly Viewer[] {
    return [...this.#viewers.values()];
  }

  /**
   * How far the foremost viewer is, when all that read get every byte; null when nobody is to be waited for. Others
   * are brought to the head by a screen, so for them the stream runs on.
   */
  get pace(): number | null {
    const reading = this.viewers.filter((viewer) => !viewer.isStalled);
    if (reading.length === 0 || !reading.every(({ wantsAll }) => wantsAll)) return null;
    return Math.max(...reading.map(({ sent }) => sent));
  }

  /** Bytes that the most patient viewer may lack; null when somebody wants all of them. */
  get patience(): number | null {
    const most = Math.max(0, ...this.viewers.map(({ patience }) => patience));
    return most === Infinity ? null : most;
  }

  of(socket: UiSocket): Viewer | undefined {
    return this.viewers.find((viewer) => viewer.socket === socket);
  }

  byId(viewerId: ViewerId): Viewer | undefined {
    return this.#viewers.get(viewerId);
  }

  controls(viewer: Viewer): boolean {
    return this.#controller === viewer;
  }

  /** Adds a viewer in the place of an earlier one of the same id or socket, with that one's control. */
  add(viewer: Viewer): void {
    const before = this.#viewers.get(viewer.viewerId) ?? this.of(viewer.socket);
    if (before) this.#viewers.delete(before.viewerId);
    before?.close();
    this.#viewers.set(viewer.viewerId, viewer);
    if (before) this.#byActivity = this.#byActivity.map((each) => (each === before ? viewer : each));
    else this.#byActivity.unshift(viewer);
    if (before && this.#controller === before) this.#controller = viewer;
    else if (!this.#controller) this.#grant(viewer, 'attach');
  }

  remove(viewer: Viewer): void {
    viewer.close();
    if (this.#viewers.get(viewer.viewerId) === viewer) this.#viewers.delete(viewer.viewerId);
    this.#byActivity = this.#byActivity.filter((each) => each !== viewer);
    if (this.#controller === viewer) this.#controller = heirOf(viewer, this.#byActivity);
    this.tellAll();
  }

  /** @returns whether the viewer has control now */
  request(viewer: Viewer, kind: ControlRequest): boolean {
    this.#byActivity = [...this.#byActivity.filter((each) => each !== viewer), viewer];
    if (this.#controller === viewer) return true;
    if (!this.#grant(viewer, kind)) return false;
    this.tellAll();
    return true;
  }

  pump(): void {
    for (const viewer of this.#viewers.values()) viewer.pump();
  }

  restart(): void {
    for (const viewer of this.#viewers.values()) viewer.restart();
  }

  /** Tells everybody who is here and who controls. */
  tellAll(): void {
    const viewers = this.viewers.map((viewer) => ({ ...nameOf(viewer), controller: this.controls(viewer) }));
    for (const viewer of this.#viewers.values()) {
      if (!viewer.hasBegun) continue;
      viewer.socket.emit('session.viewers', { sessionId: this.sessionId, viewers });
      this.#tellController(viewer);
    }
  }

  #tellController(to: Viewer): void {
    const controller = this.#controller;
    to.socket.emit('session.controller', {
      sessionId: this.sessionId,
      viewer: controller && nameOf(controller),
      you: controller === to,
      ...this.stream.timeline.newest,
    });
  }

  #grant(viewer: Viewer, kind: ControlRequest): boolean {
    if (!grantsControl(this.#controller, viewer, kind)) return false;
    this.#controller = viewer;
    return true;
  }
}

const nameOf = (viewer: Viewer) => ({ id: viewer.viewerId, user: viewer.username });

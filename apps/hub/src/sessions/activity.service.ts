// What agents do, as their daemons tell it: written a few times a second for each session at most, those of many sessions
// together, and told to browsers.
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Cancel, Clock, Logger } from '@roundhouse/kit';
import type { Activity, HostId, ReportedSession, Session, SessionId } from '@roundhouse/protocol';
import { failureLevel, mayPass } from '../platform/database/database-errors.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, LOGGER } from '../platform/tokens.js';
import { activityKey, queued } from './activity-queue.js';
import { ForeignClaims } from './foreign-claims.service.js';
import { SessionRepository } from './session.repository.js';

/** Between two writes of one session. */
const paceMs = 250;
/** Sessions that are written together. */
const batchMax = 200;
/** Sessions of which something is remembered or waits; more than any installation runs. */
const sessionsMax = 20_000;

interface Told {
  readonly hostId: HostId;
  readonly epoch: number;
  readonly activity: Activity | null;
}

interface Line {
  told: Told;
  waiting: (Activity | null)[];
  timer: Cancel | null;
  writing: boolean;
}

@Injectable()
export class ActivityService implements OnModuleDestroy {
  readonly #lines = new Map<SessionId, Line>();
  /** What each running session's row has, as far as it was written or found here. */
  readonly #known = new Map<SessionId, string>();
  /** Told before its row runs: the fact of the start comes a moment later. */
  readonly #early = new Map<SessionId, Told>();
  /** What can be written now, oldest first. */
  readonly #due = new Map<SessionId, Told>();
  #busy = false;
  readonly #onlyActivity = new WeakSet<Session>();
  readonly #stop: () => void;

  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(ForeignClaims) private readonly foreign: ForeignClaims,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const stops = [
      bus.on('session.changed', (session) => {
        // Its row has no activity any more.
        if (session.state !== 'running') this.#known.delete(session.id);
        this.#began(session);
      }),
      bus.on('session.deleted', ({ id }) => {
        this.#known.delete(id);
        this.#early.delete(id);
      }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
  }

  onModuleDestroy(): void {
    this.#stop();
    for (const { timer } of this.#lines.values()) timer?.();
    this.#lines.clear();
  }

  /** Whether a change that is being told is one of activity alone, of which heartbeats need not be compared again. */
  isOnlyActivity(session: Session): boolean {
    return this.#onlyActivity.has(session);
  }

  /** A change, as its daemon tells it. Does not wait for the database. */
  apply(hostId: HostId, sessionId: SessionId, epoch: number, activity: Activity | null): void {
    const told = { hostId, epoch, activity };
    const line = this.#lines.get(sessionId);
    if (line?.told.hostId === hostId && line.told.epoch === epoch) {
      line.waiting = queued(line.waiting, activity);
      line.told = told;
    } else if (this.#lines.size < sessionsMax) {
      line?.timer?.();
      this.#lines.set(sessionId, { told, waiting: [activity], timer: null, writing: false });
    }
    this.#next(sessionId);
  }

  /** A heartbeat repairs what was lost; one that says what is known costs nothing. */
  heard(hostId: HostId, reported: readonly ReportedSession[]): void {
    for (const { sessionId, epoch, state, activity } of reported) {
      if (activity === undefined || state !== 'running') continue;
      if (this.#lines.has(sessionId) || this.#known.get(sessionId) === activityKey(activity)) continue;
      this.apply(hostId, sessionId, epoch, activity);
    }
  }

  #began({ id, state, epoch }: Session): void {
    const early = this.#early.get(id);
    if (!early || state === 'starting' || state === 'queued') return;
    this.#early.delete(id);
    if (state === 'running' && early.epoch === epoch) this.apply(early.hostId, id, epoch, early.activity);
  }

  #next(sessionId: SessionId): void {
    const line = this.#lines.get(sessionId);
    if (!line || line.writing || line.timer) return;
    if (line.waiting.length === 0) {
      this.#lines.delete(sessionId);
      return;
    }
    const [activity = null] = line.waiting.splice(0, 1);
    line.writing = true;
    this.#due.set(sessionId, { ...line.told, activity });
    if (!this.#busy) void this.#writeDue();
  }

  /** One transaction after the other: many sessions that change at once must not take every connection. */
  async #writeDue(): Promise<void> {
    this.#busy = true;
    // What else comes in this turn goes with it.
    await Promise.resolve();
    while (this.#due.size > 0) {
      const told = new Map([...this.#due].slice(0, batchMax));
      for (const id of told.keys()) this.#due.delete(id);
      await this.#writeAll(told);
      for (const id of told.keys()) this.#pace(id);
    }
    this.#busy = false;
  }

  #pace(sessionId: SessionId): void {
    const line = this.#lines.get(sessionId);
    if (!line || this.#due.has(sessionId)) return;
    line.writing = false;
    line.timer = this.clock.after(paceMs, () => {
      line.timer = null;
      if (this.#lines.get(sessionId) === line) this.#next(sessionId);
    });
  }

  async #writeAll(told: ReadonlyMap<SessionId, Told>): Promise<void> {
    try {
      await this.#write(told);
    } catch (error) {
      // One that the database does not take must not keep the others from being written.
      if (told.size > 1 && !mayPass(error)) {
        for (const one of told) await this.#writeAll(new Map([one]));
        return;
      }
      // The next change or heartbeat says it again.
      for (const sessionId of told.keys()) this.#known.delete(sessionId);
      const sessionIds = [...told.keys()];
      this.logger[failureLevel(error)]({ err: error, sessionIds }, 'what agents do was not written');
    }
  }

  async #write(told: ReadonlyMap<SessionId, Told>): Promise<void> {
    const news = [...told].filter(([id, { activity }]) => this.#known.get(id) !== activityKey(activity));
    if (news.length === 0) return;
    const { rows, changed } = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lockAll(
        news.map(([id]) => id),
        tx,
      );
      const changes = news.filter(([id, one]) => isChange(before.get(id), one));
      const toWrite = changes.map(([id, { activity }]) => ({ id, activity }));
      return { rows: before, changed: await this.sessions.setActivities(toWrite, tx) };
    });
    for (const [id, one] of news) this.#written(id, one, { row: rows.get(id), changed: changed.get(id) });
  }

  #written(sessionId: SessionId, { hostId, epoch, activity }: Told, { row, changed }: Written): void {
    if (row && row.hostId !== hostId) {
      this.foreign.record(hostId, sessionId);
      return;
    }
    if (row?.epoch !== epoch) return;
    const starts = row.state === 'starting' || row.state === 'queued';
    if (starts && this.#early.size < sessionsMax) this.#early.set(sessionId, { hostId, epoch, activity });
    if (row.state !== 'running') return;
    if (this.#known.size < sessionsMax) this.#known.set(sessionId, activityKey(activity));
    if (!changed) return;
    this.#onlyActivity.add(changed);
    this.bus.emit('session.changed', changed);
  }
}

/** The row that was found, and as it is now where it was changed. */
interface Written {
  readonly row: Session | undefined;
  readonly changed: Session | undefined;
}

const isChange = (row: Session | undefined, { hostId, epoch, activity }: Told): boolean =>
  row?.hostId === hostId &&
  row.state === 'running' &&
  row.epoch === epoch &&
  activityKey(row.activity) !== activityKey(activity);

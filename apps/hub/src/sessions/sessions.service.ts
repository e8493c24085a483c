// What people do with sessions besides spawn and stop: look, rename, type, adopt, delete.
import { Inject, Injectable } from '@nestjs/common';
import type { Clock, NewId } from '@roundhouse/kit';
import {
  AppError,
  hasEnded,
  type HostId,
  type Session,
  type SessionId,
  type SessionState,
} from '@roundhouse/protocol';
import type { Actor } from '../auth/actor.js';
import { AuditService } from '../audit/audit.service.js';
import { EventBus } from '../platform/event-bus/event-bus.js';
import { CLOCK, NEW_ID } from '../platform/tokens.js';
import { DaemonRegistry } from '../platform/ws/daemon-registry.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { OncePer } from './once-per.js';
import { requireEnded } from './session-state.js';
import { SessionRepository } from './session.repository.js';

const defaultPage = 100;
const inputTimeoutMs = 5_000;
/** A script types thousands of times: the record needs that it did, and when, not each key. */
const inputRecords = { ms: 60_000, max: 10_000 } as const;

interface ListQuery {
  readonly state?: readonly SessionState[] | undefined;
  readonly hostId?: HostId | undefined;
  readonly profile?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

@Injectable()
export class SessionsService {
  readonly #inputRecorded: OncePer;

  constructor(
    @Inject(SessionRepository) private readonly sessions: SessionRepository,
    @Inject(DaemonRegistry) private readonly daemons: DaemonRegistry,
    @Inject(EventBus) private readonly bus: EventBus,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(NEW_ID) private readonly newId: NewId,
    @Inject(CLOCK) clock: Clock,
  ) {
    this.#inputRecorded = new OncePer(inputRecords, clock);
  }

  /** One page, newest first. @throws AppError VALIDATION_FAILED for a cursor that is not ours */
  async list(query: ListQuery): Promise<{ items: Session[]; nextCursor: string | null }> {
    const limit = query.limit ?? defaultPage;
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const { state: states, hostId, profile } = query;
    const rows = await this.sessions.list({ states, hostId, profile, after, limit: limit + 1 });
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      items,
      nextCursor: more ? encodeCursor({ createdAt: new Date(last.createdAt), id: last.id }) : null,
    };
  }

  /** @throws AppError NOT_FOUND */
  async get(id: SessionId): Promise<Session> {
    const session = await this.sessions.find(id);
    if (!session) throw notFound();
    return session;
  }

  /** The host of each that exists. */
  hostsOf(ids: readonly SessionId[]): Promise<Map<SessionId, HostId>> {
    return this.sessions.hostsOf(ids);
  }

  async update(
    id: SessionId,
    change: { name?: string | undefined; task?: string | null | undefined },
    actor: Actor,
  ): Promise<Session> {
    const { name, task } = change;
    const patch = { ...(name === undefined ? {} : { name }), ...(task === undefined ? {} : { task }) };
    const session = await this.sessions.transaction(async (tx) => {
      if (!(await this.sessions.lock(id, tx))) throw notFound();
      await this.audit.record('SESSION_EDITED', { actor, subject: { kind: 'session', id } }, tx);
      return this.sessions.update(id, patch, tx);
    });
    this.bus.emit('session.changed', session);
    return session;
  }

  /** Deletes an ended session; its host forgets the output now, or when it is back. */
  async remove(id: SessionId, actor: Actor): Promise<void> {
    const session = await this.sessions.transaction(async (tx) => {
      const before = await this.sessions.lock(id, tx);
      if (!before) throw notFound();
      requireEnded(before);
      await this.sessions.remove(before, tx);
      await this.audit.record('SESSION_DELETED', { actor, subject: { kind: 'session', id } }, tx);
      return before;
    });
    this.bus.emit('session.deleted', { id, version: session.version + 1 });
    // The host is told again at its next hello if this does not reach it.
    await this.daemons
      .get(session.hostId)
      ?.request('session.forget', { sessionId: id })
      .catch(() => undefined);
  }

  /** Types once, as a client of its own. @throws AppError SESSION_NOT_RUNNING, HOST_UNREACHABLE */
  async input(id: SessionId, data: Uint8Array, actor: Actor): Promise<void> {
    const session = await this.get(id);
    if (hasEnded(session.state)) throw new AppError('SESSION_NOT_RUNNING');
    const daemon = this.daemons.require(session.hostId);
    const client = `rest-${this.newId()}`;
    const { epoch } = session;
    // Before anything is typed: what cannot be recorded does not happen.
    const typist = `${actor.userId} ${id}`;
    if (this.#inputRecorded.pass(typist)) {
      await this.audit
        .record('SESSION_INPUT', { actor, subject: { kind: 'session', id } })
        .catch((error: unknown) => {
          this.#inputRecorded.forget(typist);
          throw error;
        });
    }
    await daemon.request(
      'terminal.input',
      { sessionId: id, epoch, client, seq: 1, data },
      { timeoutMs: inputTimeoutMs },
    );
  }

  /** Takes over a session that was found on its host. */
  async adopt(id: SessionId, actor: Actor): Promise<Session> {
    const before = await this.get(id);
    if (!before.orphan) return before;
    const session = await this.sessions.transaction(async (tx) => {
      await this.audit.record('SESSION_ADOPTED', { actor, subject: { kind: 'session', id } }, tx);
      return this.sessions.adopt(id, tx);
    });
    this.bus.emit('session.changed', session);
    return session;
  }
}

const notFound = (): AppError => new AppError('NOT_FOUND', { message: 'There is no such session' });

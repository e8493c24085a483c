// Rows of sessions. Every change counts the version up.
import { Inject, Injectable } from '@nestjs/common';
import {
  endStates,
  hostIdSchema,
  sessionIdSchema,
  type Activity,
  type HostId,
  type ReportedSession,
  type Session,
  type SessionId,
  type SessionState,
} from '@roundhouse/protocol';
import { Prisma } from '../generated/prisma/client.js';
import { Database } from '../platform/database/database.js';
import type { Cursor } from './cursor.js';
import { toSession } from './session.entity.js';
import type { Transition } from './session-state.js';

export type Tx = Prisma.TransactionClient;

export interface SessionFilter {
  readonly states?: readonly SessionState[] | undefined;
  readonly hostId?: HostId | undefined;
  readonly profile?: string | undefined;
  readonly after?: Cursor | undefined;
  readonly limit: number;
}

/** What else may change with a transition. */
export type SessionPatch = Omit<Prisma.SessionUncheckedUpdateInput, 'state' | 'version'>;

/** What is read of the many rows that have ended. */
export type EndedRow = Pick<Session, 'hostId' | 'epoch' | 'conversationId'>;

@Injectable()
export class SessionRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** Runs `work` in one transaction; nothing of it stays when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.client.$transaction(work);
  }

  async find(id: SessionId, tx: Tx = this.database.client): Promise<Session | null> {
    const row = await tx.session.findUnique({ where: { id } });
    return row && toSession(row);
  }

  /** The row, locked until the transaction ends, so that two events of one session follow each other. */
  async lock(id: SessionId, tx: Tx): Promise<Session | null> {
    await tx.$queryRaw`SELECT 1 FROM sessions WHERE id = ${id}::uuid FOR UPDATE`;
    return this.find(id, tx);
  }

  /** Those of the rows that exist, locked until the transaction ends, in one order for everybody. */
  async lockAll(ids: readonly SessionId[], tx: Tx): Promise<Map<SessionId, Session>> {
    await tx.$queryRaw`SELECT 1 FROM sessions WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR UPDATE`;
    return this.byIds(ids, tx);
  }

  async list(filter: SessionFilter): Promise<Session[]> {
    const { states, hostId, profile, after, limit } = filter;
    const rows = await this.database.client.session.findMany({
      where: {
        ...(states ? { state: { in: [...states] } } : {}),
        ...(hostId ? { hostId } : {}),
        ...(profile ? { profile } : {}),
        ...(after
          ? {
              OR: [
                { createdAt: { lt: after.createdAt } },
                { createdAt: after.createdAt, id: { lt: after.id } },
              ],
            }
          : {}),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: limit,
    });
    return rows.map(toSession);
  }

  async create(data: Prisma.SessionUncheckedCreateInput, tx: Tx): Promise<Session> {
    return toSession(await tx.session.create({ data }));
  }

  async update(id: SessionId, patch: SessionPatch, tx: Tx = this.database.client): Promise<Session> {
    return toSession(
      await tx.session.update({ where: { id }, data: { ...patch, version: { increment: 1 } } }),
    );
  }

  /** Of sessions that the caller has locked; one statement, however many. @returns them as they are now */
  async setActivities(
    told: readonly { readonly id: SessionId; readonly activity: Activity | null }[],
    tx: Tx,
  ): Promise<Map<SessionId, Session>> {
    if (told.length === 0) return new Map();
    await tx.$executeRaw`
      UPDATE sessions SET activity = NULLIF(told.activity, 'null'), version = version + 1
      FROM jsonb_to_recordset(${JSON.stringify(told)}::jsonb) AS told(id uuid, activity jsonb)
      WHERE sessions.id = told.id`;
    return this.byIds(
      told.map(({ id }) => id),
      tx,
    );
  }

  /** Writes a transition with what came along. `now` is when it happened here. */
  async move(
    id: SessionId,
    change: { to: Transition; patch?: SessionPatch; now: Date },
    tx: Tx,
  ): Promise<Session> {
    const { to, patch, now } = change;
    const { ended, started, stateReason, ...rest } = to;
    const row = await tx.session.update({
      where: { id },
      data: {
        ...patch,
        ...rest,
        stateReason: stateReason ?? Prisma.DbNull,
        ...(ended === undefined ? {} : { endedAt: ended ? now : null }),
        ...(started ? { startedAt: now } : {}),
        ...(to.state === 'running' ? {} : { activity: Prisma.DbNull }),
        // A new life: what its shell reported before is not of this one.
        ...(to.state === 'queued' ? { sidecar: Prisma.DbNull } : {}),
        version: { increment: 1 },
      },
    });
    return toSession(row);
  }

  /** Sessions of a host that have not ended, and those thought lost (the host may have found them again). */
  async unfinished(hostId: HostId, tx: Tx = this.database.client): Promise<Session[]> {
    const ended = endStates.filter((state) => state !== 'lost');
    const rows = await tx.session.findMany({ where: { hostId, state: { notIn: [...ended] } } });
    return rows.map(toSession);
  }

  /** Hosts with sessions that have not ended. */
  async hostsWithUnfinished(): Promise<HostId[]> {
    const rows = await this.database.client.session.findMany({
      where: { state: { notIn: [...endStates] } },
      select: { hostId: true },
      distinct: ['hostId'],
    });
    return rows.map(({ hostId }) => hostIdSchema.parse(hostId));
  }

  async byIds(ids: readonly SessionId[], tx: Tx = this.database.client): Promise<Map<SessionId, Session>> {
    if (ids.length === 0) return new Map();
    const rows = await tx.session.findMany({ where: { id: { in: [...ids] } } });
    return new Map(rows.map(toSession).map((session) => [session.id, session]));
  }

  /** The hosts of those of the sessions that exist; cheaper than the sessions. */
  async hostsOf(ids: readonly SessionId[]): Promise<Map<SessionId, HostId>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.client.session.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, hostId: true },
    });
    return new Map(rows.map(({ id, hostId }) => [sessionIdSchema.parse(id), hostIdSchema.parse(hostId)]));
  }

  /** Those of the rows that exist, with what is asked of sessions that have ended; cheaper than the sessions. */
  async ended(ids: readonly SessionId[]): Promise<Map<SessionId, EndedRow>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.client.session.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, hostId: true, epoch: true, conversationId: true },
    });
    return new Map(
      rows.map(({ id, hostId, ...row }) => [
        sessionIdSchema.parse(id),
        { hostId: hostIdSchema.parse(hostId), ...row },
      ]),
    );
  }

  /** The newest session of the host that has each of the conversations. */
  async holdersOf(hostId: HostId, conversations: readonly string[]): Promise<Map<string, string>> {
    if (conversations.length === 0) return new Map();
    const rows = await this.database.client.session.findMany({
      where: { hostId, conversationId: { in: [...conversations] } },
      select: { id: true, conversationId: true },
      orderBy: { createdAt: 'asc' },
    });
    return new Map(rows.map(({ id, conversationId }) => [conversationId ?? '', id]));
  }

  async tombstones(ids: readonly SessionId[]): Promise<Set<SessionId>> {
    if (ids.length === 0) return new Set();
    const rows = await this.database.client.deletedSession.findMany({ where: { id: { in: [...ids] } } });
    const gone = new Set(rows.map(({ id }) => id));
    return new Set(ids.filter((id) => gone.has(id)));
  }

  /** Deletes the row and leaves a tombstone, so that the host is told to forget it. */
  async remove(session: Session, tx: Tx): Promise<void> {
    await tx.session.delete({ where: { id: session.id } });
    // It may have been deleted before, and found on its host again.
    const data = { id: session.id, hostId: session.hostId };
    await tx.deletedSession.upsert({ where: { id: session.id }, create: data, update: data });
  }

  async createOrphan(hostId: HostId, seen: ReportedSession, now: Date): Promise<Session | null> {
    const { sessionId, state, startedAt, activity, conversationId, sidecar, notes = [], ...rest } = seen;
    const ended = endStates.includes(state);
    const data: Prisma.SessionCreateManyInput = {
      ...rest,
      activity: activity ?? Prisma.DbNull,
      conversationId: conversationId ?? null,
      notes,
      sidecar: sidecar ?? Prisma.DbNull,
      id: sessionId,
      hostId,
      state,
      orphan: true,
      name: `${seen.profile} ${sessionId.slice(0, 4)}`,
      projectName: seen.project.split('/').at(-1) ?? seen.project,
      stateReason: {
        code: 'ORPHAN',
        message: 'Found on the host, unknown here',
        hint: 'Adopt it, or stop it.',
      },
      startedAt: startedAt === null ? null : new Date(startedAt),
      endedAt: ended ? now : null,
    };
    const made = await this.database.client.session.createMany({ data: [data], skipDuplicates: true });
    return made.count === 1 ? this.find(sessionId) : null;
  }

  async adopt(id: SessionId, tx: Tx): Promise<Session> {
    return this.update(id, { orphan: false, stateReason: Prisma.DbNull }, tx);
  }
}

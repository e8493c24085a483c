// All sessions of this host: spawn exactly once, find again after a restart, forget when told.
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  AppError,
  reportedSessionsMax,
  type CommandId,
  type ReportedSession,
  type SessionId,
  type SpawnOp,
  type StopOp,
} from '@roundhouse/protocol';
import { isRefusal } from '../policy/local-policy.js';
import { Session } from './session.js';
import { SessionDir, type SessionRecord } from './session-record.js';
import type { SessionSurroundings } from './session-surroundings.js';

export class SessionManager {
  readonly #sessions = new Map<string, Session>();
  /** Orders being taken now, by session and epoch. */
  readonly #taking = new Map<string, Promise<void>>();
  readonly #around: SessionSurroundings;

  constructor(around: SessionSurroundings) {
    this.#around = around;
  }

  /** Finds the sessions of earlier daemons, in parallel. */
  async rediscover(): Promise<void> {
    const root = path.join(this.#around.stateDir, 'sessions');
    await mkdir(root, { recursive: true, mode: 0o700 });
    const ids = await readdir(root);
    await Promise.all(ids.map((id) => this.#rediscoverOne(id)));
  }

  get(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  /** @throws AppError NOT_FOUND */
  require(sessionId: SessionId): Session {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new AppError('NOT_FOUND', { message: 'This host does not know the session' });
    return session;
  }

  isRunning(sessionId: string): boolean {
    const session = this.#sessions.get(sessionId);
    return session !== undefined && !session.isOver;
  }

  get running(): number {
    return [...this.#sessions.values()].filter((session) => !session.isOver).length;
  }

  /**
   * Takes the order: once its directory is made, it will be carried out exactly once. A repeat changes nothing.
   * @throws AppError POLICY_REFUSED, SESSION_RUNNING, NO_SPACE
   */
  spawn(op: SpawnOp, commandId: CommandId): Promise<void> {
    const key = `${op.sessionId}.${String(op.epoch)}`;
    const taking =
      this.#taking.get(key) ??
      this.#spawn(op, commandId).finally(() => {
        this.#taking.delete(key);
      });
    this.#taking.set(key, taking);
    return taking;
  }

  async #spawn(op: SpawnOp, commandId: CommandId): Promise<void> {
    const earlier = this.#sessions.get(op.sessionId);
    if (earlier && earlier.record.epoch >= op.epoch) return;
    if (earlier && !earlier.isOver) throw new AppError('SESSION_RUNNING');
    this.#checkPolicy(op);
    const dir = new SessionDir(this.#around.stateDir, op.sessionId);
    await makeEpochDir(dir, op.epoch);
    const before = earlier?.record ?? null;
    const record = newRecord(op, commandId, before);
    const session = new Session(record, this.#around);
    this.#sessions.set(op.sessionId, session);
    await dir.write(record);
    session.start(op, before);
  }

  /** Ends the session; one that this host does not know is none of its business. @throws AppError NOT_FOUND */
  stop(op: StopOp): void {
    const session = this.require(op.sessionId);
    if (session.record.epoch === op.epoch) session.stop(op.force);
  }

  /** Removes everything kept of a session. @throws AppError SESSION_RUNNING */
  async forget(sessionId: SessionId): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session && !session.isOver) throw new AppError('SESSION_RUNNING');
    this.#sessions.delete(sessionId);
    await session?.dispose();
    await rm(new SessionDir(this.#around.stateDir, sessionId).path, { recursive: true, force: true });
  }

  report(): ReportedSession[] {
    const all = [...this.#sessions.values()].map((session) => session.report());
    return all.slice(-reportedSessionsMax);
  }

  async look(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.look()));
  }

  /** The hub is gone: nobody reads the streams. */
  async closeStreams(): Promise<void> {
    const closing = [...this.#sessions.values()].map((session) => session.closeStream());
    await Promise.allSettled(closing);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.dispose()));
  }

  #checkPolicy(op: SpawnOp): void {
    try {
      this.#around.policy.check(op, this.running);
    } catch (error) {
      if (isRefusal(error)) void this.#around.policy.journal(op, error);
      throw error;
    }
  }

  async #rediscoverOne(id: string): Promise<void> {
    const { logger, stateDir } = this.#around;
    const record = await new SessionDir(stateDir, id).read();
    if (!record) {
      logger.warn({ sessionId: id }, 'a session directory without a record is left alone');
      return;
    }
    const session = new Session(record, this.#around);
    this.#sessions.set(id, session);
    await session.rediscover().catch((error: unknown) => {
      logger.error({ err: error, sessionId: id }, 'the session could not be taken up');
    });
  }
}

/**
 * The directory of an epoch. One that is there already was made by a daemon that died before it wrote the record, so
 * that nothing was started in it; and a keeper takes a directory only once.
 */
async function makeEpochDir(dir: SessionDir, epoch: number): Promise<void> {
  try {
    await mkdir(dir.epoch(epoch), { recursive: true, mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') throw new AppError('NO_SPACE');
    throw error;
  }
}

function newRecord(op: SpawnOp, commandId: CommandId, before: SessionRecord | null): SessionRecord {
  const { sessionId, epoch, profile, mode, project, worktree, cols, rows } = op;
  return {
    version: 1,
    sessionId,
    epoch,
    commandId,
    profile,
    mode,
    project,
    worktree,
    cwd: before?.cwd ?? null,
    branch: before?.branch ?? null,
    remoteUrl: before?.remoteUrl ?? null,
    cols,
    rows,
    state: 'starting',
    reason: null,
    stop: null,
    telemetryTokenHash: null,
    conversationId: before?.conversationId ?? null,
    agent: null,
    socketPath: null,
    startedAt: null,
  };
}

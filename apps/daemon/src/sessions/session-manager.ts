// All sessions of this host: spawn exactly once, find again after a restart, forget when told.
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Profile } from '@roundhouse/profiles';
import {
  AppError,
  reportedSessionsMax,
  type CommandId,
  type CommandOp,
  type ReportedSession,
  type SessionId,
  type SpawnOp,
  type StopOp,
} from '@roundhouse/protocol';
import { mapLimited } from '../inventory/map-limited.js';
import { isUnder } from '../inventory/path-confinement.js';
import { isKeeperAlive, readKeeperFile } from '../keeper/ended-session.js';
import { fitting, sessionsBytesMax } from '../link/fitting.js';
import { confine } from '../policy/confinement.js';
import { isRefusal } from '../policy/local-policy.js';
import { asNoSpace } from '../state/json-file.js';
import { optionsOf, requireChoice } from './choice.js';
import { requireRoom, type HostRoom } from './host-capacity.js';
import type { Enforcement } from './limits/effective-limits.js';
import { Session } from './session.js';
import { conversationOf, SessionDir, withConversation, type SessionRecord } from './session-record.js';
import type { SessionSurroundings } from './session-surroundings.js';

/**
 * Directories of sessions that are taken up at once: each opens files and a socket, and a keeper that is frozen holds
 * its place for the 5 s in which it does not answer, so that a few of them must not hold up the rest.
 */
const REDISCOVERED_AT_ONCE = 32;

export class SessionManager {
  /** Those begun or found last come last. */
  readonly #sessions = new Map<string, Session>();
  /** Orders being taken now, by session and epoch. */
  readonly #taking = new Map<string, Promise<void>>();
  readonly #around: SessionSurroundings;
  #disposed = false;

  constructor(around: SessionSurroundings) {
    this.#around = around;
  }

  /** Finds the sessions of earlier daemons, many at once. */
  async rediscover(): Promise<void> {
    const root = path.join(this.#around.stateDir, 'sessions');
    await mkdir(root, { recursive: true, mode: 0o700 });
    const ids = await readdir(root);
    await mapLimited(ids, REDISCOVERED_AT_ONCE, (id) => this.#rediscoverOne(id));
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

  /** Whether any session runs in that directory, whoever it was made for. */
  runsUnder(directory: string): boolean {
    return [...this.#sessions.values()].some(
      ({ isOver, record }) => !isOver && record.cwd !== null && isUnder(record.cwd, directory),
    );
  }

  get running(): number {
    return [...this.#sessions.values()].filter((session) => !session.isOver).length;
  }

  /** Why limits of a session cannot be enforced here, where that is so. */
  get enforcement(): Enforcement {
    return this.#around.cgroups.enforcement;
  }

  /** What this host has left. */
  room(): Promise<HostRoom> {
    return this.#around.room();
  }

  /** Sessions that were begun and do not have everything yet that they will need; the one that asks is not counted. */
  get #starting(): number {
    const begun = [...this.#sessions.values()].filter(({ isStarting }) => isStarting).length;
    return begun + Math.max(0, this.#taking.size - 1);
  }

  /**
   * Takes the order: once its record is written, it will be carried out exactly once. A repeat changes nothing.
   * @throws AppError POLICY_REFUSED, SESSION_LIMIT, HOST_CAPACITY, PROFILE_NOT_FOUND, PATH_OUTSIDE_ROOTS, DIRECTORY_MISSING,
   * SESSION_RUNNING, NO_SPACE, SHUTTING_DOWN; nothing is written then
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

  /** Whether the order was taken before, so that its repeat changes nothing. */
  hasTaken(op: CommandOp): boolean {
    const record = this.#sessions.get(op.sessionId)?.record;
    if (!record) return false;
    return op.kind === 'spawn' ? record.epoch >= op.epoch : record.epoch > op.epoch || record.stop !== null;
  }

  async #spawn(op: SpawnOp, commandId: CommandId): Promise<void> {
    if (this.#disposed) throw new AppError('SHUTTING_DOWN');
    const earlier = this.#sessions.get(op.sessionId);
    if (earlier && earlier.record.epoch >= op.epoch) return;
    if (earlier && !earlier.isOver) throw new AppError('SESSION_RUNNING');
    const before = earlier?.record ?? null;
    await this.#checkPolicy(op, before);
    requireRoom(await this.#around.room(), this.#starting);
    await earlier?.retire();
    const dir = new SessionDir(this.#around.stateDir, op.sessionId);
    const record = newRecord(op, commandId, before);
    await makeEpochDir(dir, op.epoch);
    await dir.write(record);
    // Only what is on disk is a session here: an order that could not be written is not taken.
    const session = new Session(record, this.#around);
    this.#sessions.delete(op.sessionId);
    this.#sessions.set(op.sessionId, session);
    session.start(op, before);
    if (this.#disposed) await session.dispose();
  }

  /** Ends the session. @throws AppError NOT_FOUND for one that this host does not know */
  stop(op: StopOp): void {
    const session = this.require(op.sessionId);
    if (session.record.epoch === op.epoch) session.stop(op.force);
  }

  /** Removes everything kept of a session; its worktree stays. @throws AppError SESSION_RUNNING */
  async forget(sessionId: SessionId): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session && !session.isOver) throw new AppError('SESSION_RUNNING');
    this.#sessions.delete(sessionId);
    await session?.remove();
    await rm(new SessionDir(this.#around.stateDir, sessionId).path, { recursive: true, force: true });
  }

  /** The agent of that life told the id of its conversation. */
  async learn(sessionId: SessionId, epoch: number, conversation: string): Promise<void> {
    const session = this.#sessions.get(sessionId);
    if (session?.record.epoch === epoch) await session.learn(conversation);
  }

  /** What a session runs, and where; null when either is gone. */
  agentOf(sessionId: SessionId): { profile: Profile; cwd: string } | null {
    const record = this.#sessions.get(sessionId)?.record;
    const profile = record && this.#around.profileOf(record.profile);
    return profile && record.cwd !== null ? { profile, cwd: record.cwd } : null;
  }

  /** As far as it is known. */
  conversationOf(sessionId: string): string | null {
    const record = this.#sessions.get(sessionId)?.record;
    return record ? conversationOf(record) : null;
  }

  /** Sessions whose conversation that is. */
  holderOf(conversation: string): SessionId | null {
    const holds = ({ record }: Session): boolean => conversationOf(record) === conversation;
    return [...this.#sessions.values()].findLast(holds)?.record.sessionId ?? null;
  }

  /** What runs comes first: of what has ended, the newest, as many as fit into a message. */
  report(): ReportedSession[] {
    const all = [...this.#sessions.values()];
    const ordered = [...all.filter(({ isOver }) => !isOver), ...all.filter(({ isOver }) => isOver).reverse()];
    const reported = ordered.slice(0, reportedSessionsMax).map((session) => session.report());
    return fitting(reported, sessionsBytesMax);
  }

  async look(): Promise<void> {
    await Promise.allSettled([...this.#sessions.values()].map((session) => session.look()));
  }

  /** The hub is gone: nobody reads the streams. */
  async closeStreams(): Promise<void> {
    const closing = [...this.#sessions.values()].map((session) => session.output.closeStream());
    await Promise.allSettled(closing);
  }

  /** Builds of the keeper that some session still runs from. */
  async keeperBuilds(): Promise<Set<string>> {
    const files = await Promise.all(
      [...this.#sessions.values()].map(({ record: { sessionId, epoch } }) =>
        readKeeperFile(new SessionDir(this.#around.stateDir, sessionId).epoch(epoch)),
      ),
    );
    return new Set(files.flatMap((file) => (file && isKeeperAlive(file) ? [file.build] : [])));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await Promise.allSettled(this.#taking.values());
    await Promise.all([...this.#sessions.values()].map((session) => session.dispose()));
  }

  /** What this host does not allow is refused before anything is written for the session. */
  async #checkPolicy(op: SpawnOp, before: SessionRecord | null): Promise<void> {
    const { policy, profileOf } = this.#around;
    try {
      policy.check(op, this.running + this.#taking.size);
      const profile = profileOf(op.profile);
      if (!profile) {
        throw new AppError('PROFILE_NOT_FOUND', { message: `This host has no profile ${op.profile}` });
      }
      const options = optionsOf(op, before);
      const project = this.#projectOf(op, before);
      requireChoice({ profile, options, project, confirm: op.confirmBypass, policy });
      // A project that is gone does not keep a session from going on in its own directory.
      await confine(before?.cwd ?? op.project, policy.roots);
    } catch (error) {
      if (isRefusal(error)) await policy.journal(error, op);
      throw error;
    }
  }

  /** Where it will really run, whatever the order says: a life that goes on, or one that is beside another. */
  #projectOf({ project, companionOf }: SpawnOp, before: SessionRecord | null): string {
    const beside = companionOf === null ? undefined : this.#sessions.get(companionOf)?.record;
    return (before ?? beside)?.project ?? project;
  }

  async #rediscoverOne(id: string): Promise<void> {
    const { logger, stateDir } = this.#around;
    try {
      const record = await new SessionDir(stateDir, id).read();
      if (record?.sessionId !== id) {
        logger.warn({ sessionId: id }, 'a session directory without a record is left alone');
        return;
      }
      const session = new Session(record, this.#around);
      this.#sessions.set(id, session);
      await session.rediscover();
    } catch (error) {
      logger.error({ err: error, sessionId: id }, 'the session could not be taken up');
    }
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
    throw asNoSpace(dir.path, error);
  }
}

/** What the agent told here is newer than what the hub knows. */
function conversationOfOrder(op: SpawnOp, before: SessionRecord | null) {
  if (!before) return withConversation(op.mode === 'resume' ? (op.conversation ?? null) : null);
  const { earlierConversations } = before;
  return { ...withConversation(conversationOf(before) ?? op.conversation ?? null), earlierConversations };
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
    ...conversationOfOrder(op, before),
    options: optionsOf(op, before),
    agent: null,
    socketPath: null,
    startedAt: null,
  };
}

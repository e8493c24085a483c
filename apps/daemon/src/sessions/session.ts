// One session on this host: its record on disk, its keeper, and what is asked of it.
import { stat } from 'node:fs/promises';
import {
  AppError,
  hasEnded,
  outputChunkBytes,
  type KeeperExit,
  type Reason,
  type ReportedSession,
  type SessionWarning,
  type SpawnOp,
  type StreamInfo,
} from '@roundhouse/protocol';
import { findGitLayout, readGitHead } from '../inventory/git-head.js';
import { readExit, readKeeperFile, isKeeperAlive } from '../keeper/ended-session.js';
import type { KeeperClosed } from '../keeper/keeper-client.js';
import { bootId } from '../keeper/proc.js';
import { stopProcessTree } from '../keeper/process-tree.js';
import { keeperSocketPath } from '../keeper/runtime-dir.js';
import { startKeeper } from '../keeper/start-keeper.js';
import { endedInfo, readEnded, type OutputSlice } from '../terminal/output-source.js';
import { KeeperLink } from './keeper-link.js';
import type { SessionSurroundings } from './session-surroundings.js';
import { SessionDir, type SessionRecord } from './session-record.js';
import { planSpawn, undoWorktree, type SpawnPlan } from './spawn-plan.js';

/** An agent's last telemetry may come a moment after its exit. */
const telemetryAfterExitMs = 60_000;

export class Session {
  readonly #dir: SessionDir;
  readonly #around: SessionSurroundings;
  #record: SessionRecord;
  #link: KeeperLink | null = null;
  #starting: { controller: AbortController; done: Promise<void> } | null = null;
  #stopping: Promise<void> | null = null;
  #ended = false;
  #degraded = false;
  #directoryMissing = false;

  constructor(record: SessionRecord, around: SessionSurroundings) {
    this.#record = record;
    this.#around = around;
    this.#dir = new SessionDir(around.stateDir, record.sessionId);
    this.#ended = hasEnded(record.state);
  }

  get record(): SessionRecord {
    return this.#record;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  /** Begins the epoch of `op`, whose record is on disk; the outcome is told by a fact. */
  start(op: SpawnOp, before: SessionRecord | null): void {
    const controller = new AbortController();
    const done = this.#start(op, before, controller.signal)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#starting = null;
      });
    this.#starting = { controller, done };
  }

  /** Takes up what an earlier daemon left. */
  async rediscover(): Promise<void> {
    if (this.#ended) return;
    const dir = this.#dir.epoch(this.#record.epoch);
    const file = await readKeeperFile(dir);
    if (file && isKeeperAlive(file)) {
      await this.#connect(file.socketPath);
      if (this.#record.state === 'starting')
        await this.#started({ agent: file.agent, socketPath: file.socketPath });
      await this.#registerTelemetry();
      if (this.#record.stop) this.stop(this.#record.stop.force);
      return;
    }
    const exit = await readExit(dir);
    if (exit) await this.#exited(exit);
    else if (file) await this.#lost(file.bootId !== bootId());
    else {
      await this.#failed(
        new AppError('SPAWN_FAILED', { message: 'The daemon was restarted while the agent started' }),
      );
    }
  }

  /** Ends the agent and everything it started; the exit is told by a fact. */
  stop(force: boolean): void {
    if (this.#ended || (this.#stopping && !force)) return;
    this.#stopping = this.#stop(force).catch((error: unknown) => {
      this.#around.logger.error(
        { err: error, sessionId: this.#record.sessionId },
        'the session could not be stopped',
      );
      this.#stopping = null;
    });
  }

  /** @throws AppError SESSION_NOT_RUNNING, STALE_EPOCH, and those of the keeper */
  async input(epoch: number, client: string, seq: number, data: Uint8Array): Promise<void> {
    await this.#live(epoch).input(client, seq, data);
  }

  async resize(epoch: number, cols: number, rows: number): Promise<void> {
    await this.#live(epoch).resize(cols, rows);
    this.#record = { ...this.#record, cols, rows };
    await this.#save({});
  }

  /** What is kept of an epoch. @throws AppError NOT_FOUND */
  async info(epoch: number | null): Promise<StreamInfo> {
    if (this.#link && (epoch === null || epoch === this.#record.epoch)) return this.#link.info();
    const wanted = epoch ?? this.#record.epoch;
    const { cols, rows } = this.#record;
    const exit = { exitCode: null, signal: null };
    return endedInfo(this.#dir.epoch(wanted), wanted, { size: { cols, rows }, exit });
  }

  async read(epoch: number, from: number): Promise<OutputSlice> {
    if (this.#link && epoch === this.#record.epoch) return this.#link.read(from, outputChunkBytes);
    return readEnded(this.#dir.epoch(epoch), from, outputChunkBytes);
  }

  /**
   * Prepares the stream to the hub. @returns what is kept, and what lets the stream flow once the hub knows it
   */
  async openStream(
    epoch: number | null,
    from: number | null,
  ): Promise<{ info: StreamInfo; begin: () => Promise<void> }> {
    const link = this.#link;
    if (!link) return { info: await this.info(null), begin: () => Promise.resolve() };
    // An offset of an earlier epoch says nothing here.
    const sameEpoch = epoch === null || epoch === this.#record.epoch;
    const opened = await link.openStream(sameEpoch ? from : null);
    return { info: opened.info, begin: () => link.startStream(opened.from) };
  }

  async closeStream(): Promise<void> {
    await this.#link?.closeStream();
  }

  ack(epoch: number, offset: number): void {
    if (epoch === this.#record.epoch) this.#link?.ack(offset);
  }

  /** Looks at branch and directory; cheap, without running git. */
  async look(): Promise<void> {
    const { cwd } = this.#record;
    if (cwd === null || this.#ended) return;
    this.#directoryMissing = !(await stat(cwd).then(
      (found) => found.isDirectory(),
      () => false,
    ));
    if (this.#directoryMissing) return;
    const layout = await findGitLayout(cwd).catch(() => null);
    const branch = layout ? ((await readGitHead(layout))?.branch ?? null) : null;
    if (branch !== null && branch !== this.#record.branch) await this.#save({ branch });
  }

  report(): ReportedSession {
    const { sessionId, epoch, state, profile, mode, project, cwd, branch, remoteUrl, worktree } =
      this.#record;
    const { cols, rows, startedAt, agent, stop } = this.#record;
    const told = state === 'running' && stop !== null ? 'stopping' : state;
    const pid = agent?.pid ?? null;
    const warnings = this.#warnings();
    const where = { project, cwd, branch, remoteUrl, worktree };
    return { sessionId, epoch, state: told, profile, mode, ...where, pid, cols, rows, warnings, startedAt };
  }

  /** Lets go of the keeper, which goes on. */
  async dispose(): Promise<void> {
    this.#starting?.controller.abort(new AppError('SHUTTING_DOWN'));
    await this.#starting?.done;
    this.#link?.dispose();
  }

  #warnings(): SessionWarning[] {
    return [
      ...(this.#directoryMissing ? (['directory-missing'] as const) : []),
      ...(this.#around.telemetry.status.state === 'off' ? (['telemetry-off'] as const) : []),
      ...(this.#degraded ? (['spool-degraded'] as const) : []),
    ];
  }

  #live(epoch: number): KeeperLink {
    if (epoch !== this.#record.epoch) throw new AppError('STALE_EPOCH');
    if (!this.#link || this.#ended) throw new AppError('SESSION_NOT_RUNNING');
    return this.#link;
  }

  async #start(op: SpawnOp, before: SessionRecord | null, signal: AbortSignal): Promise<void> {
    const plan = await planSpawn(op, before, this.#around, signal);
    const { cwd, branch, remoteUrl, conversationId, telemetryTokenHash } = plan;
    const socketPath = keeperSocketPath(this.#around.runtimeDir, op.sessionId, op.epoch);
    await this.#save({ cwd, branch, remoteUrl, conversationId, telemetryTokenHash, socketPath });
    try {
      const { agent } = await startKeeper(this.#keeperOf(op, plan, socketPath), signal);
      await this.#connect(socketPath);
      await this.#started({ agent, socketPath });
    } catch (error) {
      // A start that was cut off may have left its agent running.
      if (!this.#link)
        await stopProcessTree({ sessionId: op.sessionId, agent: null, clock: this.#around.clock });
      if (plan.madeWorktree && !this.#link) await undoWorktree(op.sessionId, this.#around);
      throw error;
    }
    if (plan.typeTask !== null) await this.#link?.input('task', 1, Buffer.from(`${plan.typeTask}\r`));
  }

  #keeperOf(op: SpawnOp, plan: SpawnPlan, socketPath: string) {
    const { keeper, clock } = this.#around;
    const { sessionId, epoch, cols, rows } = op;
    const { argv, cwd, env } = plan;
    const spec = { sessionId, epoch, dir: this.#dir.epoch(epoch), socketPath, argv, cwd, env, cols, rows };
    return { keeper, clock, spec };
  }

  async #connect(socketPath: string): Promise<void> {
    const { generation, clock, logger, sink } = this.#around;
    this.#link = await KeeperLink.connect({
      sessionId: this.#record.sessionId,
      epoch: this.#record.epoch,
      socketPath,
      generation,
      clock,
      logger,
      sink,
      onExit: (exit) => {
        this.#background(this.#exited(exit));
      },
      onDegraded: (degraded) => {
        this.#degraded = degraded;
      },
      onClosed: (closed) => {
        this.#background(this.#closed(closed));
      },
    });
    this.#degraded = this.#link.hello.degraded;
  }

  async #started({
    agent,
    socketPath,
  }: Pick<SessionRecord, 'socketPath'> & { agent: NonNullable<SessionRecord['agent']> }) {
    const { sessionId, epoch, commandId, cwd, branch, remoteUrl, cols, rows } = this.#record;
    const startedAt = new Date(this.#around.clock.now()).toISOString();
    await this.#around.report({
      kind: 'session.started',
      sessionId,
      epoch,
      commandId,
      pid: agent.pid,
      cwd: cwd ?? this.#record.project,
      branch,
      remoteUrl,
      cols,
      rows,
    });
    await this.#save({ agent, socketPath, startedAt, ...(this.#ended ? {} : { state: 'running' as const }) });
  }

  async #failed(error: unknown): Promise<void> {
    // A daemon that ends leaves the start to the next one.
    if (error instanceof AppError && error.code === 'SHUTTING_DOWN') return;
    if (this.#link || this.#ended) {
      this.#around.logger.error({ err: error, sessionId: this.#record.sessionId }, 'after the start');
      return;
    }
    this.#ended = true;
    const known = error instanceof AppError ? error : new AppError('SPAWN_FAILED', { cause: error });
    if (!(error instanceof AppError)) this.#around.logger.error({ err: error }, 'spawn failed');
    const reason: Reason = { code: known.code, message: known.message, hint: known.hint };
    const { sessionId, epoch, commandId } = this.#record;
    await this.#around.telemetry.unregister({ sessionId, epoch });
    await this.#around.report({ kind: 'session.failed', sessionId, epoch, commandId, reason });
    await this.#save({ state: 'failed', reason });
  }

  async #stop(force: boolean): Promise<void> {
    await this.#save({ stop: { force } });
    const starting = this.#starting;
    starting?.controller.abort(new AppError('SPAWN_FAILED', { message: 'Stopped while it started' }));
    await starting?.done;
    if (this.#ended) return;
    const { sessionId, agent } = this.#record;
    const result = await stopProcessTree({ sessionId, agent, force, clock: this.#around.clock });
    if (result.survivors.length > 0) {
      this.#around.logger.error({ sessionId, survivors: result.survivors }, 'processes outlived KILL');
    }
  }

  async #exited(exit: KeeperExit): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { sessionId, epoch } = this.#record;
    const { exitCode, signal, off } = exit;
    // The fact first: told twice is harmless, not told is not.
    await this.#around.report({ kind: 'session.exited', sessionId, epoch, exitCode, signal, offset: off });
    await this.#save({ state: 'exited' });
    this.#releaseTelemetry();
    if (!this.#degraded) await this.#letKeeperGo();
  }

  /** Everything is on disk: the keeper may end. Its output is read from its files from now on. */
  async #letKeeperGo(): Promise<void> {
    const link = this.#link;
    if (!link) return;
    await link.forget().catch(() => undefined);
  }

  async #closed(closed: KeeperClosed): Promise<void> {
    this.#link = null;
    if (this.#ended || closed.kind !== 'lost') return;
    const dir = this.#dir.epoch(this.#record.epoch);
    const file = await readKeeperFile(dir);
    if (file && isKeeperAlive(file)) {
      await this.#connect(file.socketPath);
      return;
    }
    const exit = await readExit(dir);
    if (exit) await this.#exited(exit);
    else await this.#lost(false);
  }

  /** The keeper is gone and nobody knows how the agent ended: what it left is ended, its files stay. */
  async #lost(restarted: boolean): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { sessionId, epoch, agent } = this.#record;
    if (!restarted) {
      await stopProcessTree({ sessionId, agent, clock: this.#around.clock }).catch(() => undefined);
    }
    const state = restarted ? 'interrupted' : 'lost';
    const reason = this.#around.reasonOf(restarted ? 'HOST_RESTARTED' : 'KEEPER_LOST');
    await this.#around.report({ kind: 'session.lost', sessionId, epoch, state, reason });
    await this.#save({ state, reason });
    this.#releaseTelemetry();
  }

  async #registerTelemetry(): Promise<void> {
    const { sessionId, epoch, telemetryTokenHash: tokenHash, profile } = this.#record;
    if (tokenHash === null) return;
    const telemetry = this.#around.telemetryMapOf(profile);
    const usage = await this.#around.telemetry.register({ sessionId, epoch, tokenHash, telemetry });
    // What was counted and not told before the last daemon died; the hub drops it if it knows it.
    if (usage) await this.#around.report({ kind: 'session.usage', sessionId, epoch, usage });
  }

  #releaseTelemetry(): void {
    const { sessionId, epoch } = this.#record;
    this.#around.clock.after(telemetryAfterExitMs, () => {
      this.#background(this.#around.telemetry.unregister({ sessionId, epoch }));
    });
  }

  async #save(change: Partial<SessionRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    await this.#dir.write(this.#record);
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#around.logger.error({ err: error, sessionId: this.#record.sessionId }, 'session');
    });
  }
}

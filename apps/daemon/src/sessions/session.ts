// One session on this host: its record on disk, its keeper, and what is asked of it.
import { rm } from 'node:fs/promises';
import {
  AppError,
  hasEnded,
  type KeeperExit,
  type ProcessRef,
  type Reason,
  type ReportedSession,
  type SessionWarning,
  type SpawnOp,
} from '@roundhouse/protocol';
import { BranchWatch } from '../inventory/branch-watch.js';
import { isKeeperAlive, readExit, readKeeperFile } from '../keeper/ended-session.js';
import { stopProcessTree } from '../keeper/process-tree.js';
import { keeperSocketPath } from '../keeper/runtime-dir.js';
import { startKeeper } from '../keeper/start-keeper.js';
import { isRefusal } from '../policy/local-policy.js';
import { AgentWatch } from './agent-watch.js';
import { FactTeller } from './fact-teller.js';
import { KeeperHold } from './keeper-hold.js';
import { RecordFile } from './record-file.js';
import { SessionOutput } from './session-output.js';
import { reportOf, startOf } from './session-report.js';
import { SessionScreen } from './session-screen.js';
import type { SessionSurroundings } from './session-surroundings.js';
import { SessionTelemetry } from './session-telemetry.js';
import { conversationOf, learnConversation, SessionDir, type SessionRecord } from './session-record.js';
import { SessionTime } from './limits/session-time.js';
import { cgroupName } from './agent-command.js';
import { planSpawn, type SpawnPlan } from './spawn-plan.js';
import { settleStart } from './unfinished-start.js';

export class Session {
  /** Terminal of the newest epoch, and what is kept of earlier ones. */
  readonly output: SessionOutput;
  readonly screen: SessionScreen;
  readonly #dir: SessionDir;
  readonly #around: SessionSurroundings;
  readonly #file: RecordFile;
  readonly #hold: KeeperHold;
  readonly #gone = new AbortController();
  readonly #facts: FactTeller;
  readonly #telemetry: SessionTelemetry;
  readonly #agent: AgentWatch;
  #starting: { controller: AbortController; done: Promise<void> } | null = null;
  #stopping: Promise<void> | null = null;
  #ended: boolean;
  /** The agent was started: from here on only its exit ends the session. */
  #runs = false;
  /** Settles when the start has been told. */
  #birth: Promise<void> = Promise.resolve();
  #degraded = false;
  readonly #branch: BranchWatch;
  readonly #time: SessionTime;
  #directoryMissing = false;

  constructor(record: SessionRecord, around: SessionSurroundings) {
    this.#around = around;
    this.#dir = new SessionDir(around.stateDir, record.sessionId);
    this.#file = new RecordFile(this.#dir, record);
    this.#ended = hasEnded(record.state);
    this.#hold = this.#newHold();
    const known = { dir: this.#dir, record: () => this.record, isOver: () => this.#ended };
    this.output = new SessionOutput({ ...known, hold: this.#hold, sink: around.sink });
    const { screens, generation, clock, logger, report, watchers } = around;
    this.#branch = new BranchWatch(clock);
    this.#agent = new AgentWatch({ watchers, dir: this.#dir, record: known.record });
    const log = this.#log.bind(this);
    this.#facts = new FactTeller({ report, clock, signal: this.#gone.signal, log });
    this.#telemetry = new SessionTelemetry({
      ...{ around, record: known.record },
      tell: (fact) => this.#facts.tell(fact),
      background: this.#background.bind(this),
    });
    this.#time = new SessionTime({
      ...{ ...known, clock, reasonOf: around.reasonOf, background: this.#background.bind(this) },
      update: (change) => this.#file.update(change),
      stop: () => {
        this.stop(false);
      },
    });
    this.screen = new SessionScreen({
      ...{ ...known, screens, generation, clock, logger },
      input: (epoch, client, seq, data) => this.output.input(epoch, client, seq, data),
    });
  }

  get record(): SessionRecord {
    return this.#file.value;
  }

  get isOver(): boolean {
    return this.#ended;
  }

  get isStarting(): boolean {
    return this.#starting !== null;
  }

  get uploadsDir(): string {
    return this.#dir.uploads;
  }

  /** Begins the epoch of `op`, whose record is on disk; the outcome is told by a fact. */
  start(op: SpawnOp, before: SessionRecord | null): void {
    this.#begin((signal) => this.#start(op, before, signal));
  }

  /** Takes up what an earlier daemon left. */
  async rediscover(): Promise<void> {
    const { state, epoch, stop } = this.record;
    const file = await readKeeperFile(this.#dir.epoch(epoch));
    await this.#telemetry.register(this.#ended);
    if (this.#ended) {
      // Its exit is told, but the keeper was not let go any more.
      if (state === 'exited' && file && isKeeperAlive(file)) await this.#hold.take();
      return;
    }
    if (state === 'starting') {
      this.#begin((signal) => this.#finishStart(signal));
      if (file) await this.#starting?.done;
      return;
    }
    this.#runs = true;
    this.screen.begin('head');
    this.#agent.begin(true);
    this.#time.begin();
    await this.#hold.take();
    if (stop) this.stop(stop.force);
  }

  /** Ends the agent and everything it started; the exit is told by a fact. */
  stop(force: boolean): void {
    if (this.#ended || (this.#stopping && !force)) return;
    const stopping = this.#stop(force)
      .catch((error: unknown) => {
        this.#log(error, 'the session could not be stopped');
      })
      .finally(() => {
        if (this.#stopping === stopping) this.#stopping = null;
      });
    this.#stopping = stopping;
  }

  /** @throws AppError SESSION_NOT_RUNNING, STALE_EPOCH, and those of the keeper */
  async resize(epoch: number, cols: number, rows: number): Promise<void> {
    await this.output.resize(epoch, cols, rows);
    // Nobody waits for the disk: a window that is dragged resizes many times a second.
    this.#background(this.#file.update({ cols, rows }));
  }

  /** Looks at branch, directory and agent; cheap, without running git. */
  async look(): Promise<void> {
    const { cwd } = this.record;
    if (this.#ended) return;
    await this.#hold.link?.checkExit().catch(() => undefined);
    if (cwd === null) return;
    const { exists, branch } = await this.#branch.look(cwd);
    this.#directoryMissing = !exists;
    if (branch !== null && branch !== this.record.branch) await this.#file.update({ branch });
  }

  /** The agent has told its conversation's id. */
  async learn(conversation: string): Promise<void> {
    if (conversationOf(this.record) === conversation) return;
    await this.#file.update(learnConversation(this.record, conversation));
  }

  report(): ReportedSession {
    return { ...reportOf(this.record, this.#warnings()), ...this.#agent.report() };
  }

  /** Lets go of the keeper, which goes on. */
  async dispose(): Promise<void> {
    this.#starting?.controller.abort(new AppError('SHUTTING_DOWN', { message: 'The daemon was stopped' }));
    await this.#starting?.done;
    this.#gone.abort(new AppError('SHUTTING_DOWN'));
    this.#time.dispose();
    this.output.dispose();
    this.#hold.dispose();
    await this.#file.close();
  }

  /**
   * Makes room for the next epoch: the keeper of this one would wait a week for somebody to let it go. One that holds
   * output in memory alone is left to that.
   */
  async retire(): Promise<void> {
    if (!this.#degraded) await this.#hold.link?.forget().catch(() => undefined);
    await this.dispose();
  }

  /** Ends what still serves a session that is over; its directory may go then. */
  async remove(): Promise<void> {
    const { socketPath } = this.record;
    await this.#hold.link?.forget().catch(() => undefined);
    await this.dispose();
    await this.screen.forget();
    await this.#telemetry.unregister();
    if (socketPath !== null) await rm(socketPath, { force: true });
  }

  #warnings(): SessionWarning[] {
    return [
      ...(this.#directoryMissing ? (['directory-missing'] as const) : []),
      ...(this.#around.telemetry.status.state === 'off' ? (['telemetry-off'] as const) : []),
      ...(this.#degraded ? (['spool-degraded'] as const) : []),
      ...(this.#time.isNear ? (['time-limit'] as const) : []),
    ];
  }

  #newHold(): KeeperHold {
    const { sessionId, epoch } = this.record;
    const { generation, clock, logger, sink } = this.#around;
    return new KeeperHold({
      dir: this.#dir.epoch(epoch),
      ...{ sessionId, epoch, generation, clock, logger, sink },
      onExit: (exit) => {
        this.#background(this.#exited(exit));
      },
      onGone: (interrupted) => {
        this.#background(this.#lost(interrupted));
      },
      onDegraded: (degraded) => {
        this.#degraded = degraded;
      },
      onStreamCut: (from) => {
        this.#background(this.output.replay(from));
      },
    });
  }

  #begin(work: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController();
    const done = work(controller.signal)
      .catch((error: unknown) => this.#failed(error))
      .catch((error: unknown) => {
        this.#log(error, 'a failed start could not be told');
      })
      .finally(() => {
        this.#starting = null;
      });
    this.#starting = { controller, done };
  }

  async #start(op: SpawnOp, before: SessionRecord | null, signal: AbortSignal): Promise<void> {
    const plan = await planSpawn(op, before, this.#around, signal);
    const { cwd, branch, remoteUrl, telemetryTokenHash } = plan;
    const socketPath = keeperSocketPath(this.#around.runtimeDir, op.sessionId, op.epoch);
    const known = { ...plan.kept, cwd, branch, remoteUrl, telemetryTokenHash, socketPath };
    await this.#file.update(known);
    const { agent } = await startKeeper(this.#keeperOf(op, plan, socketPath), signal);
    await this.#takeUp(agent, 0);
    if (plan.typeTask !== null) await this.#type(plan.typeTask);
  }

  /** A start that the last daemon began: carried on if its keeper is there. */
  async #finishStart(signal: AbortSignal): Promise<void> {
    const dir = this.#dir.epoch(this.record.epoch);
    const file = await settleStart(dir, this.#around.clock, signal);
    if (!file) {
      throw new AppError('SPAWN_FAILED', { message: 'The daemon was restarted while the agent started' });
    }
    const ran = isKeeperAlive(file) || (await readExit(dir)) !== null;
    await this.#takeUp(ran ? file.agent : null, 'head');
    if (this.record.stop) this.stop(this.record.stop.force);
  }

  #keeperOf(op: SpawnOp, plan: SpawnPlan, socketPath: string) {
    const { keeper, place, clock, spoolMb } = this.#around;
    const { sessionId, epoch, cols, rows } = op;
    const { argv, cwd, env, overflow } = plan;
    const dir = this.#dir.epoch(epoch);
    const spec = { sessionId, epoch, dir, socketPath, argv, cwd, env, cols, rows, overflow };
    return { keeper, launch: place.launch, clock, spec: { ...spec, spoolMb: spoolMb() } };
  }

  /**
   * The agent runs: whoever hears of it finds its terminal, so the keeper comes first; but no end is told before the
   * start, however short the life. Null for one that nobody knows to have run.
   */
  async #takeUp(agent: ProcessRef | null, answersFrom: number | 'head'): Promise<void> {
    this.#runs = true;
    this.screen.begin(answersFrom);
    this.#agent.begin(answersFrom === 'head');
    this.#birth = this.#hold.take().then(() => (agent ? this.#started(agent) : undefined));
    await this.#birth;
  }

  async #started(agent: ProcessRef): Promise<void> {
    await this.#facts.tell(startOf(this.record, agent));
    const startedAt = new Date(this.#around.clock.now()).toISOString();
    const kept = this.#file.update({ agent, startedAt, state: 'running' });
    this.#time.begin(); // Also when the disk does not take it.
    await kept;
  }

  async #type(task: string): Promise<void> {
    await this.#hold.link?.input('task', 1, Buffer.from(`${task}\r`));
  }

  async #failed(error: unknown): Promise<void> {
    if (this.#runs || this.#ended) {
      this.#log(error, 'after the start');
      return;
    }
    const { sessionId, epoch, commandId, socketPath } = this.record;
    const { clock, policy } = this.#around;
    // A start that was cut off may have left its agent running; it has done nothing worth a grace.
    if (socketPath !== null) await stopProcessTree({ sessionId, agent: null, force: true, clock });
    this.#ended = true;
    await this.#undoWorktree();
    const known = error instanceof AppError ? error : new AppError('SPAWN_FAILED', { cause: error });
    if (!(error instanceof AppError)) this.#log(error, 'spawn failed');
    if (isRefusal(error)) await policy.journal(error, this.record);
    const code = known.code === 'SHUTTING_DOWN' ? 'SPAWN_FAILED' : known.code;
    const reason: Reason = { code, message: known.message, hint: known.hint };
    await this.#telemetry.unregister();
    await this.#facts.tell({ kind: 'session.failed', sessionId, epoch, commandId, reason });
    await this.#file.update({ state: 'failed', reason });
  }

  /** Takes back a worktree in which nothing has run. */
  async #undoWorktree(): Promise<void> {
    const { sessionId, epoch, worktree } = this.record;
    const { worktrees } = this.#around;
    if (!worktree || epoch !== 1 || !worktrees.get(sessionId)) return;
    await worktrees.remove({ sessionId, confirm: false }).catch((error: unknown) => {
      this.#log(error, 'the worktree of a failed start is kept');
    });
  }

  async #stop(force: boolean): Promise<void> {
    // A full disk is no reason to go on; only a daemon that starts now would not know of it.
    await this.#file.update({ stop: { force } }).catch((error: unknown) => {
      this.#log(error, 'the stop could not be written down; it goes on');
    });
    const starting = this.#starting;
    starting?.controller.abort(new AppError('SPAWN_FAILED', { message: 'Stopped while it started' }));
    await starting?.done;
    if (this.#ended) return;
    const { sessionId, agent } = this.record;
    const result = await stopProcessTree({ sessionId, agent, force, clock: this.#around.clock });
    if (result.survivors.length > 0) {
      this.#around.logger.error({ sessionId, survivors: result.survivors }, 'processes outlived KILL');
    }
  }

  async #exited(exit: KeeperExit): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#agent.end();
      this.#time.dispose();
      await this.#birth;
      const { sessionId, epoch, reason } = this.record;
      const { exitCode, signal, off } = exit;
      // The fact first: told twice is harmless, not told is not.
      const why = reason === null ? {} : { reason };
      const end = { exitCode, signal, offset: off, conversationId: conversationOf(this.record), ...why };
      await this.#facts.tell({ kind: 'session.exited', sessionId, epoch, ...end });
      await this.#file.update({ state: 'exited' });
      this.#telemetry.release();
      await this.#around.cgroups.leave(cgroupName(this.record));
    }
    // Everything is on disk: output is read from there from now on.
    if (!this.#degraded) this.#hold.release();
  }

  /** The keeper is gone and nobody knows how the agent ended: what it left is ended, its files stay. */
  async #lost(interrupted: boolean): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#agent.end();
    await this.#birth;
    const { sessionId, epoch, agent, socketPath } = this.record;
    if (!interrupted) {
      await stopProcessTree({ sessionId, agent, clock: this.#around.clock }).catch((error: unknown) => {
        this.#log(error, 'processes of a lost session may still run');
      });
    }
    if (socketPath !== null) await rm(socketPath, { force: true });
    const state = interrupted ? 'interrupted' : 'lost';
    const reason = this.#around.reasonOf(interrupted ? 'HOST_RESTARTED' : 'KEEPER_LOST');
    const end = { state, reason, conversationId: conversationOf(this.record) } as const;
    await this.#facts.tell({ kind: 'session.lost', sessionId, epoch, ...end });
    await this.#file.update({ state, reason });
    this.#telemetry.release();
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#gone.signal.aborted) this.#log(error, 'session');
    });
  }

  #log(error: unknown, what: string): void {
    this.#around.logger.error({ err: error, sessionId: this.record.sessionId }, what);
  }
}

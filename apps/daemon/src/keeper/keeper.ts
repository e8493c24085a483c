// The keeper: one agent on one PTY, its output kept, its daemon free to come and go. Runs in its own process.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { KeeperExit, KeeperHeader, KeeperHello, ProcessRef } from '@roundhouse/protocol';
import { resolveAgent } from './agent-binary.js';
import { KEEPER_PROTO } from './frames.js';
import { InputLedger } from './input-ledger.js';
import { KeeperConnection, type KeeperCore } from './keeper-connection.js';
import { KeeperFault } from './keeper-fault.js';
import { OutputLog } from './output-log.js';
import { OverflowGate } from './overflow-gate.js';
import { bootId, processRef } from './proc.js';
import { Pty, type PtyExit } from './pty.js';
import { ResizeLog } from './resize-log.js';
import { claimSessionDir, writeExitFile, writeKeeperFile } from './session-files.js';
import { LINGER_MS, SESSION_MARKER, type SpawnSpec } from './spawn-spec.js';
import { SPOOL_SEGMENTS } from './spool.js';
import { TimeLog } from './time-log.js';

/** Input that the agent has not read; more is refused as busy. Larger than any paste in flight. */
const MAX_PENDING_INPUT = 1024 * 1024;
/** A daemon, its successor, and those that read: a screen authority each, and tools. */
const MAX_CONNECTIONS = 16;
/** Added to the agent's out-of-memory score: the kernel should take the agent before its keeper. */
const AGENT_OOM_SCORE = 300;
const SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGKILL',
  'SIGCONT',
  'SIGSTOP',
  'SIGUSR1',
  'SIGUSR2',
] as const;

export interface KeeperOptions {
  readonly spec: SpawnSpec;
  /** umask of the agent; the keeper's own is 077. */
  readonly agentUmask: number;
  /** The keeper has nothing left to do; called once. */
  readonly onEnd: () => void;
}

export class Keeper implements KeeperCore {
  readonly log: OutputLog;
  readonly resizes: ResizeLog;
  readonly #times: TimeLog;
  readonly agent: ProcessRef;
  readonly self = processRef(process.pid);
  readonly #options: KeeperOptions;
  readonly #spec: SpawnSpec;
  readonly #pty: Pty;
  readonly #server: Server;
  readonly gate: OverflowGate | null;
  /** Why the PTY is not read now. */
  readonly #waits = new Set<'disk' | 'gate'>();
  readonly #ledger = new InputLedger();
  readonly #connections = new Set<KeeperConnection>();
  #writer: { connection: KeeperConnection | null; generation: number } = { connection: null, generation: -1 };
  #exit: KeeperExit | null = null;
  #stored: Promise<void> = Promise.resolve();
  #endAfterExit = false;
  #linger: NodeJS.Timeout | null = null;

  /**
   * Takes the session directory, opens the socket, forks the agent, writes keeper.json.
   * @throws KeeperFault with nothing left running
   */
  static async start(options: KeeperOptions): Promise<Keeper> {
    const { spec } = options;
    const [program = '', ...args] = spec.argv;
    const file = resolveAgent({ program, cwd: spec.cwd, path: spec.env['PATH'] });
    claimSessionDir(spec.dir);
    const server = await listen(spec.socketPath);
    try {
      return new Keeper(options, server, [file, ...args]);
    } catch (error) {
      server.close();
      rmSync(spec.socketPath, { force: true });
      throw error instanceof KeeperFault ? error : new KeeperFault('SPAWN_FAILED', String(error));
    }
  }

  private constructor(options: KeeperOptions, server: Server, [file, ...args]: [string, ...string[]]) {
    this.#options = options;
    this.#spec = options.spec;
    this.#server = server;
    const { spec } = options;
    this.resizes = new ResizeLog(spec.dir, { cols: spec.cols, rows: spec.rows });
    this.#times = new TimeLog({ sessionDir: spec.dir, monotonic: () => performance.now() });
    this.log = new OutputLog({
      dir: join(spec.dir, 'spool'),
      maxSegments: spec.spoolMb ?? SPOOL_SEGMENTS,
      onPressure: (pressed) => this.#waitFor('disk', pressed),
      onDegraded: (degraded) => {
        this.#connections.forEach((connection) => connection.state(degraded));
        this.gate?.judge();
      },
      monotonic: () => performance.now(),
    });
    this.gate =
      spec.overflow === 'block'
        ? new OverflowGate({
            roomFor: (off) => this.log.roomFor(off),
            onHold: (held) => this.#waitFor('gate', held),
            after: (ms, callback) => {
              const timer = setTimeout(callback, ms);
              return () => clearTimeout(timer);
            },
          })
        : null;
    this.#pty = withUmask(options.agentUmask, () => new Pty({ ...this.#agentOptions(), file, args }));
    this.agent = processRef(this.#pty.pid);
    preferAsOomVictim(this.agent.pid);
    this.#writeKeeperFile();
    server.on('connection', (socket) => {
      if (this.#connections.size >= MAX_CONNECTIONS) socket.destroy();
      else this.#connections.add(new KeeperConnection(socket, this));
    });
  }

  exit(): KeeperExit | null {
    return this.#exit;
  }

  hello(): KeeperHello {
    const { sessionId, epoch, build } = this.#spec;
    return {
      proto: KEEPER_PROTO,
      build,
      sessionId,
      epoch,
      ...this.agent,
      keeper: this.self,
      ...this.#state(),
    };
  }

  info(): Omit<KeeperHeader<'INFO_REPLY'>, 'id'> {
    return { resizes: [...this.resizes.entries], ...this.#state() };
  }

  read(from: number, max: number): Promise<{ off: number; bytes: Buffer }> {
    return this.log.read(from, max);
  }

  claim(connection: KeeperConnection, generation: number): void {
    const { connection: old, generation: oldGeneration } = this.#writer;
    if (generation < oldGeneration) {
      connection.fence(generation, oldGeneration);
      throw new KeeperFault('CONFLICT', `A daemon of generation ${String(oldGeneration)} has this session`);
    }
    this.#writer = { connection, generation };
    if (old && old !== connection) old.fence(oldGeneration, generation);
  }

  isWriter(connection: KeeperConnection): boolean {
    return this.#writer.connection === connection;
  }

  input(header: { client: string; seq: number }, bytes: Buffer): KeeperHeader<'INPUT_NAK'> | null {
    const verdict = this.#ledger.judge(header.client, header.seq);
    if (verdict.kind === 'repeat') return null;
    if (verdict.kind === 'gap') return { ...header, expected: verdict.expected, reason: 'gap' };
    if (this.#exit) return { ...header, expected: header.seq, reason: 'exited' };
    if (this.#pty.pendingInput > MAX_PENDING_INPUT)
      return { ...header, expected: header.seq, reason: 'busy' };
    this.#pty.write(bytes);
    this.#ledger.applied(header.client, header.seq);
    return null;
  }

  resize(size: { cols: number; rows: number }): void {
    if (this.#exit) throw new KeeperFault('SESSION_NOT_RUNNING', 'The agent has ended');
    if (!this.resizes.add({ off: this.log.head, ...size })) return;
    this.#pty.resize(size.cols, size.rows);
    this.#kickAll();
  }

  signal(name: string): void {
    const known = SIGNALS.find((signal) => signal === name);
    if (!known)
      throw new KeeperFault('VALIDATION_FAILED', `SIGNAL.name must be one of ${SIGNALS.join(', ')}`);
    if (this.#exit) throw new KeeperFault('SESSION_NOT_RUNNING', 'The agent has ended');
    try {
      process.kill(-this.agent.pid, known);
    } catch (error) {
      throw new KeeperFault('SESSION_NOT_RUNNING', `The agent cannot be signalled: ${String(error)}`);
    }
  }

  async forget(): Promise<void> {
    if (!this.#exit) throw new KeeperFault('SESSION_RUNNING', 'FORGET while the agent runs: stop it first');
    await this.#stored;
    // The reply leaves first; the socket's end waits for it.
    setImmediate(() => this.#end());
  }

  closed(connection: KeeperConnection): void {
    this.#connections.delete(connection);
    if (this.isWriter(connection)) this.#writer = { connection: null, generation: this.#writer.generation };
  }

  /** SIGTERM: a keeper never takes its agent down, but does not outlive it either then. All is on disk. */
  endAfterExit(): void {
    this.#endAfterExit = true;
    if (this.#exit) void this.#stored.then(() => this.#end());
  }

  #agentOptions() {
    const { spec } = this.#options;
    return {
      cwd: spec.cwd,
      env: { TERM: 'xterm-256color', ...spec.env, [SESSION_MARKER]: spec.sessionId },
      cols: spec.cols,
      rows: spec.rows,
      onData: (bytes: Buffer) => {
        this.#times.mark(this.log.head);
        this.log.append(bytes);
        this.gate?.judge();
        this.#kickAll();
      },
      onDrain: () => this.gate?.openForGood(),
      onExit: (exit: PtyExit) => this.#exited(exit),
    };
  }

  #writeKeeperFile(): void {
    const { sessionId, epoch, socketPath, build, dir } = this.#spec;
    const refs = { keeper: this.self, agent: this.agent, bootId: bootId() };
    try {
      const startedAt = new Date().toISOString();
      writeKeeperFile(dir, { sessionId, epoch, ...refs, socketPath, build, proto: KEEPER_PROTO, startedAt });
    } catch (error) {
      // Nobody could find this agent again: better none than one without an owner.
      process.kill(-this.agent.pid, 'SIGKILL');
      throw error;
    }
  }

  #state() {
    const { cols, rows } = this.resizes.current;
    const { oldest, head, degraded } = this.log;
    const common = { oldest, head, cols, rows, degraded };
    return this.#exit
      ? { ...common, state: 'exited' as const, exit: this.#exit }
      : { ...common, state: 'running' as const };
  }

  #exited(exit: PtyExit): void {
    const record = { ...exit, off: this.log.head, endedAt: new Date().toISOString() };
    this.#exit = record;
    this.#writer.connection?.exited(record);
    this.#kickAll();
    const exitFile = this.log.close().then(() => writeExitFile(this.#spec.dir, record));
    this.#stored = Promise.all([exitFile, this.#times.close(record.off)]).then(() => undefined);
    const linger = this.#spec.lingerMs ?? LINGER_MS;
    this.#linger = setTimeout(() => void this.#stored.then(() => this.#end()), linger);
    if (this.#endAfterExit) this.endAfterExit();
  }

  /** The PTY is read while there is nothing to wait for. */
  #waitFor(what: 'disk' | 'gate', wait: boolean): void {
    if (wait) this.#waits.add(what);
    else this.#waits.delete(what);
    if (this.#waits.size > 0) this.#pty.pause();
    else this.#pty.resume();
  }

  #kickAll(): void {
    this.#connections.forEach((connection) => connection.kick());
  }

  #end(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#server.close(() => this.#options.onEnd());
    rmSync(this.#spec.socketPath, { force: true });
    this.#connections.forEach((connection) => connection.end());
  }
}

function withUmask<T>(mask: number, action: () => T): T {
  const own = process.umask(mask);
  try {
    return action();
  } finally {
    process.umask(own);
  }
}

function preferAsOomVictim(pid: number): void {
  try {
    writeFileSync(`/proc/${String(pid)}/oom_score_adj`, String(AGENT_OOM_SCORE));
  } catch {
    // Not Linux, or not allowed: the kernel decides by size alone.
  }
}

async function listen(socketPath: string): Promise<Server> {
  try {
    mkdirSync(dirname(socketPath), { recursive: true, mode: 0o700 });
    rmSync(socketPath, { force: true });
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socketPath, resolve);
    });
    server.on('error', (error) => process.stderr.write(`socket: ${String(error)}\n`));
    chmodSync(socketPath, 0o600);
    return server;
  } catch (error) {
    throw new KeeperFault('SPAWN_FAILED', `The socket ${socketPath} cannot be opened: ${String(error)}`);
  }
}

// For the tests of this folder: a host with real keepers, shells and git, on which one daemon life follows another.
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newId, silentLogger, systemClock } from '@roundhouse/kit';
import type { Profile } from '@roundhouse/profiles';
import { loadProfileDirectories } from '@roundhouse/profiles/node';
import {
  commandIdSchema,
  sessionIdSchema,
  sessionReasons,
  type Exit,
  type FactBody,
  type SessionId,
  type SpawnOp,
  type TerminalPreview,
} from '@roundhouse/protocol';
import { TrustStore } from '../../git/trust.js';
import { Worktrees } from '../../git/worktrees.js';
import { readKeeperFile } from '../../keeper/ended-session.js';
import { ownPlace, type AgentPlace } from '../../keeper-host/agent-place.js';
import { installKeeper, type InstalledKeeper } from '../../keeper/keeper-bundle.js';
import { systemProcessTable } from '../../keeper/process-table.js';
import { ensureRuntimeDir } from '../../keeper/runtime-dir.js';
import { eventually } from '../../keeper/testing/keeper-rig.js';
import { noPrices } from '../../otlp/pricing/price.js';
import { createTelemetry } from '../../otlp/telemetry.js';
import { UsageJournal } from '../../otlp/usage-journal.js';
import { createFileUsageStore } from '../../otlp/usage-store.js';
import { LocalPolicy } from '../../policy/local-policy.js';
import { nothingPrepared, type AgentStart, type AgentWatcher, type PreparedAgent } from '../agent-life.js';
import { ConversationStores } from '../../agents/conversations/conversation-stores.js';
import { SessionCgroups } from '../limits/session-cgroups.js';
import { readHostRoom, type HostRoom } from '../host-capacity.js';
import { ScreenPool, type ScreenPoolOptions } from '../../terminal/screen/screen-pool.js';
import { InProcessHosts } from '../../terminal/screen/testing/in-process.js';
import { SessionDir } from '../session-record.js';
import { SessionManager } from '../session-manager.js';

const script = join(dirname(fileURLToPath(import.meta.url)), '../../../scripts/build-keeper.mjs');
type Fact<K extends FactBody['kind']> = Extract<FactBody, { kind: K }>;

/** What the hub would get of one stream. */
export class Received {
  readonly events: string[] = [];
  readonly gaps: { from: number; to: number }[] = [];
  #chunks: { offset: number; data: Buffer }[] = [];
  #checked = 0;
  #end = 0;
  exit: { offset: number; exit: Exit } | null = null;

  output(offset: number, data: Buffer): void {
    this.#chunks.push({ offset, data });
    this.events.push(`output ${String(offset)}+${String(data.length)}`);
  }

  get data(): Buffer {
    return Buffer.concat(this.#chunks.map(({ data }) => data));
  }

  get text(): string {
    return this.data.toString('utf8');
  }

  /** Offset after the last byte, having seen that each piece follows the one before. */
  get end(): number {
    for (; this.#checked < this.#chunks.length; this.#checked += 1) {
      const { offset = 0, data = Buffer.alloc(0) } = this.#chunks[this.#checked] ?? {};
      if (this.#checked === 0) this.#end = offset;
      const gap = this.gaps.find(({ from }) => from === this.#end);
      if (gap) this.#end = gap.to;
      if (offset !== this.#end) throw new Error(`bytes at ${String(offset)}, expected ${String(this.#end)}`);
      this.#end += data.length;
    }
    return this.#end;
  }
}

export class SessionBed {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'rhs-')));
  readonly root = join(this.base, 'root');
  readonly project = join(this.root, 'project');
  readonly stateDir = join(this.base, 'state');
  readonly facts: FactBody[] = [];
  received = new Received();
  /** Screen threads of all lives, in this one. */
  readonly screens = new InProcessHosts();
  readonly previews: { sessionId: SessionId; preview: TerminalPreview }[] = [];
  /** Before a fact is kept; a test makes it fail. */
  onReport: (fact: FactBody) => void = () => undefined;
  keeper: InstalledKeeper | null = null;
  /** Where agents run. */
  place: AgentPlace = ownPlace({});
  maxSessions: number | null = null;
  /** Text of policy.yaml. */
  policy: string | null = null;
  spoolMb = 64;
  /** The file system that is looked at for control groups: none here. */
  cgroupRoot = this.base;
  room: () => Promise<HostRoom> = () => readHostRoom({ stateDir: this.stateDir });
  /** More of the daemon's own environment. */
  env: NodeJS.ProcessEnv = {};
  readonly watchers: AgentWatcher[] = [];
  onReading: ScreenPoolOptions['onReading'] = () => undefined;
  onScreens = (_: ScreenPool): void => undefined;
  readonly conversations = new ConversationStores({ home: this.base, env: {} });
  prepareAgent: (start: AgentStart) => Promise<PreparedAgent> = () => Promise.resolve(nothingPrepared);
  readonly #profiles = new Map<string, Profile>();
  readonly #closers: (() => Promise<void>)[] = [];
  readonly #ids: SessionId[] = [];
  #life = 0;

  constructor() {
    mkdirSync(this.project, { recursive: true });
    mkdirSync(this.stateDir, { mode: 0o700 });
  }

  /** A profile that runs a shell script; `resume` for a resumed session. */
  async profile(
    name: string,
    shell: string,
    more: { resume?: string; binary?: string; overflow?: 'block'; fields?: object } = {},
  ): Promise<void> {
    const dir = mkdtempSync(join(this.base, 'profiles-'));
    const file = {
      name,
      binary: more.binary ?? 'sh',
      commands: { new: ['sh', '-c', shell], resume: ['sh', '-c', more.resume ?? shell] },
      task: 'none',
      ...(more.overflow ? { overflow: more.overflow } : {}),
      ...more.fields,
    };
    if (more.binary !== undefined) file.commands.new = [more.binary];
    writeFileSync(join(dir, `${name}.yaml`), JSON.stringify(file));
    const loaded = await loadProfileDirectories([dir]);
    const [first] = loaded.profiles;
    if (!first) throw new Error(JSON.stringify(loaded.problems));
    this.#profiles.set(name, first.profile);
  }

  addProfile(profile: Profile): void {
    this.#profiles.set(profile.name, profile);
  }

  profileOf(name: string): Profile | undefined {
    return this.#profiles.get(name);
  }

  /** A profile as it is. */
  use(profile: Profile): void {
    this.#profiles.set(profile.name, profile);
  }

  git(...args: string[]): string {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];
    return execFileSync('git', ['-C', this.project, ...identity, ...args], { encoding: 'utf8' });
  }

  makeRepository(): void {
    this.git('init', '-q');
    writeFileSync(join(this.project, 'a.txt'), 'one\n');
    this.git('add', '-A');
    this.git('commit', '-q', '-m', 'First');
  }

  /** One life of a daemon; `end` lets go of everything, as its death would. */
  async daemon(): Promise<{
    sessions: SessionManager;
    worktrees: Worktrees;
    screens: ScreenPool;
    end: () => Promise<void>;
  }> {
    this.#life += 1;
    const { stateDir } = this;
    const clock = systemClock;
    const logger = silentLogger();
    const trust = await TrustStore.open({ stateDir, clock });
    const held: { sessions: SessionManager | null } = { sessions: null };
    const isRunning = (id: string): boolean => held.sessions?.isRunning(id) ?? false;
    const worktrees = await Worktrees.open({ stateDir, trust, clock, isRunning });
    if (this.maxSessions !== null)
      writeFileSync(join(stateDir, 'policy.yaml'), `max_sessions: ${String(this.maxSessions)}\n`);
    if (this.policy !== null) writeFileSync(join(stateDir, 'policy.yaml'), this.policy);
    const store = createFileUsageStore({
      fileOf: ({ sessionId, epoch }) => new SessionDir(stateDir, sessionId).usage(epoch),
      logger,
      now: () => clock.now(),
    });
    const port = { port: 0, explicit: false };
    const journal = await UsageJournal.open({ directory: join(stateDir, 'usage-journal'), clock, logger });
    const telemetry = await createTelemetry({
      ...{ clock, logger, port, store, journal },
      prices: noPrices,
      onUsage: () => undefined,
    });
    const screens: ScreenPool = new ScreenPool({
      onReading: (at) => this.onReading?.(at),
      ...{ clock, logger, scrollback: 1_000, openHost: this.screens.openHost, threads: 1 },
      onType: ({ sessionId, epoch, text }) => sessions.get(sessionId)?.screen.type(epoch, text),
      onPreview: (sessionId, preview) => this.previews.push({ sessionId, preview }),
    });
    this.onScreens(screens);
    const sessions: SessionManager = new SessionManager({
      stateDir,
      screens,
      runtimeDir: ensureRuntimeDir(stateDir),
      keeper: this.keeper ?? (await this.#installed()),
      place: this.place,
      spoolMb: () => this.spoolMb,
      room: () => this.room(),
      cgroups: await SessionCgroups.probe(this.cgroupRoot),
      generation: this.#life,
      profileOf: (name) => this.profileOf(name),
      policy: await LocalPolicy.load({ stateDir, projectRoots: [this.root], clock }),
      trust,
      onTrusted: () => undefined,
      worktrees,
      telemetry,
      clock,
      logger,
      baseEnv: { PATH: process.env['PATH'], HOME: this.base, ...this.env },
      cwdOf: (id) => sessions.get(id)?.record.cwd ?? null,
      conversationOf: (id) => sessions.conversationOf(id),
      watchers: this.watchers,
      prepareAgent: (start) => this.prepareAgent(start),
      conversations: this.conversations,
      report: async (fact) => {
        this.onReport(fact);
        this.facts.push(fact);
      },
      reasonOf: (code) => ({ code, message: sessionReasons[code][0], hint: sessionReasons[code][1] }),
      meaningOf: () => null,
      sink: {
        output: ({ offset, data }) => this.received.output(offset, data),
        resized: ({ offset, cols, rows }) =>
          this.received.events.push(`size ${String(offset)} ${String(cols)}x${String(rows)}`),
        gap: ({ from, to }) => this.received.gaps.push({ from, to }),
        exit: (exit) => {
          this.received.exit = exit;
          this.received.events.push(`exit ${String(exit.offset)}`);
        },
      },
    });
    held.sessions = sessions;
    await sessions.rediscover();
    let ended: Promise<void> | null = null;
    const end = (): Promise<void> =>
      (ended ??= (async () => {
        await sessions.dispose();
        await screens.dispose();
        await telemetry.close();
      })());
    this.#closers.push(end);
    return { sessions, worktrees, screens, end };
  }

  op(profile: string, change: Partial<SpawnOp> = {}): SpawnOp {
    const sessionId = change.sessionId ?? sessionIdSchema.parse(newId());
    this.#ids.push(sessionId);
    const op: SpawnOp = {
      kind: 'spawn',
      sessionId,
      epoch: 1,
      profile,
      project: this.project,
      mode: 'new',
      worktree: false,
      baseBranch: null,
      trust: false,
      companionOf: null,
      task: null,
      cols: 80,
      rows: 24,
    };
    return { ...op, ...change };
  }

  /** Spawns and waits until the agent runs. */
  async spawn(sessions: SessionManager, profile: string, change: Partial<SpawnOp> = {}) {
    const op = this.op(profile, change);
    await sessions.spawn(op, commandIdSchema.parse(newId()));
    await this.fact('session.started', op);
    await eventually(
      () => sessions.get(op.sessionId)?.record.state !== 'starting',
      `${op.profile} left the state starting`,
    );
    return op;
  }

  factsOf(sessionId: string): FactBody[] {
    return this.facts.filter((fact) => fact.sessionId === sessionId);
  }

  async fact<K extends FactBody['kind']>(
    kind: K,
    { sessionId, epoch }: { sessionId: string; epoch: number },
    ms = 10_000,
  ): Promise<Fact<K>> {
    const find = () =>
      this.facts.find(
        (fact): fact is Fact<K> =>
          fact.kind === kind && fact.sessionId === sessionId && 'epoch' in fact && fact.epoch === epoch,
      );
    await eventually(() => find() !== undefined, `${kind} (${JSON.stringify(this.factsOf(sessionId))})`, ms);
    const found = find();
    if (!found) throw new Error('unreachable');
    return found;
  }

  dir({ sessionId, epoch }: { sessionId: string; epoch: number }): string {
    return new SessionDir(this.stateDir, sessionId).epoch(epoch);
  }

  async keeperFile(of: { sessionId: string; epoch: number }) {
    const file = await readKeeperFile(this.dir(of));
    if (!file) throw new Error('no keeper.json');
    return file;
  }

  /** Live processes that carry the session's marker; the keeper does not. */
  async processes(sessionId: string): Promise<number[]> {
    const found: number[] = [];
    for (const { pid, state } of (await systemProcessTable.list()) ?? []) {
      if (state !== 'Z' && (await systemProcessTable.hasEnv(pid, `ROUNDHOUSE_SESSION=${sessionId}`)))
        found.push(pid);
    }
    return found;
  }

  /** Keepers of this bed that run. */
  keepers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => read(`/proc/${pid}/cmdline`).includes(join(this.stateDir, 'keepers')))
      .filter((pid) => !read(`/proc/${pid}/stat`).includes(') Z '))
      .map(Number);
  }

  sockets(): string[] {
    return readdirSync(ensureRuntimeDir(this.stateDir)).filter((name) => name.endsWith('.sock'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers) await close().catch(() => undefined);
    for (const pid of this.keepers()) kill(pid);
    for (const id of new Set(this.#ids)) for (const pid of await this.processes(id)) kill(pid);
    rmSync(this.base, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }

  async #installed(): Promise<InstalledKeeper> {
    const { buildKeeper }: { buildKeeper: (outDir: string) => Promise<void> } = await import(script);
    const built = join(this.base, 'built');
    await buildKeeper(built);
    this.keeper = await installKeeper(this.stateDir, built);
    return this.keeper;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

// The daemon put together: state, telemetry, sessions found again, and the link to the hub.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { Disposer, Lateness, newId, systemClock, type Clock, type Logger } from '@roundhouse/kit';
import {
  inputLateMs,
  instanceIdSchema,
  sessionReasons,
  type SessionId,
  type TerminalPreview,
} from '@roundhouse/protocol';
import { ConversationStores } from './agents/conversations/conversation-stores.js';
import { ConversationLearner } from './agents/conversations/learn.js';
import { openFootprint } from './agents/footprint.js';
import { createHookIntake, type HookIntake } from './agents/hooks/hook-intake.js';
import { StatusBook } from './agents/status/status-book.js';
import { Transcripts } from './agents/transcripts/transcripts.js';
import { UsageFeed } from './agents/usage-feed.js';
import type { DaemonConfig } from './config.js';
import { TrustStore } from './git/trust.js';
import { Worktrees } from './git/worktrees.js';
import { hubHandlers } from './hub-handlers.js';
import { HostInventory } from './inventory/inventory.js';
import { SystemSampler } from './inventory/system.js';
import { installKeeper, type InstalledKeeper } from './keeper/keeper-bundle.js';
import { ensureRuntimeDir } from './keeper/runtime-dir.js';
import { openAgentPlace, type AgentPlace } from './keeper-host/agent-place.js';
import { ensureEnrolled } from './link/enrolment.js';
import { HubLink } from './link/hub-link.js';
import { Outbox } from './link/outbox.js';
import { TerminalScheduler } from './link/terminal-scheduler.js';
import { meaningOfProfile, type Meaning } from './otlp/meaning.js';
import { PriceBook } from './otlp/pricing/price-book.js';
import { createTelemetry, type Telemetry } from './otlp/telemetry.js';
import { UsageJournal } from './otlp/usage-journal.js';
import { createFileUsageStore } from './otlp/usage-store.js';
import { LocalPolicy } from './policy/local-policy.js';
import { hostAllowsMode } from './policy/permission-gate.js';
import { readHostRoom } from './sessions/host-capacity.js';
import { pruneKeepers } from './sessions/prune-keepers.js';
import { conversationOf, SessionDir } from './sessions/session-record.js';
import type { Session } from './sessions/session.js';
import { SessionManager } from './sessions/session-manager.js';
import type { DaemonSettings } from './settings/daemon-settings.js';
import { nextLife } from './state/next-life.js';
import { lockStateDir } from './state/state-lock.js';
import { Previews } from './terminal/previews.js';
import { ScreenPool } from './terminal/screen/screen-pool.js';
import { Uploads } from './terminal/uploads.js';

export interface DaemonOptions {
  readonly config: DaemonConfig;
  /** The same for people, which the hub is told. */
  readonly settings: Pick<DaemonSettings, 'show' | 'onRead'>;
  readonly logger: Logger;
  /** The environment of this process, of which agents see what is allowed. */
  readonly env: NodeJS.ProcessEnv;
  readonly clock?: Clock;
}

/** What the parts stand on. */
interface Base {
  readonly policy: LocalPolicy;
  readonly life: { readonly number: number };
  readonly outbox: Outbox;
  readonly trust: TrustStore;
  readonly telemetry: Telemetry;
  readonly prices: PriceBook;
  readonly keeper: InstalledKeeper;
  readonly conversations: ConversationStores;
  readonly place: AgentPlace;
  /** What agents tell by their hooks. */
  readonly hooks: HookIntake;
}

interface SessionLookups {
  readonly meaningOf: (profile: string) => Meaning | null;
  readonly sessionOf: (id: SessionId) => Session | undefined;
}

/** A daemon that runs until its signal; agents and keepers outlive it. */
export class Daemon {
  readonly #options: DaemonOptions;
  readonly #clock: Clock;
  readonly #disposer = new Disposer();
  #link: HubLink | null = null;
  #status: StatusBook | null = null;
  #learner: ConversationLearner | null = null;
  readonly #terminals: TerminalScheduler;

  constructor(options: DaemonOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const backlog = (): number => this.#link?.backlog ?? 0;
    this.#terminals = new TerminalScheduler(
      { backlog, emit: (name, payload) => this.#link?.emit(name, payload) },
      this.#clock,
    );
  }

  /**
   * Runs until the signal aborts.
   * @throws AppError when it cannot start (STATE_LOCKED, JOIN_TOKEN_INVALID, …) or the hub refuses it for good
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#run(signal);
    } finally {
      await this.#disposer.dispose();
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const base = await this.#base(signal);
    const inventory = this.#inventory(base);
    const { sessions, worktrees, screens, status } = await this.#sessions(base, inventory);
    await inventory.start();
    await sessions.rediscover();
    base.telemetry.allRegistered();
    const { config, settings, logger } = this.#options;
    const { hubUrl, joinToken, stateDir } = config;
    await pruneKeepers(stateDir, (await sessions.keeperBuilds()).add(base.keeper.build));
    const instanceId = instanceIdSchema.parse(newId());
    const clock = this.#clock;
    const identity = await ensureEnrolled({ hubUrl, joinToken, stateDir, instanceId, clock, logger }, signal);
    const system = new SystemSampler({ ...sessions.enforcement, most: base.policy.limitCeiling });
    const { policy, trust, outbox, prices } = base;
    let line = new Lateness(inputLateMs);
    const previews = this.#previews(sessions, screens);
    this.#link = new HubLink({
      hubUrl,
      identity,
      instanceId,
      handlers: hubHandlers({
        ...{ sessions, status, inventory, trust, worktrees, policy, prices, stateDir },
        ...{ previews, uploads: this.#uploads(), logger, clock },
        ...{ conversations: base.conversations, baseEnv: base.place.env },
        line: () => line,
        rotateKey: async () => this.#link?.rotateKey(),
        typed: (id) => {
          this.#typed(id, screens);
        },
      }),
      onInvalid: (error) => void policy.journal(error, {}),
      outbox,
      clock,
      logger,
      system: () => system.sample(policy.roots[0] ?? '/'),
      inventory: () => inventory.current,
      settings: () => settings.show(),
      sessions: async () => {
        await sessions.look();
        return sessions.report();
      },
      forget: (id) => sessions.forget(id),
      onDisconnected: () => {
        line = new Lateness(inputLateMs);
        previews.forget();
        this.#terminals.clear();
        return sessions.closeStreams();
      },
    });
    this.#disposer.add(settings.onRead(() => this.#link?.emit('settings', settings.show())));
    await this.#link.run(signal);
  }

  #uploads(): Uploads {
    const uploads = new Uploads(this.#clock);
    this.#disposer.add(() => {
      uploads.dispose();
    });
    return uploads;
  }

  /** What stands on the state directory alone. */
  async #base(signal: AbortSignal) {
    const { config, env, logger } = this.#options;
    const clock = this.#clock;
    const { stateDir } = config;
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    this.#disposer.add(await lockStateDir(stateDir));
    const place = await openAgentPlace({ stateDir, keepers: config.keepers, env, logger, clock }, signal);
    const policy = await LocalPolicy.load({ stateDir, projectRoots: config.projectRoots, clock });
    const life = await nextLife(stateDir, clock.now());
    const outbox = await Outbox.open({ stateDir, clock, logger });
    this.#disposer.add(() => outbox.close());
    const trust = await TrustStore.open({ stateDir, clock });
    const prices = new PriceBook({ stateDir, clock, logger });
    const telemetry = await this.#telemetry({ outbox, prices }, life.otlpPort);
    await life.save(telemetry.status.port);
    const hooks = createHookIntake({ clock, logger });
    this.#disposer.add(() => hooks.dispose());
    const usage = new UsageFeed({ telemetry, clock, logger });
    this.#disposer.add(hooks.onHook(usage.onHook));
    const conversations = new ConversationStores({ home: env['HOME'] ?? homedir(), env });
    const keeper = await installKeeper(stateDir);
    return { ...{ policy, life, outbox, trust, telemetry, prices }, hooks, conversations, place, keeper };
  }

  #inventory({ policy, trust, telemetry, place }: Base): HostInventory {
    const { config, logger } = this.#options;
    const inventory = new HostInventory({
      roots: policy.roots,
      depth: () => config.projectsDepth,
      profileDirs: config.profileDirs,
      ...{ env: place.env, programs: place.programs },
      trust,
      otlp: () => telemetry.status,
      hostAllows: (profile, mode) => hostAllowsMode(profile, mode, policy.modeCeiling),
      clock: this.#clock,
      logger,
      onChanged: (changed) => {
        this.#status?.profilesChanged();
        this.#link?.emit('inventory', changed);
      },
    });
    this.#disposer.add(() => {
      inventory.dispose();
    });
    return inventory;
  }

  /** An echo comes before everything else that this host sends and draws. */
  #typed(sessionId: SessionId, screens: ScreenPool): void {
    this.#terminals.typed(sessionId);
    screens.typed();
  }

  async #sessions(base: Base, inventory: HostInventory) {
    const { policy, life, outbox, trust, telemetry, keeper, hooks, conversations, place } = base;
    const { config, logger } = this.#options;
    const clock = this.#clock;
    const { stateDir } = config;
    const running = { check: (_: string): boolean => false };
    const worktrees = await Worktrees.open({ stateDir, trust, clock, isRunning: (id) => running.check(id) });
    const sessionOf = (id: SessionId) => sessions.get(id);
    const screens = this.#screens(sessionOf);
    const profileOf = (name: string) => inventory.profileOf(name);
    const shared = { stateDir, trust, profileOf, baseEnv: place.env, clock, logger };
    const footprint = await openFootprint({
      ...{ ...shared, hooks, sessionOf },
      onShellReport: () => this.#link?.tellStatus(),
    });
    this.#disposer.add(() => {
      footprint.dispose();
    });
    const status = this.#openStatus(base, inventory, screens);
    const meaningOf = (name: string) => {
      const profile = profileOf(name);
      return profile === undefined ? null : meaningOfProfile(profile);
    };
    const transcripts = this.#transcripts(base, { meaningOf, sessionOf });
    const sessions: SessionManager = new SessionManager({
      ...{ stateDir, keeper, place, policy, trust, worktrees, telemetry, screens, conversations },
      ...{ clock, logger, baseEnv: place.env, cgroups: await place.cgroups() },
      ...{ runtimeDir: ensureRuntimeDir(stateDir), generation: life.number, profileOf },
      ...{ spoolMb: () => config.spoolMb, room: () => readHostRoom({ stateDir, groups: place.room }) },
      onTrusted: () => {
        inventory.trustChanged().catch((error: unknown) => {
          logger.warn({ err: error }, 'the hub was not told that a project is trusted');
        });
      },
      cwdOf: (id) => sessions.get(id)?.record.cwd ?? null,
      conversationOf: (id) => sessions.conversationOf(id),
      watchers: [...footprint.watchers, status, transcripts],
      prepareAgent: footprint.prepareAgent,
      report: (fact) => outbox.add(fact),
      reasonOf: (code) => ({ code, message: sessionReasons[code][0], hint: sessionReasons[code][1] }),
      meaningOf,
      sink: this.#terminals,
    });
    this.#learner = new ConversationLearner({
      agentOf: (id) => sessions.agentOf(id),
      learn: (...told) => sessions.learn(...told),
      ...{ stores: conversations, logger },
    });
    this.#disposer.add(hooks.onHook(this.#learner.onHook));
    running.check = (id) => {
      // A companion may run in the worktree of a session that is over.
      const place = worktrees.get(id)?.path;
      return sessions.isRunning(id) || (place !== undefined && sessions.runsUnder(place));
    };
    this.#disposer.add(() => sessions.dispose());
    return { sessions, worktrees, screens, status };
  }

  /** What agents write of their conversations, where their profile says that it tells more. */
  #transcripts({ conversations, telemetry }: Base, of: SessionLookups): Transcripts {
    const transcripts = new Transcripts({
      ...{ telemetry, clock: this.#clock, logger: this.#options.logger },
      meaningOf: of.meaningOf,
      conversationOf: (id) => {
        const session = of.sessionOf(id);
        return session ? conversationOf(session.record) : null;
      },
      find: (pattern) => conversations.files(pattern),
    });
    this.#disposer.add(() => {
      transcripts.dispose();
    });
    return transcripts;
  }

  /** What agents are doing, from their screens and from what they tell. */
  #openStatus({ hooks, telemetry }: Base, inventory: HostInventory, screens: ScreenPool): StatusBook {
    const status = new StatusBook({
      ...{ clock: this.#clock, logger: this.#options.logger },
      profileOf: (name) => inventory.profileOf(name),
      recognise: (at, rules) => {
        screens.recognise(at, rules);
      },
      onActivity: (at, activity) => {
        this.#link?.emit('session.activity', { ...at, activity });
      },
      onTime: (at, spent) => {
        telemetry.observe(at, spent).catch((error: unknown) => {
          this.#options.logger.debug({ err: error, ...at }, 'the time that an agent spent was not counted');
        });
      },
    });
    this.#disposer.add(
      hooks.onHook((event) => {
        status.hook(event);
      }),
    );
    this.#disposer.add(() => {
      status.dispose();
    });
    this.#status = status;
    return status;
  }

  #screens(sessionOf: (id: SessionId) => Session | undefined): ScreenPool {
    const { config, logger } = this.#options;
    const screens = new ScreenPool({
      ...{ clock: this.#clock, logger, scrollback: config.scrollbackLines },
      onType: ({ sessionId, epoch, text }) => sessionOf(sessionId)?.screen.type(epoch, text),
      onPreview: (sessionId, preview) => {
        this.#preview(sessionId, preview);
      },
      onReading: (at) => {
        this.#status?.reading(at);
      },
    });
    this.#disposer.add(() => screens.dispose());
    return screens;
  }

  #previews(sessions: SessionManager, screens: ScreenPool): Previews {
    return new Previews({
      logger: this.#options.logger,
      watch: (ids) => {
        screens.watch(ids);
      },
      sourceOf: (id) => sessions.get(id)?.screen,
      emit: (sessionId, preview) => {
        this.#preview(sessionId, preview);
      },
    });
  }

  #preview(sessionId: SessionId, preview: TerminalPreview): void {
    this.#link?.emit('terminal.preview', { sessionId, ...preview });
  }

  async #telemetry(
    { outbox, prices }: { outbox: Outbox; prices: PriceBook },
    previous: number | null,
  ): Promise<Telemetry> {
    const { config, logger } = this.#options;
    const clock = this.#clock;
    const store = createFileUsageStore({
      fileOf: ({ sessionId, epoch }) => new SessionDir(config.stateDir, sessionId).usage(epoch),
      logger,
      now: () => clock.now(),
    });
    const telemetry = await createTelemetry({
      clock,
      logger,
      port: { ...config.otlp, ...(previous === null ? {} : { previous }) },
      forward: config.otlpForward,
      store,
      journal: await UsageJournal.open({
        directory: path.join(config.stateDir, 'usage-journal'),
        ...{ clock, logger },
      }),
      expectsSessions: true,
      prices,
      onUsage: (source, report) => outbox.add({ kind: 'session.usage', ...source, ...report }),
      isHeard: () => this.#link?.isConnected ?? false,
      onRecords: (source, records) => {
        this.#status?.records(source, records);
      },
      onConversation: (source, id) => void this.#learner?.tell({ ...source, id, main: true }),
    });
    this.#disposer.add(() => telemetry.close());
    return telemetry;
  }
}

// Ends everything that a session started: hang-up and TERM, after 5 s KILL, also for what left the process group.
import { delay, systemClock, type Clock } from '@roundhouse/kit';
import type { ProcessRef } from '@roundhouse/protocol';
import type { ProcStat } from './proc.js';
import { systemProcessTable, type ProcessTable } from './process-table.js';
import { SESSION_MARKER } from './spawn-spec.js';

export interface StopTreeOptions {
  readonly sessionId: string;
  /** Leader of the PTY's process group; null when it is not known: then only marked processes are ended. */
  readonly agent: ProcessRef | null;
  /** KILL at once. */
  readonly force?: boolean;
  readonly table?: ProcessTable;
  readonly clock?: Clock;
}

export interface StoppedProcess extends ProcessRef {
  readonly command: string;
  /** The strongest signal it got. */
  readonly signal: 'SIGTERM' | 'SIGKILL';
}

export interface StopTreeResult {
  readonly stopped: readonly StoppedProcess[];
  /** Still there after KILL: another user's, or stuck in the kernel. */
  readonly survivors: readonly ProcessRef[];
  /** False where there is no /proc: only the process group was signalled. */
  readonly sweptMarker: boolean;
}

/** Time that TERM is given. */
export const STOP_GRACE_MS = 5_000;
/** Time that KILL is given; with the grace the whole ladder ends within 6 s. */
const KILL_LIMIT_MS = 900;
const FIRST_LOOK_MS = 50;
const LATER_LOOK_MS = 250;

/**
 * Stops the process tree of a session. Finds it by process group, terminal session, environment marker and parentage;
 * checks start times, so that a reused pid is never signalled. A zombie counts as dead.
 * @throws the signal's reason when aborted; what got TERM keeps it
 */
export async function stopProcessTree(
  options: StopTreeOptions,
  signal?: AbortSignal,
): Promise<StopTreeResult> {
  const ladder = new StopLadder(options, signal);
  return ladder.run();
}

class StopLadder {
  readonly #options: StopTreeOptions;
  readonly #table: ProcessTable;
  readonly #clock: Clock;
  readonly #abort: AbortSignal | undefined;
  /** Everything ever found, by pid. */
  readonly #known = new Map<number, StoppedProcess>();

  constructor(options: StopTreeOptions, abort: AbortSignal | undefined) {
    this.#options = options;
    this.#table = options.table ?? systemProcessTable;
    this.#clock = options.clock ?? systemClock;
    this.#abort = abort;
  }

  async run(): Promise<StopTreeResult> {
    const start = this.#clock.monotonic();
    const grace = this.#options.force ? 0 : STOP_GRACE_MS;
    if ((await this.#table.list()) === null) return this.#groupOnly(start, grace);
    for (let look = FIRST_LOOK_MS; this.#clock.monotonic() - start < grace; look = LATER_LOOK_MS) {
      const members = await this.#members();
      if (members.length === 0) return this.#result([]);
      this.#terminate(members.filter((member) => !this.#known.has(member.pid)));
      await this.#pause(Math.min(look, start + grace - this.#clock.monotonic()));
    }
    // From the first KILL: on a busy machine a look at all processes may itself take longer than the limit.
    for (let killed: number | null = null; ;) {
      const members = await this.#members();
      if (members.length === 0) return this.#result([]);
      if (killed !== null && this.#clock.monotonic() - killed > KILL_LIMIT_MS) return this.#result(members);
      this.#kill(members);
      killed ??= this.#clock.monotonic();
      await this.#pause(FIRST_LOOK_MS);
    }
  }

  #terminate(members: readonly ProcStat[]): void {
    // CONT last: a stopped process handles what is pending only when it runs.
    const ladder = ['SIGHUP', 'SIGTERM', 'SIGCONT'] as const;
    if (this.#leaderIn(members)) for (const name of ladder) this.#signalLeaderGroup(name);
    for (const member of members) {
      for (const name of ladder) if (!this.#inLeaderGroup(member, members)) this.#table.signal(member, name);
      this.#note(member, 'SIGTERM');
    }
  }

  #kill(members: readonly ProcStat[]): void {
    if (this.#leaderIn(members)) this.#signalLeaderGroup('SIGKILL');
    for (const member of members) {
      this.#table.signal(member, 'SIGKILL');
      this.#note(member, 'SIGKILL');
    }
  }

  /** Everything of this session that lives, zombies and this process left out. */
  async #members(): Promise<ProcStat[]> {
    const all = (await this.#table.list()) ?? [];
    const leader = all.find((stat) => this.#isAgent(stat));
    const marker = `${SESSION_MARKER}=${this.#options.sessionId}`;
    const found = new Set<number>();
    for (const stat of all) {
      const related = leader && (stat.pgrp === leader.pid || stat.session === leader.pid);
      const known = this.#known.get(stat.pid)?.startTime === stat.startTime;
      if (related || known || (await this.#table.hasEnv(stat.pid, marker))) found.add(stat.pid);
    }
    addDescendants(all, found);
    found.delete(process.pid);
    return all.filter((stat) => found.has(stat.pid) && stat.state !== 'Z');
  }

  #isAgent(stat: ProcStat): boolean {
    const { agent } = this.#options;
    return agent !== null && stat.pid === agent.pid && stat.startTime === agent.startTime;
  }

  #leaderIn(members: readonly ProcStat[]): boolean {
    return members.some((member) => this.#isAgent(member));
  }

  #inLeaderGroup(member: ProcStat, members: readonly ProcStat[]): boolean {
    return this.#leaderIn(members) && member.pgrp === this.#options.agent?.pid;
  }

  /** Only called with the leader alive in the latest list: its pid cannot name another group. */
  #signalLeaderGroup(name: NodeJS.Signals): void {
    if (this.#options.agent) this.#table.signalGroup(this.#options.agent.pid, name);
  }

  #note(stat: ProcStat, signal: StoppedProcess['signal']): void {
    this.#known.set(stat.pid, { pid: stat.pid, startTime: stat.startTime, command: stat.comm, signal });
  }

  #result(survivors: readonly ProcStat[]): StopTreeResult {
    const refs = survivors.map(({ pid, startTime }) => ({ pid, startTime }));
    return { stopped: [...this.#known.values()], survivors: refs, sweptMarker: true };
  }

  /** Without /proc: the group is all that can be reached, and its pid all that identifies it. */
  async #groupOnly(start: number, grace: number): Promise<StopTreeResult> {
    const { agent } = this.#options;
    if (!agent) return { stopped: [], survivors: [], sweptMarker: false };
    const alive = (): boolean => this.#table.signalGroup(agent.pid, 0);
    const done = (signal: StoppedProcess['signal'], survivors: ProcessRef[]): StopTreeResult => ({
      stopped: [{ ...agent, command: '', signal }],
      survivors,
      sweptMarker: false,
    });
    if (!alive()) return { stopped: [], survivors: [], sweptMarker: false };
    for (const name of ['SIGHUP', 'SIGTERM', 'SIGCONT'] as const) this.#table.signalGroup(agent.pid, name);
    while (alive() && this.#clock.monotonic() - start < grace) await this.#pause(LATER_LOOK_MS);
    if (!alive()) return done('SIGTERM', []);
    this.#table.signalGroup(agent.pid, 'SIGKILL');
    while (alive() && this.#clock.monotonic() - start < grace + KILL_LIMIT_MS)
      await this.#pause(FIRST_LOOK_MS);
    return done('SIGKILL', alive() ? [agent] : []);
  }

  #pause(ms: number): Promise<void> {
    return delay(Math.max(1, ms), this.#clock, this.#abort);
  }
}

/** Adds the children of what was found, and theirs. */
function addDescendants(all: readonly ProcStat[], found: Set<number>): void {
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const stat of all) if (found.has(stat.ppid)) found.add(stat.pid);
  }
}

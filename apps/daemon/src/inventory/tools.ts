// Which agents can be started on this machine, which version, and why not.
import { systemClock, type Clock } from '@roundhouse/kit';
import { inheritedEnvironment, passthroughNames, type Environment, type Profile } from '@roundhouse/profiles';
import { AppError, type HostProfile } from '@roundhouse/protocol';
import type { BinaryResult } from './binary-check.js';
import { hostProfile, type Verdict } from './host-profile.js';
import { mapLimited } from './map-limited.js';
import { ownPrograms, type FoundProgram, type Programs } from './programs.js';

/** Programs that are asked at once: some take seconds of CPU to say their version. */
const CHECKS_AT_ONCE = 3;
/** How long `--version` may take: a cold start of a large CLI on a slow disk. */
const VERSION_TIMEOUT_MS = 15_000;
const REASON_MAX = 500;

export interface ToolInventoryOptions {
  /** The daemon's own environment. */
  readonly env: Environment;
  /** Where agents run; here without it. */
  readonly programs?: Programs;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
}

interface Checked {
  readonly stamp: string;
  readonly result: BinaryResult;
}

/** Asks each program once, and again only after its file has changed or it had failed. */
export class ToolInventory {
  readonly #env: Environment;
  readonly #programs: Programs;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #checked = new Map<string, Checked>();

  constructor(options: ToolInventoryOptions) {
    this.#env = options.env;
    this.#programs = options.programs ?? ownPrograms;
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? VERSION_TIMEOUT_MS;
  }

  /**
   * The profiles as the hub is told of them, in the same order.
   * @throws the signal's reason when aborted
   */
  check(profiles: readonly Profile[], signal?: AbortSignal): Promise<HostProfile[]> {
    const one = async (profile: Profile) => hostProfile(profile, await this.#verdict(profile, signal));
    return mapLimited(profiles, CHECKS_AT_ONCE, one, signal);
  }

  /**
   * Where the program of a profile is; null when it is nowhere.
   * @throws AppError KEEPER_UNREACHABLE when agents run elsewhere
   */
  find(profile: Profile): Promise<FoundProgram | null> {
    return this.#programs.find(profile.binary, agentEnvironment(profile, this.#env)['PATH']);
  }

  async #verdict(profile: Profile, signal: AbortSignal | undefined): Promise<Verdict> {
    if (profile.always_available) return { available: true, reason: null, version: null };
    try {
      return await this.#look(profile, signal);
    } catch (error) {
      // What the keeper host cannot say of one program is no reason to say nothing of the host.
      if (!(error instanceof AppError) || signal?.aborted === true) throw error;
      return no(`${error.message}. ${error.hint}`);
    }
  }

  async #look(profile: Profile, signal: AbortSignal | undefined): Promise<Verdict> {
    const env = agentEnvironment(profile, this.#env);
    const found = await this.find(profile);
    if (found === null) {
      const where = profile.binary.includes('/') ? 'does not exist' : 'is not on the PATH of the daemon';
      return no(`${profile.binary} ${where}; install it, then rescan the host`);
    }
    const result = await this.#ask(found, env, signal);
    if (!result.ok) return no(`${profile.binary} --version ${result.reason}`);
    const missing = missingCredentials(profile, this.#env);
    return missing === null
      ? { available: true, reason: null, version: result.version }
      : no(missing, result.version);
  }

  async #ask(
    { file, stamp }: FoundProgram,
    env: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<BinaryResult> {
    const known = this.#checked.get(file);
    if (known?.stamp === stamp && known.result.ok) return known.result;
    const check = { file, env, timeoutMs: this.#timeoutMs, clock: this.#clock, signal };
    const result = await this.#programs.version(check);
    this.#checked.set(file, { stamp, result });
    return result;
  }
}

/** What the agent will see of the daemon's environment; no telemetry for a question about a version. */
function agentEnvironment(profile: Profile, base: Environment): Record<string, string> {
  const env = inheritedEnvironment(base, passthroughNames(profile));
  const path = profile.env['PATH'];
  return path === undefined ? env : { ...env, PATH: path };
}

/** Why the credentials do not suffice; null when they do, or none are asked for. */
export function missingCredentials({ auth }: Profile, env: Environment): string | null {
  const absent = auth.env_vars.filter((name) => (env[name] ?? '') === '');
  const enough = auth.require === 'all' ? absent.length === 0 : absent.length < auth.env_vars.length;
  if (enough || auth.env_vars.length === 0) return null;
  const names = absent.join(', ');
  const what =
    auth.require === 'all' || absent.length === 1 ? `${names} must be set` : `one of ${names} must be set`;
  return `${what} in the environment of the daemon; set it and restart the daemon`;
}

const no = (reason: string, version: string | null = null): Verdict => ({
  available: false,
  reason: reason.slice(0, REASON_MAX),
  version,
});

// Which agents can be started on this machine, which version, and why not.
import { stat } from 'node:fs/promises';
import { systemClock, type Clock } from '@roundhouse/kit';
import { inheritedEnvironment, passthroughNames, type Environment, type Profile } from '@roundhouse/profiles';
import type { HostProfile } from '@roundhouse/protocol';
import { checkVersion, findProgram, type BinaryResult } from './binary-check.js';
import { hostProfile, type Verdict } from './host-profile.js';
import { mapLimited } from './map-limited.js';

/** Programs that are asked at once: some take seconds of CPU to say their version. */
const CHECKS_AT_ONCE = 3;
/** How long `--version` may take: a cold start of a large CLI on a slow disk. */
const VERSION_TIMEOUT_MS = 15_000;
const REASON_MAX = 500;

export interface ToolInventoryOptions {
  /** The daemon's own environment. */
  readonly env: Environment;
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
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #checked = new Map<string, Checked>();

  constructor(options: ToolInventoryOptions) {
    this.#env = options.env;
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

  async #verdict(profile: Profile, signal: AbortSignal | undefined): Promise<Verdict> {
    if (profile.always_available) return { available: true, reason: null, version: null };
    const env = agentEnvironment(profile, this.#env);
    const file = await findProgram(profile.binary, env['PATH']);
    if (file === null) {
      const where = profile.binary.includes('/') ? 'does not exist' : 'is not on the PATH of the daemon';
      return no(`${profile.binary} ${where}; install it, then rescan the host`);
    }
    const result = await this.#ask(file, env, signal);
    if (!result.ok) return no(`${profile.binary} --version ${result.reason}`);
    const missing = missingCredentials(profile, this.#env);
    return missing === null
      ? { available: true, reason: null, version: result.version }
      : no(missing, result.version);
  }

  async #ask(
    file: string,
    env: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<BinaryResult> {
    const found = await stat(file).catch(() => null);
    const stamp = found ? `${String(found.ino)}:${String(found.size)}:${String(found.mtimeMs)}` : '';
    const known = this.#checked.get(file);
    if (known?.stamp === stamp && known.result.ok) return known.result;
    const result = await checkVersion({ file, env, timeoutMs: this.#timeoutMs, clock: this.#clock, signal });
    this.#checked.set(file, { stamp, result });
    return result;
  }
}

/** What the agent will see of the daemon's environment; no telemetry for a question about a version. */
export function agentEnvironment(profile: Profile, base: Environment): Record<string, string> {
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

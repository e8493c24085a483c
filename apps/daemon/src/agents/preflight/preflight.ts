// Whether a spawn would work on this host, and the exact fix where it would not. Changes nothing.
import { homedir } from 'node:os';
import type { Profile } from '@roundhouse/profiles';
import { AppError, type McpServer, type PreflightCheck, type SessionOptions } from '@roundhouse/protocol';
import type { TrustStore } from '../../git/trust.js';
import { readMcpServers } from '../../inventory/mcp.js';
import { missingCredentials, type ToolInventory } from '../../inventory/tools.js';
import { confine } from '../../policy/confinement.js';
import type { LocalPolicy } from '../../policy/local-policy.js';
import { requireChoice } from '../../sessions/choice.js';
import { effectiveLimits, notEnforced, type Enforcement } from '../../sessions/limits/effective-limits.js';
import {
  freeBytesAt,
  requireRoom,
  roomFor,
  unknownRoom,
  type HostRoom,
} from '../../sessions/host-capacity.js';
import {
  authCheck,
  binaryCheck,
  diskCheck,
  failed,
  failedWith,
  limitsCheck,
  passed,
  roomWord,
  trustCheck,
  type CheckName,
} from './checks.js';

export interface PreflightRequest {
  readonly profile: string;
  readonly project: string;
  readonly worktree: boolean;
  readonly options: SessionOptions;
  readonly confirmBypass?: string | undefined;
}

export interface PreflightParts {
  readonly profileOf: (name: string) => Profile | undefined;
  readonly tools: Pick<ToolInventory, 'check' | 'find'>;
  readonly policy: LocalPolicy;
  readonly trust: TrustStore;
  readonly running: () => number;
  readonly room: () => Promise<HostRoom>;
  readonly enforcement: Enforcement;
  readonly stateDir: string;
  readonly baseEnv: NodeJS.ProcessEnv;
  /** Bytes that this user may still write there; null when it is not known. */
  readonly freeBytes?: (path: string) => Promise<number | null>;
}

export interface PreflightResult {
  readonly checks: PreflightCheck[];
  readonly mcp: McpServer[];
}

/** @throws AppError PROFILE_NOT_FOUND; everything else is a check */
export async function preflight(
  request: PreflightRequest,
  parts: PreflightParts,
  signal?: AbortSignal,
): Promise<PreflightResult> {
  const profile = parts.profileOf(request.profile);
  if (!profile) {
    throw new AppError('PROFILE_NOT_FOUND', { message: `This host has no profile ${request.profile}` });
  }
  const [agent, place] = await Promise.all([
    agentChecks(profile, parts, signal),
    placeChecks(request, profile, parts),
  ]);
  const host = hostChecks(request, profile, parts, await parts.room().catch(() => unknownRoom));
  return { checks: [...agent, ...place.checks, ...host], mcp: place.mcp };
}

async function agentChecks(
  profile: Profile,
  parts: PreflightParts,
  signal?: AbortSignal,
): Promise<PreflightCheck[]> {
  const auth = authCheck(profile, missingCredentials(profile, parts.baseEnv));
  try {
    return [await programCheck(profile, parts, auth.state !== 'failed', signal), auth];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'KEEPER_UNREACHABLE') throw error;
    return [failedWith('binary', error), auth];
  }
}

/** @param credentials whether those suffice: what missing ones say is another check's */
async function programCheck(
  profile: Profile,
  parts: PreflightParts,
  credentials: boolean,
  signal?: AbortSignal,
): Promise<PreflightCheck> {
  const { file } = (await parts.tools.find(profile)) ?? { file: null };
  if (file === null) return binaryCheck(profile, { file, version: null, complaint: null });
  const [told] = await parts.tools.check([profile], signal);
  const complaint = told?.available === false && credentials ? told.reason : null;
  return binaryCheck(profile, { file, version: told?.version ?? null, complaint });
}

async function placeChecks({ project, worktree }: PreflightRequest, profile: Profile, parts: PreflightParts) {
  const { policy, trust, stateDir, freeBytes = freeBytesAt } = parts;
  let path: string;
  try {
    ({ path } = await confine(project, policy.roots));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { checks: [failedWith('project', error)], mcp: [] };
  }
  const free = async (at: string) => ({ path: at, free: await freeBytes(at) });
  const asks = profile.trust !== undefined;
  const checks = [
    passed('project', path),
    trustCheck({ trusted: await trust.isTrusted(path), worktree, asks }),
    diskCheck(await Promise.all([free(path), free(stateDir)])),
  ];
  const home = parts.baseEnv['HOME'] ?? homedir();
  return { checks, mcp: await readMcpServers(profile, { cwd: path, home }) };
}

function hostChecks(
  request: PreflightRequest,
  profile: Profile,
  parts: PreflightParts,
  room: HostRoom,
): PreflightCheck[] {
  const { options, project, confirmBypass: confirm } = request;
  const { policy, running } = parts;
  return [
    attempt('capacity', roomWord(roomFor(room)), () => {
      requireRoom(room, 0);
    }),
    attempt('policy', 'The policy of the host allows it', () => {
      policy.check({ profile: profile.name }, running());
    }),
    limitsOf(request, profile, parts),
    attempt('options', 'The options fit the profile', () => {
      requireChoice({ profile, options, project, confirm, policy });
    }),
  ];
}

function limitsOf({ options }: PreflightRequest, profile: Profile, parts: PreflightParts): PreflightCheck {
  const { limits, notes } = effectiveLimits(options.limits ?? {}, profile, parts.policy.limitCeiling);
  return limitsCheck([...notes, ...notEnforced(limits, parts.enforcement)]);
}

function attempt(name: CheckName, good: string, check: () => void): PreflightCheck {
  try {
    check();
    return passed(name, good);
  } catch (error) {
    if (error instanceof AppError) return failedWith(name, error);
    return failed(name, 'It could not be checked', 'Look at the log of the daemon.');
  }
}

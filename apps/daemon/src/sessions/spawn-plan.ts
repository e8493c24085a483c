// From an order to spawn to what a keeper is started with: checks, worktree, directory, command, environment.
import { mkdir } from 'node:fs/promises';
import type { Clock } from '@roundhouse/kit';
import { resolveSpawn, type Profile } from '@roundhouse/profiles';
import { AppError, type SpawnOp } from '@roundhouse/protocol';
import { readGitFacts } from '../git/git-facts.js';
import type { TrustStore } from '../git/trust.js';
import type { Worktrees } from '../git/worktrees.js';
import { resolveAgent } from '../keeper/agent-binary.js';
import { KeeperFault } from '../keeper/keeper-fault.js';
import { telemetryMapOf } from '../otlp/telemetry-map.js';
import type { Telemetry } from '../otlp/telemetry.js';
import { newTelemetryToken } from '../otlp/token-registry.js';
import { confine } from '../policy/confinement.js';
import type { LocalPolicy } from '../policy/local-policy.js';
import { SessionDir, type SessionRecord } from './session-record.js';

export interface SpawnDependencies {
  readonly stateDir: string;
  readonly profileOf: (name: string) => Profile | undefined;
  readonly policy: LocalPolicy;
  readonly trust: TrustStore;
  /** A project has just been trusted: the hub is to hear of it. */
  readonly onTrusted: () => void;
  readonly worktrees: Worktrees;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** The daemon's own environment, of which an agent sees only what is allowed. */
  readonly baseEnv: NodeJS.ProcessEnv;
  /** Where another session runs, for a companion. */
  readonly cwdOf: (sessionId: string) => string | null;
}

export interface SpawnPlan {
  readonly cwd: string;
  readonly branch: string | null;
  readonly remoteUrl: string | null;
  readonly conversationId: string | null;
  readonly telemetryTokenHash: string | null;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Typed into the agent after its start; null when there is nothing to type. */
  readonly typeTask: string | null;
  /** A worktree was made for this epoch: removed again if the agent does not start. */
  readonly madeWorktree: boolean;
}

interface Place {
  readonly cwd: string;
  readonly madeWorktree: boolean;
}

/**
 * @param before the record of the epoch before, when the session is resumed
 * @throws AppError PROFILE_NOT_FOUND, PATH_OUTSIDE_ROOTS, DIRECTORY_MISSING, AGENT_NOT_FOUND, and those of `Worktrees.create`;
 * nothing is left behind then
 */
export async function planSpawn(
  op: SpawnOp,
  before: SessionRecord | null,
  deps: SpawnDependencies,
  signal: AbortSignal,
): Promise<SpawnPlan> {
  const profile = deps.profileOf(op.profile);
  if (!profile)
    throw new AppError('PROFILE_NOT_FOUND', { message: `This host has no profile ${op.profile}` });
  const { path: project, root } = await confine(op.project, deps.policy.roots);
  // Before anything is made: a missing agent leaves nothing behind.
  requireAgent(profile, project, deps.baseEnv);
  if (op.trust) {
    await deps.trust.trust(project);
    deps.onTrusted();
  }
  const place = await placeOf({ op, before, project, root }, deps, signal);
  try {
    return await command({ op, before, profile, place }, deps, signal);
  } catch (error) {
    if (place.madeWorktree) await undoWorktree(op.sessionId, deps);
    throw error;
  }
}

/** Takes back a worktree in which nothing has run. */
export async function undoWorktree(sessionId: string, { worktrees }: Pick<SpawnDependencies, 'worktrees'>) {
  await worktrees.remove({ sessionId, confirm: false }).catch(() => undefined);
}

function requireAgent(profile: Profile, cwd: string, env: NodeJS.ProcessEnv): void {
  try {
    resolveAgent({ program: profile.binary, cwd, path: env['PATH'] });
  } catch (error) {
    if (!(error instanceof KeeperFault)) throw error;
    const { code, message, hint } = error;
    throw new AppError(code, hint === undefined ? { message } : { message, hint });
  }
}

async function placeOf(
  at: { op: SpawnOp; before: SessionRecord | null; project: string; root: string },
  deps: SpawnDependencies,
  signal: AbortSignal,
): Promise<Place> {
  const { op, before, project, root } = at;
  if (before) {
    // The same conversation goes on where it was.
    if (before.cwd === null)
      throw new AppError('DIRECTORY_MISSING', { message: 'The session never had a directory' });
    return { cwd: (await confine(before.cwd, deps.policy.roots)).path, madeWorktree: false };
  }
  if (op.companionOf !== null) {
    const cwd = deps.cwdOf(op.companionOf);
    if (cwd === null)
      throw new AppError('DIRECTORY_MISSING', { message: 'The session to accompany has no directory' });
    return { cwd: (await confine(cwd, deps.policy.roots)).path, madeWorktree: false };
  }
  if (!op.worktree) return { cwd: project, madeWorktree: false };
  const { sessionId, profile, baseBranch } = op;
  const made = await deps.worktrees.create({ project, root, sessionId, profile, baseBranch }, signal);
  return { cwd: made.path, madeWorktree: true };
}

async function command(
  at: { op: SpawnOp; before: SessionRecord | null; profile: Profile; place: Place },
  deps: SpawnDependencies,
  signal: AbortSignal,
): Promise<SpawnPlan> {
  const { op, before, profile, place } = at;
  const { token, tokenHash } = newTelemetryToken();
  const source = { sessionId: op.sessionId, epoch: op.epoch };
  const endpoint = deps.telemetry.endpointFor(token);
  if (endpoint !== null) {
    const telemetry = profile.telemetry ? telemetryMapOf(profile.telemetry) : null;
    await deps.telemetry.register({ ...source, tokenHash, telemetry });
  }
  const fresh = op.mode === 'new' && profile.session_id !== undefined ? op.sessionId : null;
  const conversationId = before?.conversationId ?? fresh;
  const resolved = resolveSpawn(
    profile,
    {
      mode: op.mode,
      cwd: place.cwd,
      task: op.task,
      sessionId: op.sessionId,
      conversationId,
      otlpEndpoint: endpoint,
      otlpPort: deps.telemetry.status.port,
      tmpDir: await makeTmpDir(op.sessionId, deps),
    },
    deps.baseEnv,
  );
  const facts = await readGitFacts(place.cwd, { ...deps, signal }).catch(() => null);
  return {
    ...place,
    branch: facts?.branch ?? null,
    remoteUrl: facts?.remoteUrl ?? null,
    conversationId,
    telemetryTokenHash: endpoint === null ? null : tokenHash,
    argv: resolved.argv,
    env: resolved.env,
    typeTask: resolved.typeTask,
  };
}

/** Files of the session's own, which go when the session is forgotten. */
async function makeTmpDir(sessionId: string, { stateDir }: SpawnDependencies): Promise<string> {
  const { tmp } = new SessionDir(stateDir, sessionId);
  await mkdir(tmp, { recursive: true, mode: 0o700 });
  return tmp;
}

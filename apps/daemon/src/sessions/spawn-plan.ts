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
import { meaningOfProfile } from '../otlp/meaning.js';
import type { Telemetry } from '../otlp/telemetry.js';
import { newTelemetryToken } from '../otlp/token-registry.js';
import { confine } from '../policy/confinement.js';
import type { LocalPolicy } from '../policy/local-policy.js';
import type { PrepareAgent } from './agent-life.js';
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
  /** What is put together for this one process: hooks, settings, telemetry. */
  readonly prepareAgent: PrepareAgent;
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
  readonly overflow: Profile['overflow'];
  /** Typed into the agent after its start; null when there is nothing to type. */
  readonly typeTask: string | null;
  /** For a person: what of the profile could not be done. */
  readonly warnings: readonly string[];
}

/**
 * @param before the record of the epoch before, when the session is resumed
 * @throws AppError PROFILE_NOT_FOUND, PATH_OUTSIDE_ROOTS, DIRECTORY_MISSING, AGENT_NOT_FOUND, and those of
 * `Worktrees.create`. A worktree that was made by then is the caller's to take back.
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
  // The same conversation goes on where it was, whatever became of the project.
  const { path: project, root } = await confine(before?.cwd ?? op.project, deps.policy.roots);
  // Before anything is made: a missing agent leaves nothing behind.
  requireAgent(profile, project, deps.baseEnv);
  if (op.trust && !before) {
    await deps.trust.trust(project);
    deps.onTrusted();
  }
  const cwd = await placeOf({ op, before, project, root }, deps, signal);
  return command({ op, before, profile, cwd }, deps, signal);
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
): Promise<string> {
  const { op, before, project, root } = at;
  if (before) {
    if (before.cwd === null)
      throw new AppError('DIRECTORY_MISSING', { message: 'The session never had a directory' });
    return project;
  }
  if (op.companionOf !== null) {
    const cwd = deps.cwdOf(op.companionOf);
    if (cwd === null)
      throw new AppError('DIRECTORY_MISSING', { message: 'The session to accompany has no directory' });
    return (await confine(cwd, deps.policy.roots)).path;
  }
  if (!op.worktree) return project;
  const { sessionId, profile, baseBranch } = op;
  return (await deps.worktrees.create({ project, root, sessionId, profile, baseBranch }, signal)).path;
}

async function command(
  at: { op: SpawnOp; before: SessionRecord | null; profile: Profile; cwd: string },
  deps: SpawnDependencies,
  signal: AbortSignal,
): Promise<SpawnPlan> {
  const { op, before, profile, cwd } = at;
  const { token, tokenHash } = newTelemetryToken();
  const source = { sessionId: op.sessionId, epoch: op.epoch };
  const endpoint = deps.telemetry.endpointFor(token);
  // Also where the receiver is off: plugins and status lines tell by files.
  await deps.telemetry.register({ ...source, tokenHash, telemetry: meaningOfProfile(profile) });
  const fresh = op.mode === 'new' && profile.session_id !== undefined ? op.sessionId : null;
  const conversationId = before?.conversationId ?? fresh;
  const dir = new SessionDir(deps.stateDir, op.sessionId);
  await mkdir(dir.tmp, { recursive: true, mode: 0o700 });
  const project = before?.project ?? op.project;
  const otlpToken = endpoint === null ? null : token;
  const prepared = await deps.prepareAgent(
    { op, profile, cwd, project, dir, conversationId, otlpEndpoint: endpoint, otlpToken },
    signal,
  );
  const resolved = resolveSpawn(
    profile,
    {
      mode: op.mode,
      cwd,
      task: op.task,
      sessionId: op.sessionId,
      conversationId,
      otlpEndpoint: endpoint,
      otlpPort: deps.telemetry.status.port,
      tmpDir: dir.tmp,
      extraArgs: prepared.args,
      extraEnv: prepared.env,
    },
    deps.baseEnv,
  );
  const facts = await readGitFacts(cwd, { ...deps, signal }).catch(() => null);
  return {
    cwd,
    branch: facts?.branch ?? null,
    remoteUrl: facts?.remoteUrl ?? null,
    conversationId,
    telemetryTokenHash: tokenHash,
    argv: resolved.argv,
    env: resolved.env,
    overflow: profile.overflow,
    typeTask: resolved.typeTask,
    warnings: prepared.warnings,
  };
}

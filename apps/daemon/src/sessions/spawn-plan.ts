// From an order to spawn to what a keeper is started with: checks, worktree, directory, command, environment.
import type { Clock } from '@roundhouse/kit';
import type { Profile } from '@roundhouse/profiles';
import { AppError, type SpawnOp } from '@roundhouse/protocol';
import { readGitFacts } from '../git/git-facts.js';
import type { TrustStore } from '../git/trust.js';
import type { Worktrees } from '../git/worktrees.js';
import type { AgentPlace } from '../keeper-host/agent-place.js';
import { confine } from '../policy/confinement.js';
import { planCommand, type AgentCommand, type CommandDependencies } from './agent-command.js';
import type { SessionRecord } from './session-record.js';

export interface SpawnDependencies extends CommandDependencies {
  readonly profileOf: (name: string) => Profile | undefined;
  readonly trust: TrustStore;
  /** A project has just been trusted: the hub is to hear of it. */
  readonly onTrusted: () => void;
  readonly worktrees: Worktrees;
  readonly clock: Clock;
  /** Where agents run. */
  readonly place: Pick<AgentPlace, 'launch' | 'programs'>;
  /** Where another session runs, for a companion. */
  readonly cwdOf: (sessionId: string) => string | null;
}

export interface SpawnPlan extends AgentCommand {
  readonly cwd: string;
  readonly branch: string | null;
  readonly remoteUrl: string | null;
  readonly overflow: Profile['overflow'];
}

/**
 * @param before the record of the epoch before, when the session is resumed
 * @throws AppError PROFILE_NOT_FOUND, PATH_OUTSIDE_ROOTS, DIRECTORY_MISSING, AGENT_NOT_FOUND, KEEPER_UNREACHABLE, and
 * those of `Worktrees.create`. A worktree that was made by then is the caller's to take back.
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
  await deps.place.programs.require({ program: profile.binary, cwd: project, path: deps.baseEnv['PATH'] });
  if (op.trust && !before) {
    await deps.trust.trust(project);
    deps.onTrusted();
  }
  const cwd = await placeOf({ op, before, project, root }, deps, signal);
  const command = await planCommand({ op, before, profile, cwd }, deps, signal);
  const facts = await readGitFacts(cwd, { ...deps, signal }).catch(() => null);
  const { branch = null, remoteUrl = null } = facts ?? {};
  return { ...command, cwd, branch, remoteUrl, overflow: profile.overflow };
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

// Clients for a project and for a worktree of ours, and the few questions that several steps ask of them.
import { AppError } from '@roundhouse/protocol';
import type { Clock } from '@roundhouse/kit';
import { openGit, type GitClient } from './git-client.js';
import { checkBranchName } from './worktree-path.js';
import type { WorktreeRecord } from './worktree-journal.js';

export interface GitContext {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

export interface ProjectGit {
  readonly git: GitClient;
  /** Git directory of the project's own working tree. */
  readonly gitDir: string;
  /** Git directory of the main repository. */
  readonly commonDir: string;
}

/** A client for the top directory of a trusted project (main or linked working tree). @throws AppError NOT_A_REPOSITORY */
export async function openProject(project: string, context: GitContext): Promise<ProjectGit> {
  const git = await openGit({ directory: project, safeDirectories: [project], ...context });
  const args = ['rev-parse', '--path-format=absolute', '--show-toplevel', '--git-dir', '--git-common-dir'];
  const [top, gitDir, commonDir] = (await git.text(args)).split('\n');
  if (top !== project || gitDir === undefined || commonDir === undefined) {
    throw new AppError('NOT_A_REPOSITORY', {
      message: `${project} is not the top directory of a git repository`,
      hint: `Choose the project ${top ?? 'itself'}.`,
    });
  }
  return { git, gitDir, commonDir };
}

/** A client for a worktree of ours; its own `.git` file is not believed, an agent could have changed it. */
export function openWorktree(record: WorktreeRecord, context: GitContext): Promise<GitClient> {
  if (record.gitDir === null) throw notFound(record.sessionId);
  const env = { GIT_DIR: record.gitDir, GIT_WORK_TREE: record.path };
  return openGit({ directory: record.path, env, ...context });
}

export const notFound = (sessionId: string): AppError =>
  new AppError('WORKTREE_NOT_FOUND', { message: `The session ${sessionId} has no worktree` });

/** The commit that a full name or HEAD leads to, or null. */
export async function commitOf(git: GitClient, name: string): Promise<string | null> {
  const { exitCode, stdout } = await git.run([
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${name}^{commit}`,
  ]);
  return exitCode === 0 ? stdout.toString('utf8').trim() : null;
}

/** Commit of a base branch (local first, then `<remote>/<name>`), or of HEAD. @throws AppError BRANCH_INVALID, BRANCH_NOT_FOUND, NOT_A_REPOSITORY */
export async function baseCommit(git: GitClient, baseBranch: string | null): Promise<string> {
  if (baseBranch === null) {
    const head = await commitOf(git, 'HEAD');
    if (head !== null) return head;
    throw new AppError('NOT_A_REPOSITORY', {
      message: `The repository ${git.directory} has no commits yet, so it cannot have a worktree`,
      hint: 'Make a first commit (git commit --allow-empty -m "Start"), or start without a worktree.',
    });
  }
  checkBranchName(baseBranch);
  // In this form the name cannot be an option, which `check-ref-format --branch` would allow.
  const { exitCode } = await git.run(['check-ref-format', `refs/heads/${baseBranch}`]);
  if (exitCode !== 0) {
    throw new AppError('BRANCH_INVALID', {
      message: 'The base branch is no valid branch name',
      fields: [{ field: 'baseBranch', message: 'is no valid branch name' }],
    });
  }
  const commit =
    (await commitOf(git, `refs/heads/${baseBranch}`)) ?? (await commitOf(git, `refs/remotes/${baseBranch}`));
  if (commit !== null) return commit;
  throw new AppError('BRANCH_NOT_FOUND', {
    message: `There is no branch ${baseBranch}`,
    fields: [{ field: 'baseBranch', message: 'must be an existing branch' }],
  });
}

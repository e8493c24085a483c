// Branch, remote and distance from upstream for the directory that a session runs in.
import type { Clock } from '@roundhouse/kit';
import { findGitLayout, readGitHead, type GitLayout } from '../inventory/git-head.js';
import { openGit } from './git-client.js';
import { webUrl } from './remote-url.js';
import type { TrustStore } from './trust.js';
import type { Worktrees } from './worktrees.js';

export interface GitFacts {
  /** Top directory of the working tree. */
  readonly top: string;
  /** Checked-out branch, a short commit id when detached, null when it cannot be read. */
  readonly branch: string | null;
  /** Web address of origin without credentials; null in untrusted projects. */
  readonly remoteUrl: string | null;
  /** Commits ahead of and behind the upstream branch; null without one and in untrusted projects. */
  readonly upstream: { readonly ahead: number; readonly behind: number } | null;
}

export interface GitFactsOptions {
  readonly trust: TrustStore;
  readonly worktrees: Pick<Worktrees, 'list'>;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Facts for a directory, or null outside of a repository. Runs git in trusted projects and our worktrees only. */
export async function readGitFacts(cwd: string, options: GitFactsOptions): Promise<GitFacts | null> {
  const layout = await findGitLayout(cwd);
  if (!layout) return null;
  const branch = (await readGitHead(layout))?.branch ?? null;
  const facts = { top: layout.top, branch, remoteUrl: null, upstream: null };
  const env = await gitEnv(layout, options);
  if (!env) return facts;
  const { clock, signal } = options;
  const git = await openGit({
    directory: layout.top,
    clock,
    ...(signal ? { signal } : {}),
    ...env,
  });
  const remote = await git.run(['config', '--get', 'remote.origin.url']);
  const counts = await git.run(['rev-list', '--left-right', '--count', 'HEAD...@{upstream}', '--']);
  const [ahead, behind] = counts.stdout.toString('utf8').trim().split('\t').map(Number);
  return {
    ...facts,
    remoteUrl: remote.exitCode === 0 ? webUrl(remote.stdout.toString('utf8')) : null,
    upstream: counts.exitCode === 0 && ahead !== undefined && behind !== undefined ? { ahead, behind } : null,
  };
}

/** How git may be run here, or null when it may not. */
async function gitEnv(
  { top }: GitLayout,
  { trust, worktrees }: GitFactsOptions,
): Promise<{ env?: Record<string, string>; safeDirectories?: string[] } | null> {
  const own = worktrees.list().find(({ path }) => path === top);
  if (own?.gitDir != null && (await trust.isTrusted(own.project))) {
    return { env: { GIT_DIR: own.gitDir, GIT_WORK_TREE: own.path } };
  }
  return (await trust.isTrusted(top)) ? { safeDirectories: [top] } : null;
}

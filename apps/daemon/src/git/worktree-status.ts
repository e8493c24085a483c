// Says what a worktree holds that is nowhere else.
import { isClean, worktreeListMax, type WorktreeStatus } from '@roundhouse/protocol';
import type { GitClient } from './git-client.js';
import { displayPath, readContents, type WorktreeContents } from './worktree-contents.js';
import { commitOf } from './worktree-git.js';
import type { WorktreeRecord } from './worktree-journal.js';

export interface WorktreeState {
  readonly status: WorktreeStatus;
  readonly contents: WorktreeContents;
  /** Commits that the worktree holds, HEAD first: what a rescue keeps. */
  readonly tips: readonly string[];
  readonly clean: boolean;
}

/** Half-done merges, picks and rebases name their commits in these; a missing one is skipped. */
const pendingHeads = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'rebase-merge/orig-head',
];

/** Reads the state of a worktree of ours; `git` is its `openWorktree` client. */
export async function readState(record: WorktreeRecord, git: GitClient): Promise<WorktreeState> {
  const contents = await readContents(git);
  const tips = await tipsOf(record, git);
  const unmerged = await unmergedCommits(record, git, tips);
  const dirty = contents.dirty.map(displayPath);
  const untracked = [
    ...contents.untracked.map(displayPath),
    ...contents.nested.map((path) => `${displayPath(path)}/`),
  ];
  const head = (await git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'])).stdout.toString('utf8').trim();
  const status: WorktreeStatus = {
    path: record.path,
    branch: head === '' ? null : head,
    dirty: dirty.slice(0, worktreeListMax),
    untracked: untracked.slice(0, worktreeListMax),
    unmerged: unmerged.list,
    counts: {
      dirty: dirty.length,
      untracked: untracked.length,
      unmerged: unmerged.count,
      ignored: contents.ignored,
    },
  };
  return { status, contents, tips, clean: isClean(status) };
}

async function tipsOf(record: WorktreeRecord, git: GitClient): Promise<readonly string[]> {
  const names = ['HEAD', `refs/heads/${record.branch}`, ...pendingHeads];
  const commits = await Promise.all(names.map((name) => commitOf(git, name)));
  return [...new Set(commits.filter((commit) => commit !== null))];
}

/** Commits that only this worktree leads to: of no other branch, and not what it started from. */
async function unmergedCommits(
  record: WorktreeRecord,
  git: GitClient,
  tips: readonly string[],
): Promise<{ list: string[]; count: number }> {
  if (tips.length === 0) return { list: [], count: 0 };
  const base = (await commitOf(git, record.base)) === null ? [] : [record.base];
  const range = [...tips, '--not', ...base, ...otherRefs(record.branch)];
  const count = Number(await git.text(['rev-list', '--count', ...range, '--']));
  if (count === 0) return { list: [], count };
  const flags = [`--max-count=${String(worktreeListMax)}`, '--no-commit-header', '--format=%h %s'];
  const text = await git.text(['rev-list', ...flags, ...range, '--']);
  // eslint-disable-next-line no-control-regex -- control characters are what is removed
  const list = text.split('\n').map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' '));
  return { list, count };
}

/** All branches but one, for rev-list. The name is one of ours: without glob characters. */
export const otherRefs = (branch: string): readonly string[] => [
  `--exclude=${branch}`,
  '--branches',
  '--remotes',
];

// Removes a worktree so that no work is lost: refused, or rescued first.
import { lstat, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type WorktreeRemoved } from '@roundhouse/protocol';
import { waitForLocks } from './git-lock.js';
import type { GitClient } from './git-client.js';
import { commitOf, notFound, openProject, openWorktree, type GitContext } from './worktree-git.js';
import type { WorktreeJournal, WorktreeRecord } from './worktree-journal.js';
import { checkPlace, makePlace, removeEmpty } from './worktree-place.js';
import { rescue } from './worktree-rescue.js';
import { otherRefs, readState } from './worktree-status.js';

/** Where rescued work is kept; `git log <ref>` and `git checkout <ref> -- .` bring it back. */
const RESCUE_PREFIX = 'refs/roundhouse/rescue/';

/** @throws AppError WORKTREE_NOT_CLEAN (details: the status), GIT_LOCKED, WORKTREE_NOT_FOUND, PATH_OUTSIDE_ROOTS */
export async function removeWorktree(
  record: WorktreeRecord,
  confirm: boolean,
  options: RemoveOptions,
): Promise<WorktreeRemoved> {
  const { journal, context } = options;
  const { gitDir } = record;
  if (gitDir === null) throw notFound(record.sessionId);
  if (!(await lstat(gitDir).catch(() => null))) return forget(record, options);
  await checkUnlocked(gitDir, context);
  const restored = await restorePlace(record);
  await checkOwnPath(record);
  const git = await openWorktree(record, context);
  const { status, contents, tips, clean } = await readState(record, git);
  if (!clean && !confirm) {
    await removeEmpty(restored);
    throw new AppError('WORKTREE_NOT_CLEAN', { details: { ...status } });
  }
  const ref = clean ? null : rescueRef(record, context);
  if (ref !== null) {
    const message = `Rescue of ${record.branch} (session ${record.sessionId})`;
    await rescue({ git, contents, gitDir, ref, tips, message });
  }
  await removeFiles(record);
  const { git: main } = await openProject(record.project, context);
  await main.checked(['worktree', 'remove', '--force', '--', record.path]);
  const branchDeleted = await deleteBranch(record, main);
  await writeRemoved(record, { journal, context });
  return { rescueRef: ref, branchDeleted };
}

interface RemoveOptions {
  readonly journal: WorktreeJournal;
  readonly context: GitContext;
}

function writeRemoved(record: WorktreeRecord, { journal, context }: RemoveOptions): Promise<void> {
  return journal.append({ ...record, event: 'removed', at: new Date(context.clock.now()).toISOString() });
}

/** git knows the worktree no more (pruned by hand, or the repository is gone): no file is touched, the branch stays. */
async function forget(record: WorktreeRecord, options: RemoveOptions): Promise<WorktreeRemoved> {
  if (await lstat(record.path).catch(() => null)) {
    throw new AppError('NOT_A_REPOSITORY', {
      message: `git no longer knows the worktree ${record.path}, so what it holds cannot be told or rescued`,
      hint: `Save what you need from ${record.path} and remove that directory; then remove the worktree again.`,
    });
  }
  await writeRemoved(record, options);
  return { rescueRef: null, branchDeleted: false };
}

/** A directory that was removed by hand comes back empty: its index and commits can then be rescued as usual. */
async function restorePlace(record: WorktreeRecord): Promise<readonly string[]> {
  if (await lstat(record.path).catch(() => null)) return [];
  const parts = record.path.split('/');
  return makePlace(parts.slice(0, -3).join('/') || '/', parts.slice(-3));
}

async function checkUnlocked(gitDir: string, context: GitContext): Promise<void> {
  const locked = join(gitDir, 'locked');
  if (await lstat(locked).catch(() => null)) {
    throw new AppError('GIT_LOCKED', {
      message: `The worktree is locked by ${locked}`,
      hint: 'Run git worktree unlock on it first.',
      details: { file: locked, holder: null },
    });
  }
  await waitForLocks([join(gitDir, 'index.lock'), join(gitDir, 'HEAD.lock')], context.clock, context.signal);
}

/** The path must still be what we made: real directories down from the root, no link on the way. */
async function checkOwnPath(record: WorktreeRecord): Promise<void> {
  const parts = record.path.split('/');
  await checkPlace(parts.slice(0, -3).join('/') || '/', parts.slice(-3));
  const real = await realpath(record.path).catch(() => null);
  if (real === record.path) return;
  throw new AppError('PATH_OUTSIDE_ROOTS', {
    message: `${record.path} leads elsewhere`,
    hint: 'Put the directory back where it was.',
  });
}

function rescueRef({ sessionId }: WorktreeRecord, { clock }: GitContext): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:.]/g, '');
  return `${RESCUE_PREFIX}${sessionId}-${stamp}`;
}

async function removeFiles(record: WorktreeRecord): Promise<void> {
  try {
    await rm(record.path, { recursive: true, force: true });
  } catch (cause) {
    throw new AppError('GIT_FAILED', {
      message: `Not all files of ${record.path} could be removed: ${String(cause)}`,
      hint: 'Look at the owner and mode of that file, and remove the worktree again.',
      cause,
    });
  }
}

/** The branch goes only when all of it is merged, on a remote, tagged or rescued, and nobody has it checked out. */
async function deleteBranch({ branch }: WorktreeRecord, git: GitClient): Promise<boolean> {
  const full = `refs/heads/${branch}`;
  const tip = await commitOf(git, full);
  if (tip === null) return false;
  const usedBy = await git.text(['for-each-ref', '--format=%(worktreepath)', full]);
  if (usedBy !== '') return false;
  const kept = [...otherRefs(branch), '--tags', `--glob=${RESCUE_PREFIX}*`];
  const only = await git.text(['rev-list', '--count', tip, '--not', ...kept, '--']);
  if (only !== '0') return false;
  await git.checked(['update-ref', '-d', full, tip]);
  return true;
}

// Makes a worktree for a session, or leaves nothing behind.
import { chmod, lstat, readdir, realpath, rm, rmdir, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { readGitLayout, readSmallLine } from '../inventory/git-head.js';
import { CHECKOUT_TIMEOUT_MS } from './git-client.js';
import { noSpace } from './git-errors.js';
import { waitForLocks } from './git-lock.js';
import { baseCommit, commitOf, openProject, type GitContext, type ProjectGit } from './worktree-git.js';
import type { WorktreeJournal, WorktreeRecord } from './worktree-journal.js';
import { worktreeNames, type WorktreeNames } from './worktree-path.js';
import { excludePlace, makePlace, removeEmpty } from './worktree-place.js';

export interface CreateWorktree {
  /** Path of the trusted project. */
  readonly project: string;
  /** Root of the host that the worktree goes under. */
  readonly root: string;
  /** UUID of the session. */
  readonly sessionId: string;
  /** Name of the profile, for the branch. */
  readonly profile: string;
  /** Existing local or remote branch; the project's HEAD when absent. */
  readonly baseBranch?: string | null;
}

/** Room for metadata beside the files of a checkout, in bytes. */
const MARGIN_BYTES = 512 * 1024;

/** The checkout is a child of `git worktree add` and writes on for a while; tidying up before it ends is in vain. */
const CHECKOUT_GRACE_MS = 30_000;

interface Plan extends ProjectGit {
  readonly context: GitContext;
  readonly journal: WorktreeJournal;
  readonly names: WorktreeNames;
  readonly root: string;
  readonly record: WorktreeRecord;
}

/** `input.project` is the real path of a trusted project. @throws AppError; then nothing is left behind */
export async function createWorktree(
  input: CreateWorktree,
  journal: WorktreeJournal,
  context: GitContext,
): Promise<WorktreeRecord> {
  const root = await realpath(input.root).catch((cause: unknown) => {
    throw new AppError('DIRECTORY_MISSING', { message: `The root ${input.root} is gone`, cause });
  });
  const names = worktreeNames({ ...input, root });
  if (journal.get(input.sessionId)) {
    throw new AppError('CONFLICT', { message: `The session ${input.sessionId} has a worktree already` });
  }
  const project = await openProject(input.project, context);
  const baseBranch = input.baseBranch ?? null;
  const base = await baseCommit(project.git, baseBranch);
  // A held index lock means that a checkout, merge or commit is under way: HEAD and branches are moving.
  await waitForLocks([join(project.gitDir, 'index.lock')], context.clock, context.signal);
  // Looked at before the journal says that directory and branch are ours to remove again.
  if (await lstat(names.path).catch(() => null)) {
    throw new AppError('CONFLICT', { message: `The worktree directory ${names.path} exists already` });
  }
  if ((await commitOf(project.git, `refs/heads/${names.branch}`)) !== null) {
    throw new AppError('BRANCH_IN_USE', { message: `The branch ${names.branch} exists already` });
  }
  const record: WorktreeRecord = {
    event: 'intent',
    sessionId: input.sessionId,
    project: input.project,
    path: names.path,
    branch: names.branch,
    base,
    baseBranch,
    commonDir: project.commonDir,
    gitDir: null,
    at: new Date(context.clock.now()).toISOString(),
  };
  return build({ ...project, context, journal, names, root, record });
}

async function build(plan: Plan): Promise<WorktreeRecord> {
  const { git, journal, names, root, record, context } = plan;
  const undo: (() => Promise<unknown>)[] = [];
  try {
    await writeJournal(journal, record);
    const made = await makePlace(root, names.components);
    undo.push(() => removeEmpty(made));
    await excludePlace(root);
    undo.push(() => dropPartial(record, context));
    await git.checked([
      'update-ref',
      `refs/heads/${names.branch}`,
      record.base,
      '0'.repeat(record.base.length),
    ]);
    await git.checked(['worktree', 'add', '--no-guess-remote', '--', names.path, names.branch], {
      timeoutMs: CHECKOUT_TIMEOUT_MS,
      graceMs: CHECKOUT_GRACE_MS,
    });
    await chmod(names.path, 0o700);
    const created = { ...record, event: 'created' as const, gitDir: await gitDirOf(plan) };
    await writeJournal(journal, created);
    return created;
  } catch (error) {
    await tidy(undo, plan);
    if (await wantsSpace(plan, error)) throw noSpace(names.path, error);
    throw error;
  }
}

/** The journal forgets the worktree only when all of it is gone; else the next start of the daemon tries again. */
async function tidy(undo: readonly (() => Promise<unknown>)[], { journal, record }: Plan): Promise<void> {
  let done = true;
  for (const step of [...undo].reverse()) {
    await step().catch(() => {
      done = false;
    });
  }
  if (done) await journal.append({ ...record, event: 'removed' }).catch(() => undefined);
}

async function gitDirOf({ git, names, commonDir }: Plan): Promise<string> {
  const list = (await git.text(['worktree', 'list', '--porcelain', '-z'])).split('\0');
  if (!list.includes(`worktree ${names.path}`)) {
    throw new AppError('GIT_FAILED', { message: `git does not list the worktree ${names.path}` });
  }
  const layout = await readGitLayout(names.path);
  const real = await realpath(layout?.gitDir ?? names.path);
  if (!real.startsWith(`${await realpath(commonDir)}/worktrees/`)) {
    throw new AppError('GIT_FAILED', { message: `The worktree ${names.path} belongs to another repository` });
  }
  return real;
}

async function writeJournal(journal: WorktreeJournal, record: WorktreeRecord): Promise<void> {
  try {
    await journal.append(record);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') throw noSpace('state', cause);
    throw new AppError('GIT_FAILED', {
      message: `The journal of worktrees could not be written: ${String(cause)}`,
      hint: 'Make the state directory of the daemon writable.',
      cause,
    });
  }
}

/** Removes directory, metadata and branch of a worktree that no agent has seen. */
export async function dropPartial(record: WorktreeRecord, { clock }: GitContext): Promise<void> {
  await rm(record.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  // Not the signal of the caller: an aborted spawn must be tidied up, too.
  const { git } = await openProject(record.project, { clock });
  // Twice: git locks a worktree while it makes it.
  await git.run(['worktree', 'remove', '--force', '--force', '--', record.path]);
  await dropMetadata(record);
  await git.run(['update-ref', '-d', `refs/heads/${record.branch}`, record.base]);
}

/** What a git that was killed leaves behind: metadata of our path, or of no path yet. */
async function dropMetadata({ commonDir, path }: WorktreeRecord): Promise<void> {
  const parent = join(commonDir, 'worktrees');
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(basename(path)))) {
    const directory = join(parent, name);
    if (!(await lstat(directory)).isDirectory()) continue;
    const gitdir = await readSmallLine(join(directory, 'gitdir'));
    const begun = gitdir === null && (await lstat(join(directory, 'HEAD')).catch(() => null)) === null;
    if (begun || gitdir === join(path, '.git')) await rm(directory, { recursive: true });
  }
  await rmdir(parent).catch(() => undefined);
}

/** git does not always say why it could not write: then the size of the files is compared with the free space. */
async function wantsSpace({ git, root, record }: Plan, error: unknown): Promise<boolean> {
  if (!(error instanceof AppError) || error.code !== 'GIT_FAILED') return false;
  if (!/unable to (write|create)|could not write|write error|failed to write/i.test(error.message))
    return false;
  const fs = await statfs(root).catch(() => null);
  const sizes = await git.text(['ls-tree', '-r', '--format=%(objectsize)', record.base]).catch(() => '');
  const bytes = sizes.split('\n').reduce((sum, size) => sum + (Number(size) || 0), 0);
  return fs !== null && (bytes + MARGIN_BYTES > fs.bavail * fs.bsize || fs.ffree === 0);
}

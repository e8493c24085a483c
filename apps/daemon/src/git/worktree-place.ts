// Makes and checks the directories that worktrees lie in; never through a link.
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rmdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { findGitLayout, readSmallLine, type GitLayout } from '../inventory/git-head.js';
import { noSpace } from './git-errors.js';
import { WORKTREES_DIRECTORY } from './worktree-path.js';

/** Largest `info/exclude` that we add a line to, in bytes. */
const EXCLUDE_MAX_BYTES = 1024 * 1024;

const refused = (path: string, why: string): AppError =>
  new AppError('PATH_OUTSIDE_ROOTS', {
    message: `${path} ${why}`,
    hint: `Remove or rename ${path}: worktrees are made in real directories only.`,
  });

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/**
 * Makes root/components… with mode 0700, each checked to be a real directory of ours, the last one new.
 * Returns the directories that were made, outermost first; on failure these are removed again.
 * @throws AppError PATH_OUTSIDE_ROOTS (a link or a file in the way), CONFLICT (exists), NO_SPACE
 */
export async function makePlace(root: string, components: readonly string[]): Promise<readonly string[]> {
  const made: string[] = [];
  try {
    let path = root;
    for (const [index, component] of components.entries()) {
      path = join(path, component);
      if (await makeOne(path, index === components.length - 1)) made.push(path);
    }
    if ((await realpath(path)) !== path) throw refused(path, 'leads elsewhere');
    return made;
  } catch (error) {
    await removeEmpty(made);
    throw error;
  }
}

async function makeOne(path: string, mustBeNew: boolean): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'ENOSPC' || codeOf(cause) === 'EDQUOT') throw noSpace(path, cause);
    if (codeOf(cause) !== 'EEXIST') {
      throw new AppError('GIT_FAILED', { message: `${path} could not be made: ${String(cause)}`, cause });
    }
  }
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) throw refused(path, 'is a symbolic link');
  if (!stat.isDirectory()) throw refused(path, 'is not a directory');
  if (mustBeNew) throw new AppError('CONFLICT', { message: `The worktree directory ${path} exists already` });
  const uid = process.getuid?.();
  if (uid !== undefined && stat.uid !== uid) throw refused(path, 'belongs to another user');
  return false;
}

/** Throws unless every component below root still is a real directory. @throws AppError PATH_OUTSIDE_ROOTS */
export async function checkPlace(root: string, components: readonly string[]): Promise<void> {
  let path = root;
  for (const component of components) {
    path = join(path, component);
    const stat = await lstat(path).catch(() => null);
    if (stat?.isSymbolicLink()) throw refused(path, 'is a symbolic link');
    if (stat && !stat.isDirectory()) throw refused(path, 'is not a directory');
  }
}

/** Removes the directories, innermost first, that are empty; leaves the others. */
export async function removeEmpty(directories: readonly string[]): Promise<void> {
  for (const path of [...directories].reverse()) await rmdir(path).catch(() => undefined);
}

/**
 * When the root lies in a repository, has it ignore `.agent-worktrees` by `.git/info/exclude` (never by a
 * file of the project). @throws AppError GIT_FAILED when that file is a link or cannot be written
 */
export async function excludePlace(root: string): Promise<void> {
  const layout = await findGitLayout(root);
  if (!layout || !(await isOwnRepository(layout))) return;
  const inside = relative(layout.top, root);
  if (/[\r\n]/.test(inside)) return;
  const below = inside === '' ? '' : `${inside.replace(/[\\*?[\]!# ]/g, '\\$&')}/`;
  await appendLine(layout.commonDir, `/${below}${WORKTREES_DIRECTORY}/`);
}

/** A `.git` file could name any directory: git's own pointer back proves a real linked worktree. */
async function isOwnRepository({ top, gitDir, commonDir }: GitLayout): Promise<boolean> {
  if (commonDir === join(top, '.git')) return true;
  return (await readSmallLine(join(gitDir, 'gitdir'))) === join(top, '.git');
}

async function appendLine(commonDir: string, line: string): Promise<void> {
  const info = join(commonDir, 'info');
  const file = join(info, 'exclude');
  try {
    await mkdir(info).catch(() => undefined);
    if (!(await lstat(info)).isDirectory()) throw new Error('info is not a directory');
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await open(file, flags, 0o644);
    try {
      const { size } = await handle.stat();
      if (!(await handle.stat()).isFile() || size > EXCLUDE_MAX_BYTES) throw new Error('not a small file');
      const text = await handle.readFile('utf8');
      if (text.split('\n').includes(line)) return;
      const lead = text === '' || text.endsWith('\n') ? '' : '\n';
      await handle.write(`${lead}${line}\n`, size);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (codeOf(cause) === 'ENOSPC') throw noSpace(file, cause);
    throw new AppError('GIT_FAILED', {
      message: `${file} could not be written, so the worktree would show up in git status: ${String(cause)}`,
      hint: 'Make .git/info/exclude a regular file that the daemon may write.',
      cause,
    });
  }
}

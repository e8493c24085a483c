// Reads what a repository is from its files as text: git is never run, nothing outside is followed far.
import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** Most bytes read of any of these files; HEAD and .git files have one short line. */
const SMALL_FILE_BYTES = 4096;
/** Most parents looked at to find the top of a working tree. */
const PARENTS_MAX = 64;

export interface GitLayout {
  /** Top directory of the working tree (as given, not resolved). */
  readonly top: string;
  /** Git directory of this working tree; absolute. */
  readonly gitDir: string;
  /** Git directory shared by all working trees of the repository; absolute. */
  readonly commonDir: string;
  /** Top directory of the main repository when this is a linked worktree, else null. */
  readonly mainTop: string | null;
}

export interface GitHead {
  /** Checked-out branch, or the short commit id when detached. */
  readonly branch: string;
  readonly detached: boolean;
}

/**
 * First line of a small regular file; null when it is missing, a symlink, a device or too long.
 * Opened without following a link and without waiting, so that a FIFO in a repository cannot hang us.
 */
export async function readSmallLine(file: string): Promise<string | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (!handle) return null;
  try {
    if (!(await handle.stat()).isFile()) return null;
    const buffer = Buffer.alloc(SMALL_FILE_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, SMALL_FILE_BYTES, 0);
    if (bytesRead === SMALL_FILE_BYTES) return null;
    const line = buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0]?.trim() ?? '';
    return line === '' || line.includes('\0') ? null : line;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** The layout of the repository whose working tree has its top exactly here; null when there is none. */
export async function readGitLayout(top: string): Promise<GitLayout | null> {
  const dotGit = join(top, '.git');
  const stat = await lstat(dotGit).catch(() => null);
  if (stat?.isDirectory()) return { top, gitDir: dotGit, commonDir: dotGit, mainTop: null };
  if (!stat?.isFile()) return null;
  const line = await readSmallLine(dotGit);
  if (!line?.startsWith('gitdir: ')) return null;
  const gitDir = resolve(top, line.slice('gitdir: '.length));
  const common = await readSmallLine(join(gitDir, 'commondir'));
  if (common === null) return { top, gitDir, commonDir: gitDir, mainTop: null };
  const commonDir = isAbsolute(common) ? common : resolve(gitDir, common);
  return { top, gitDir, commonDir, mainTop: dirname(commonDir) };
}

/** The layout of the repository that a directory lies in: its own or that of the nearest parent. */
export async function findGitLayout(directory: string): Promise<GitLayout | null> {
  let current = await realpath(directory).catch(() => null);
  for (let step = 0; current !== null && step < PARENTS_MAX; step += 1) {
    const layout = await readGitLayout(current);
    if (layout) return layout;
    const parent = dirname(current);
    current = parent === current ? null : parent;
  }
  return null;
}

/** The branch that HEAD names, as text; null when it cannot be read or says nothing sensible. */
export async function readGitHead(layout: Pick<GitLayout, 'gitDir'>): Promise<GitHead | null> {
  const line = await readSmallLine(join(layout.gitDir, 'HEAD'));
  if (line === null) return null;
  const branch = /^ref:\s*refs\/heads\/([^\s\p{C}]{1,255})$/u.exec(line)?.[1];
  if (branch !== undefined) return { branch, detached: false };
  return /^[0-9a-f]{40,64}$/.test(line) ? { branch: line.slice(0, 8), detached: true } : null;
}

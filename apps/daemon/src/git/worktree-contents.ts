// What a worktree holds, read without filters and without trusting flags that hide changes.
import { lstat, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { GitClient } from './git-client.js';

/**
 * Paths are kept as latin1 strings, one character per byte, so that names that are not UTF-8 survive.
 * `displayPath` makes them readable, `fsPath` makes them usable.
 */
export type RawPath = string;
export const displayPath = (path: RawPath): string => Buffer.from(path, 'latin1').toString('utf8');
export const fsPath = (top: string, path: RawPath): Buffer =>
  Buffer.concat([Buffer.from(`${top}/`), Buffer.from(path, 'latin1')]);

export interface IndexEntry {
  readonly path: RawPath;
  readonly mode: string;
  readonly sha: string;
  readonly stage: number;
  /** assume-unchanged or skip-worktree: git status does not look at the file. */
  readonly hidden: boolean;
}

export interface WorktreeContents {
  readonly index: readonly IndexEntry[];
  /** Changed tracked files, staged or not, conflicts and hidden changes included. */
  readonly dirty: readonly RawPath[];
  readonly untracked: readonly RawPath[];
  /** Directories that hold a repository of their own, which git leaves out of everything. */
  readonly nested: readonly RawPath[];
  readonly ignored: number;
}

const GITLINK = '160000';

/** Reads index and working tree. `git` must have GIT_DIR and GIT_WORK_TREE of the worktree. */
export async function readContents(git: GitClient): Promise<WorktreeContents> {
  const status = await gitLines(git, [
    'status',
    '--porcelain=v2',
    '-z',
    '--no-renames',
    '--untracked-files=all',
    '--ignored=matching',
    '--ignore-submodules=dirty',
  ]);
  const index = (await gitLines(git, ['ls-files', '-z', '--stage', '-v'])).map(parseIndexLine);
  const { dirty, untracked, ignored } = parseStatus(status);
  const listed = new Set(dirty);
  const hidden = (await hiddenChanges(git, index)).filter((path) => !listed.has(path));
  const nested = new Set(untracked.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)));
  for (const path of await repositoriesWithin(git.directory, index)) nested.add(path);
  return {
    index,
    dirty: [...dirty, ...hidden],
    untracked: untracked.filter((path) => !path.endsWith('/')),
    nested: [...nested],
    ignored,
  };
}

async function gitLines(git: GitClient, args: readonly string[]): Promise<string[]> {
  const { stdout } = await git.checked(args);
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((line) => line !== '');
}

function parseStatus(lines: readonly string[]): { dirty: RawPath[]; untracked: RawPath[]; ignored: number } {
  const dirty: RawPath[] = [];
  const untracked: RawPath[] = [];
  let ignored = 0;
  for (const line of lines) {
    if (line.startsWith('? ')) untracked.push(line.slice(2));
    else if (line.startsWith('! ')) ignored += 1;
    else dirty.push(fieldsAfter(line, line.startsWith('u ') ? 10 : 8));
  }
  return { dirty, untracked, ignored };
}

/** What follows the first `count` fields; a path may hold spaces. */
function fieldsAfter(line: string, count: number): string {
  let at = 0;
  for (let field = 0; field < count; field += 1) at = line.indexOf(' ', at) + 1;
  return line.slice(at);
}

function parseIndexLine(line: string): IndexEntry {
  const tab = line.indexOf('\t');
  const [tag = '', mode = '', sha = '', stage = '0'] = line.slice(0, tab).split(' ');
  const hidden = tag === 'S' || tag === tag.toLowerCase();
  return { path: line.slice(tab + 1), mode, sha, stage: Number(stage), hidden };
}

async function hiddenChanges(git: GitClient, index: readonly IndexEntry[]): Promise<RawPath[]> {
  const changed: RawPath[] = [];
  const regular: IndexEntry[] = [];
  for (const entry of index.filter(({ hidden, mode }) => hidden && mode !== GITLINK)) {
    const stat = await lstat(fsPath(git.directory, entry.path)).catch(() => null);
    if (stat?.isFile() && entry.mode !== '120000') regular.push(entry);
    else if (stat) changed.push(entry.path);
  }
  const shas = await hashFiles(
    git,
    regular.map(({ path }) => fsPath(git.directory, path)),
    false,
  );
  for (const [at, entry] of regular.entries()) if (shas[at] !== entry.sha) changed.push(entry.path);
  return changed;
}

/** Submodules that are filled, and repositories made inside tracked directories. */
async function repositoriesWithin(top: string, index: readonly IndexEntry[]): Promise<RawPath[]> {
  const candidates = new Set<RawPath>();
  for (const { path, mode } of index) {
    if (mode === GITLINK) candidates.add(path);
    for (let parent = dirname(path); parent !== '.' && !candidates.has(parent); parent = dirname(parent)) {
      candidates.add(parent);
    }
  }
  const found: RawPath[] = [];
  for (const path of candidates) {
    const stat = await lstat(fsPath(top, `${path}/.git`)).catch(() => null);
    if (stat && (await insideReally(top, `${path}/.git`))) found.push(path);
  }
  return found;
}

/** False when a parent of the path is a link: the file is then not of this worktree. */
export async function insideReally(top: string, path: RawPath): Promise<boolean> {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return true;
  const parent = fsPath(top, path.slice(0, slash));
  const real = await realpath(parent, 'buffer').catch(() => null);
  return real?.equals(parent) ?? false;
}

/** Object ids of files as they are, without any filter; written to the repository when asked to. */
export async function hashFiles(
  git: GitClient,
  files: readonly Buffer[],
  write: boolean,
  options: { readonly timeoutMs?: number; readonly config?: readonly string[] } = {},
): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const args = ['hash-object', '-t', 'blob', '--no-filters', '--stdin-paths', ...(write ? ['-w'] : [])];
  const input = Buffer.from(`${files.map(quotePath).join('\n')}\n`, 'latin1');
  return (await git.text(args, { ...options, input })).split('\n');
}

/** git's C-style quoting: every byte as octal, so that no name can be misread. */
function quotePath(path: Buffer): string {
  return `"${[...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}"`;
}

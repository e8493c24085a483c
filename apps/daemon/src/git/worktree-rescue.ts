// Keeps everything that a worktree holds as one commit under refs/roundhouse/rescue, byte for byte.
import { lstat, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@roundhouse/protocol';
import { RESCUE_TIMEOUT_MS, type GitClient, type GitRunOptions } from './git-client.js';
import {
  fsPath,
  hashFiles,
  insideReally,
  type IndexEntry,
  type RawPath,
  type WorktreeContents,
} from './worktree-contents.js';

/** Objects reach the disk before the worktree goes; odd names are allowed, as nothing is checked out. */
const rescueConfig = ['core.fsync=committed', 'core.protectNTFS=false', 'core.protectHFS=false'];
const runOptions: GitRunOptions = { timeoutMs: RESCUE_TIMEOUT_MS, config: rescueConfig };

export interface RescueInput {
  /** Client with GIT_DIR and GIT_WORK_TREE of the worktree. */
  readonly git: GitClient;
  readonly contents: WorktreeContents;
  /** Git directory of the worktree; holds `modules` when submodules were filled. */
  readonly gitDir: string;
  /** Full name of the ref to make. */
  readonly ref: string;
  /** Commits to keep besides HEAD: branch tip, MERGE_HEAD and the like. */
  readonly tips: readonly string[];
  readonly message: string;
}

interface TreeEntry {
  readonly mode: string;
  readonly sha: string;
}
interface Found {
  /** Where it goes in the tree. */
  readonly path: RawPath;
  readonly file: Buffer;
}

/**
 * Makes the rescue commit and its ref. Its tree is the working tree: tracked files as they are on disk,
 * untracked files that are not ignored, and repositories inside it whole, with each `.git` stored as
 * `dot-git`. Its parents: HEAD, then a commit of the index (conflict stages under `conflict-stage-N/`), then `tips`.
 * Empty directories and file times are not kept. @throws AppError GIT_FAILED, NO_SPACE; then no ref exists
 */
export async function rescue(input: RescueInput): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'roundhouse-rescue-'));
  try {
    const { git, contents, tips, message, ref } = input;
    const indexTree = await writeTree(git, indexEntries(contents.index), join(scratch, 'index-staged'));
    const workTree = await writeTree(git, await workEntries(input, scratch), join(scratch, 'index-work'));
    const head = tips.slice(0, 1);
    const staged = await commit(git, indexTree, head, `${message}\n\nThe index.`);
    const whole = await commit(git, workTree, [...new Set([...head, staged, ...tips])], message);
    await git.checked(
      ['update-ref', '-m', 'roundhouse: rescue', ref, whole, '0'.repeat(whole.length)],
      runOptions,
    );
    const kept = await git.text(['rev-parse', '--verify', `${ref}^{tree}`]);
    if (kept !== workTree)
      throw new AppError('GIT_FAILED', { message: `The rescue ref ${ref} is not readable` });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function commit(
  git: GitClient,
  tree: string,
  parents: readonly string[],
  message: string,
): Promise<string> {
  const flags = parents.flatMap((parent) => ['-p', parent]);
  return git.text(['commit-tree', ...flags, tree], { ...runOptions, input: Buffer.from(`${message}\n`) });
}

async function writeTree(
  git: GitClient,
  entries: ReadonlyMap<RawPath, TreeEntry>,
  indexFile: string,
): Promise<string> {
  const options = { ...runOptions, env: { GIT_INDEX_FILE: indexFile } };
  const lines = [...entries].map(([path, { mode, sha }]) => `${mode} ${sha} 0\t${path}\0`);
  const input = Buffer.from(lines.join(''), 'latin1');
  if (lines.length > 0) await git.checked(['update-index', '-z', '--index-info'], { ...options, input });
  return git.text(['write-tree', '--missing-ok'], options);
}

function indexEntries(index: readonly IndexEntry[]): Map<RawPath, TreeEntry> {
  const entries = new Map<RawPath, TreeEntry>();
  for (const { path, mode, sha } of index.filter((entry) => entry.stage === 0)) {
    entries.set(path, { mode, sha });
  }
  const prefix = freePrefix(entries, 'conflict-stage');
  for (const { path, mode, sha, stage } of index.filter((entry) => entry.stage !== 0)) {
    entries.set(`${prefix}-${String(stage)}/${path}`, { mode, sha });
  }
  return entries;
}

async function workEntries(input: RescueInput, scratch: string): Promise<Map<RawPath, TreeEntry>> {
  const { git, contents, gitDir } = input;
  const entries = new Map<RawPath, TreeEntry>();
  for (const { path, mode, sha, stage } of contents.index) if (stage === 0) entries.set(path, { mode, sha });
  const changed = [...contents.dirty, ...contents.untracked];
  for (const path of changed) entries.delete(path);
  const found: Found[] = [];
  const nested = new Set(contents.nested);
  for (const path of changed) {
    if (nested.has(path)) continue;
    if (await insideReally(git.directory, path)) found.push({ path, file: fsPath(git.directory, path) });
  }
  for (const [path, entry] of await readFound(git, found, scratch)) entries.set(path, entry);
  const more: Found[] = [];
  for (const path of contents.nested) {
    if (entries.get(path)?.mode === '160000') entries.delete(path);
    await walk(entries, fsPath(git.directory, path), path, more);
  }
  const modules = Buffer.from(join(gitDir, 'modules'));
  if (await lstat(modules).catch(() => null))
    await walk(entries, modules, freePrefix(entries, 'dot-git-modules'), more);
  for (const [path, entry] of await readFound(git, more, scratch)) entries.set(path, entry);
  return entries;
}

/** Blobs for what is found: files by content, links by target; what is gone or special has no bytes to keep. */
async function readFound(
  git: GitClient,
  found: readonly Found[],
  scratch: string,
): Promise<Map<RawPath, TreeEntry>> {
  const todo: { path: RawPath; mode: string; file: Buffer }[] = [];
  const links = await mkdtemp(join(scratch, 'links-'));
  for (const { path, file } of found) {
    const stat = await lstat(file).catch(missing);
    if (stat?.isFile()) todo.push({ path, mode: stat.mode & 0o100 ? '100755' : '100644', file });
    if (!stat?.isSymbolicLink()) continue;
    const copy = join(links, String(todo.length));
    await writeFile(copy, await readlink(file, 'buffer'));
    todo.push({ path, mode: '120000', file: Buffer.from(copy) });
  }
  const shas = await hashFiles(
    git,
    todo.map(({ file }) => file),
    true,
    runOptions,
  );
  const entries = new Map<RawPath, TreeEntry>();
  for (const [at, { path, mode }] of todo.entries()) {
    const sha = shas[at];
    if (sha === undefined) throw new AppError('GIT_FAILED', { message: 'git hashed too few files' });
    entries.set(path, { mode, sha });
  }
  return entries;
}

/** Every file and link below a directory, `.git` included (stored as `dot-git`); links are not followed. */
async function walk(
  taken: ReadonlyMap<RawPath, TreeEntry>,
  directory: Buffer,
  path: RawPath,
  into: Found[],
): Promise<void> {
  const names = await readdir(directory, 'buffer').catch(missing);
  const raw = new Set((names ?? []).map((name) => name.toString('latin1')));
  for (const name of raw) {
    let stored = /^\.git$/i.test(name) ? 'dot-git' : name;
    while (stored !== name && raw.has(stored)) stored += '_';
    const file = Buffer.concat([directory, Buffer.from(`/${name}`, 'latin1')]);
    const target = `${path}/${stored}`;
    const stat = await lstat(file).catch(missing);
    if (stat?.isDirectory()) await walk(taken, file, target, into);
    else if (!taken.has(target) || stored !== name) into.push({ path: target, file });
  }
}

/** The name, or the name with `_` appended until nothing of the tree starts with it. */
function freePrefix(entries: ReadonlyMap<RawPath, TreeEntry>, name: string): string {
  const taken = [...entries.keys()].some((path) => path.startsWith(name));
  return taken ? freePrefix(entries, `${name}_`) : name;
}

function missing(error: unknown): null {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
    return null;
  throw error;
}

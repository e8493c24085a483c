// Which branch is checked out where a session works: asked every few seconds, for each of them, without running git.
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '@roundhouse/kit';
import { findGitLayout, readGitHead } from './git-head.js';

/** A repository that was made further down, or moved, is seen after so long, ms. */
const lookAgainMs = 60_000;

export interface Place {
  /** False when the directory is gone. */
  readonly exists: boolean;
  /** Null outside of a repository. */
  readonly branch: string | null;
}

interface Known {
  readonly branch: string | null;
  readonly head: string;
  /** Git replaces the file with each change: the same node, unchanged, says the same. */
  readonly mark: string;
  /** Monotonic ms. */
  readonly at: number;
}

export class BranchWatch {
  readonly #clock: Clock;
  #known: Known | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async look(directory: string): Promise<Place> {
    const found = await stat(directory).catch(() => null);
    if (!found?.isDirectory()) return { exists: false, branch: null };
    const known = this.#known;
    const isFresh = known !== null && this.#clock.monotonic() - known.at < lookAgainMs;
    if (isFresh && (await markOf(known.head)) === known.mark) return { exists: true, branch: known.branch };
    return { exists: true, branch: await this.#read(directory) };
  }

  async #read(directory: string): Promise<string | null> {
    this.#known = null;
    const layout = await findGitLayout(directory).catch(() => null);
    if (!layout) return null;
    const head = path.join(layout.gitDir, 'HEAD');
    // Before it is read: a change in between is seen the next time.
    const mark = await markOf(head);
    const branch = (await readGitHead(layout))?.branch ?? null;
    if (mark !== null) this.#known = { branch, head, mark, at: this.#clock.monotonic() };
    return branch;
  }
}

async function markOf(file: string): Promise<string | null> {
  const found = await lstat(file, { bigint: true }).catch(() => null);
  return found && [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
}

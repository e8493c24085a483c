// The worktrees of this host's sessions: create, look at, remove. Nothing is ever removed behind one's back.
import { AppError, type WorktreeRemoved, type WorktreeStatus } from '@roundhouse/protocol';
import type { Clock } from '@roundhouse/kit';
import type { TrustStore } from './trust.js';
import { createWorktree, dropPartial, type CreateWorktree } from './worktree-create.js';
import { notFound, openWorktree, type GitContext } from './worktree-git.js';
import { WorktreeJournal, type WorktreeRecord } from './worktree-journal.js';
import { removeWorktree } from './worktree-remove.js';
import { readState } from './worktree-status.js';

export interface WorktreesOptions {
  /** The daemon's state directory; `worktrees.jsonl` is kept there. */
  readonly stateDir: string;
  readonly trust: TrustStore;
  readonly clock: Clock;
  /** True while a session runs in its worktree: then it cannot be removed. */
  readonly isRunning: (sessionId: string) => boolean;
}

export interface RemoveWorktree {
  readonly sessionId: string;
  /** The person has seen the list and wants the worktree gone; a rescue ref is kept. */
  readonly confirm: boolean;
}

/** Owner of all worktrees below this host's roots. Made by `Worktrees.open`. */
export class Worktrees {
  readonly #options: WorktreesOptions;
  readonly #journal: WorktreeJournal;
  /** One operation at a time for each session. */
  readonly #busy = new Map<string, Promise<unknown>>();

  private constructor(options: WorktreesOptions, journal: WorktreeJournal) {
    this.#options = options;
    this.#journal = journal;
  }

  /** Reads the journal, and tidies up what an earlier daemon began to make but never handed out. */
  static async open(options: WorktreesOptions): Promise<Worktrees> {
    const journal = await WorktreeJournal.open(options.stateDir);
    for (const record of journal.list().filter(({ event }) => event === 'intent')) {
      if (!(await options.trust.isTrusted(record.project))) continue;
      await dropPartial(record, options)
        .then(() => journal.append({ ...record, event: 'removed' }))
        .catch(() => undefined);
    }
    return new Worktrees(options, journal);
  }

  /**
   * Makes a worktree with a branch of its own; never falls back to the project's directory.
   * @throws AppError PROJECT_UNTRUSTED, NOT_A_REPOSITORY, BRANCH_INVALID, BRANCH_NOT_FOUND, BRANCH_IN_USE,
   * PATH_OUTSIDE_ROOTS, CONFLICT, GIT_LOCKED, NO_SPACE, TIMEOUT, GIT_FAILED; nothing is left behind then
   */
  create(input: CreateWorktree, signal?: AbortSignal): Promise<WorktreeRecord> {
    return this.#alone(input.sessionId, async () => {
      const project = await this.#options.trust.requireTrusted(input.project);
      return createWorktree({ ...input, project }, this.#journal, this.#context(signal));
    });
  }

  /** The worktree of a session, or null. */
  get(sessionId: string): WorktreeRecord | null {
    const record = this.#journal.get(sessionId);
    return record?.event === 'created' ? record : null;
  }

  /** All worktrees that were handed out and not removed. */
  list(): readonly WorktreeRecord[] {
    return this.#journal.list().filter(({ event }) => event === 'created');
  }

  /** @throws AppError WORKTREE_NOT_FOUND, PROJECT_UNTRUSTED, DIRECTORY_MISSING, GIT_FAILED, TIMEOUT */
  status(sessionId: string, signal?: AbortSignal): Promise<WorktreeStatus> {
    return this.#alone(sessionId, async () => {
      const record = await this.#trusted(sessionId);
      const git = await openWorktree(record, this.#context(signal));
      return (await readState(record, git)).status;
    });
  }

  /**
   * Removes a worktree that is clean, or, when confirmed, rescues everything first. Ignored files go.
   * @throws AppError SESSION_RUNNING, WORKTREE_NOT_CLEAN (`details` is the status), GIT_LOCKED, …
   */
  remove({ sessionId, confirm }: RemoveWorktree, signal?: AbortSignal): Promise<WorktreeRemoved> {
    return this.#alone(sessionId, async () => {
      const record = await this.#trusted(sessionId);
      if (this.#options.isRunning(sessionId)) throw new AppError('SESSION_RUNNING');
      return removeWorktree(record, confirm, { journal: this.#journal, context: this.#context(signal) });
    });
  }

  async #trusted(sessionId: string): Promise<WorktreeRecord> {
    const record = this.get(sessionId);
    if (!record) throw notFound(sessionId);
    await this.#options.trust.requireTrusted(record.project);
    return record;
  }

  #context(signal: AbortSignal | undefined): GitContext {
    return { clock: this.#options.clock, ...(signal ? { signal } : {}) };
  }

  async #alone<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#busy.get(sessionId) ?? Promise.resolve();
    const run = before.then(work, work);
    this.#busy.set(sessionId, run);
    try {
      return await run;
    } finally {
      if (this.#busy.get(sessionId) === run) this.#busy.delete(sessionId);
    }
  }
}

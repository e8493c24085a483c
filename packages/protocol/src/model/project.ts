// A project: a git repository under a host's roots; and the state of a worktree.
import { z } from 'zod';
import { pathSchema } from './common.js';

export const projectInfoSchema = z.object({
  path: pathSchema,
  name: z.string().max(255),
  /** Checked-out branch, a short commit id when detached, null when it cannot be read. */
  branch: z.string().max(255).nullable(),
  /** Web address of origin, without credentials. */
  remoteUrl: z.string().max(2048).nullable(),
  /** Path of the main repository when this is a linked worktree. */
  worktreeOf: pathSchema.nullable(),
  /** Trusted once by a person; git runs only in trusted projects. */
  trusted: z.boolean(),
});
export type ProjectInfo = z.infer<typeof projectInfoSchema>;

/** Longest lists of files and commits that are told; the counts stay exact. */
export const worktreeListMax = 200;

export const worktreeStatusSchema = z.object({
  path: pathSchema,
  branch: z.string().nullable(),
  /** Changed tracked files, staged or not. */
  dirty: z.array(z.string()),
  untracked: z.array(z.string()),
  /** Commits that no other branch holds: `<short id> <subject>`. */
  unmerged: z.array(z.string()),
  counts: z.object({
    dirty: z.int().nonnegative(),
    untracked: z.int().nonnegative(),
    unmerged: z.int().nonnegative(),
    ignored: z.int().nonnegative(),
  }),
});
export type WorktreeStatus = z.infer<typeof worktreeStatusSchema>;

export const isClean = ({ counts }: WorktreeStatus): boolean =>
  counts.dirty === 0 && counts.untracked === 0 && counts.unmerged === 0;

export const worktreeRemovedSchema = z.object({
  /** Ref that keeps everything that was nowhere else; null when there was nothing. */
  rescueRef: z.string().nullable(),
  branchDeleted: z.boolean(),
});
export type WorktreeRemoved = z.infer<typeof worktreeRemovedSchema>;

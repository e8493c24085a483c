// Names of worktrees and branches: made from our ids and cleaned names; and the rules for a base branch.
import { basename, join } from 'node:path';
import { AppError } from '@roundhouse/protocol';

/** Directory under a root that holds all worktrees. */
export const WORKTREES_DIRECTORY = '.agent-worktrees';
/** Longest cleaned project or profile name, in characters; leaves room in a path of 4096 bytes. */
const NAME_MAX = 64;
/** Longest base branch in bytes: git keeps a branch as a file whose name may have 255. */
const BRANCH_MAX_BYTES = 250;

export interface WorktreeNames {
  /** Absolute; `<root>/.agent-worktrees/<project>/<short id>`. */
  readonly path: string;
  /** `agent/<profile>-<short id>`. */
  readonly branch: string;
  /** Path components under the root, outermost first. */
  readonly components: readonly [string, string, string];
}

/** First eight characters of a session's UUID. @throws AppError VALIDATION_FAILED when it is no UUID. */
export function shortId(sessionId: string): string {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(sessionId)) {
    throw new AppError('VALIDATION_FAILED', {
      fields: [{ field: 'sessionId', message: 'must be a UUID' }],
    });
  }
  return sessionId.slice(0, 8).toLowerCase();
}

/** Keeps ASCII letters, digits, `_`, `-` and single inner dots; anything else becomes `-`. */
export function cleanName(name: string, fallback: string): string {
  const clean = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .slice(0, NAME_MAX)
    .replace(/^[.-]+|[.-]+$/g, '')
    .replace(/\.lock$/i, '-lock');
  return clean === '' || /^git$/i.test(clean) ? fallback : clean;
}

export interface WorktreeNamesInput {
  /** Real path of the root. */
  readonly root: string;
  readonly project: string;
  readonly profile: string;
  readonly sessionId: string;
}

export function worktreeNames({ root, project, profile, sessionId }: WorktreeNamesInput): WorktreeNames {
  const id = shortId(sessionId);
  const components = [WORKTREES_DIRECTORY, cleanName(basename(project), 'project'), id] as const;
  return {
    path: join(root, ...components),
    branch: `agent/${cleanName(profile, 'agent')}-${id}`,
    components,
  };
}

/**
 * Refuses a base branch that is no plain branch name, before git sees it: options, revisions (`a..b`, `@{-1}`,
 * `x^`, `a:b`), control, direction and invisible characters. @throws AppError BRANCH_INVALID
 */
export function checkBranchName(name: string): void {
  const problem = branchProblem(name);
  if (problem === null) return;
  throw new AppError('BRANCH_INVALID', {
    message: `The base branch ${problem}`,
    fields: [{ field: 'baseBranch', message: problem }],
  });
}

function branchProblem(name: string): string | null {
  if (name === '') return 'must not be empty';
  if (Buffer.byteLength(name) > BRANCH_MAX_BYTES)
    return `must have at most ${String(BRANCH_MAX_BYTES)} bytes`;
  if (name.startsWith('-')) return 'must not start with "-"';
  // Control, format (zero width, direction), private, surrogate and any kind of space.
  if (/[\p{C}\p{Z}]/u.test(name)) return 'must not hold spaces, control or invisible characters';
  if (/[~^:?*[\\]|\.\.|@\{|\/\//.test(name)) return 'must not hold any of ~ ^ : ? * [ \\ .. @{ //';
  if (name === '@' || name.startsWith('/') || /[/.]$/.test(name)) return 'must be a branch name';
  if (name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'))) {
    return 'must not have a part that starts with "." or ends in ".lock"';
  }
  return null;
}

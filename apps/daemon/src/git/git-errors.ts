// Turns what git said into typed errors. The texts are git's own in the C locale (checked with 2.39).
import { AppError } from '@roundhouse/protocol';

export interface GitFailure {
  /** The subcommand, for the message. */
  readonly command: string;
  readonly exitCode: number;
  readonly stderr: string;
}

/** Longest excerpt of git's words in a message, in characters. */
const EXCERPT_MAX = 400;

/** The lock file that git could not take, or null. */
export function lockFileOf(stderr: string): string | null {
  return /Unable to create '([^'\n]+\.lock)': File exists/.exec(stderr)?.[1] ?? null;
}

/** First meaningful lines of git's stderr, on one line, without control characters or credentials. */
export function excerpt(stderr: string): string {
  const clean = stderr
    .replace(/\/\/[^/@\s]+@/g, '//')
    .split(/[\r\n]+/)
    // eslint-disable-next-line no-control-regex -- control characters are what is removed
    .map((line) => line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').trim())
    .filter((line) => line !== '' && !line.startsWith('hint:') && !line.startsWith('Preparing worktree'));
  return clean.slice(-3).join('; ').slice(0, EXCERPT_MAX);
}

export const noSpace = (where: string, cause?: unknown): AppError =>
  new AppError('NO_SPACE', { message: `The disk is full: ${where}`, cause });

/** The typed error for a failed git call. */
export function gitError(failure: GitFailure): AppError {
  const { command, stderr } = failure;
  const words = excerpt(stderr);
  const lock = lockFileOf(stderr);
  if (lock !== null) return lockedError(lock, null);
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) return noSpace(words);
  if (/detected dubious ownership/.test(stderr)) {
    return new AppError('NOT_A_REPOSITORY', {
      message: `git refuses this repository because another user owns it: ${words}`,
      hint: 'Run the daemon as the owner of the repository, or change the owner of the files.',
    });
  }
  if (/not a git repository|not a working tree|invalid gitfile format/i.test(stderr)) {
    return new AppError('NOT_A_REPOSITORY', { message: words });
  }
  if (/is already (checked out|used by worktree)|branch named .* already exists/i.test(stderr)) {
    return new AppError('BRANCH_IN_USE', { message: words });
  }
  if (/reference already exists|cannot lock ref .* exists; cannot create/i.test(stderr)) {
    return new AppError('BRANCH_IN_USE', {
      message: words,
      hint: 'Rename or delete the branch that is in the way.',
    });
  }
  if (/is not a valid branch name|invalid refname|not a valid ref/i.test(stderr)) {
    return new AppError('BRANCH_INVALID', { message: words });
  }
  return new AppError('GIT_FAILED', {
    message: `git ${command} failed: ${words === '' ? `exit code ${String(failure.exitCode)}` : words}`,
  });
}

/** GIT_LOCKED, naming the file and, where it could be found, the process that holds it. */
export function lockedError(file: string, holder: number | null): AppError {
  const by = holder === null ? '' : ` (held by process ${String(holder)})`;
  return new AppError('GIT_LOCKED', {
    message: `Another git process holds the lock ${file}${by}`,
    hint:
      holder === null
        ? `Wait for it to end; if no git process runs, remove ${file}.`
        : `Wait for process ${String(holder)} to end.`,
    details: { file, holder },
  });
}

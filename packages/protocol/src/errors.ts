// Every error that may cross a process: its HTTP status, and its words.
import type { ErrorCode } from './error-codes.js';

interface ErrorEntry {
  /** HTTP status of the problem document. */
  readonly status: number;
  /** What happened, for a person. */
  readonly title: string;
  /** What to do about it. */
  readonly hint: string;
}

const row = (status: number, title: string, hint: string): ErrorEntry => ({ status, title, hint });

/** One for each code of error-codes.ts. */
export const errorTable = {
  // requests
  BAD_REQUEST: row(
    400,
    'The request could not be read',
    'Send a JSON object with Content-Type application/json.',
  ),
  VALIDATION_FAILED: row(
    422,
    'A field has a wrong value',
    'Correct the fields that are listed and send it again.',
  ),
  UNSUPPORTED_MEDIA_TYPE: row(415, 'The body is not JSON', 'Send Content-Type: application/json.'),
  BODY_TOO_LARGE: row(413, 'The request is too large', 'Send less at once.'),
  NOT_FOUND: row(404, 'There is no such thing', 'Check the address; it may have been deleted.'),
  METHOD_NOT_ALLOWED: row(405, 'This address does not take that method', 'See /api/v1/openapi.json.'),
  RATE_LIMITED: row(429, 'Too many requests', 'Wait as long as Retry-After says.'),
  IDEMPOTENCY_KEY_REQUIRED: row(
    400,
    'The Idempotency-Key header is missing',
    'Send a new unique Idempotency-Key for each new request.',
  ),
  IDEMPOTENCY_MISMATCH: row(
    409,
    'This Idempotency-Key was used for another request',
    'Use a new key for a new request.',
  ),
  CONFLICT: row(409, 'Something else changed it first', 'Reload and try again.'),
  NAME_TAKEN: row(409, 'That name is taken', 'Choose another name.'),
  TIMEOUT: row(504, 'No answer in time', 'Try again; if it stays, look at the host.'),
  INTERNAL: row(500, 'Roundhouse failed', 'Look at the hub log for the request id.'),
  DB_UNAVAILABLE: row(
    503,
    'The database is not reachable',
    'Terminals keep working; try again when it is back.',
  ),
  DB_READ_ONLY: row(
    503,
    'The database takes no changes',
    'Looking at sessions and typing keep working. Give its disk room, or let it be written again; the rest goes on by itself.',
  ),
  DB_MIGRATION_REFUSED: row(
    500,
    'The database does not fit this version of Roundhouse',
    'Start the newest version that used it, or restore a backup.',
  ),
  DB_START_FAILED: row(
    500,
    'The embedded PostgreSQL could not be started',
    'See the message, or set DATABASE_URL to a PostgreSQL of your own.',
  ),
  SHUTTING_DOWN: row(503, 'The server is restarting', 'Reconnect in a few seconds.'),
  // who may call
  SETUP_REQUIRED: row(503, 'Roundhouse is not set up yet', 'Open the setup link that the hub printed.'),
  SETUP_TOKEN_INVALID: row(
    403,
    'The setup link is not valid',
    'Links last 60 minutes and work once: use the newest one that the hub printed.',
  ),
  SETUP_DONE: row(409, 'Roundhouse is set up already', 'Sign in instead.'),
  UNAUTHENTICATED: row(401, 'You are not signed in', 'Sign in, or send a valid API token.'),
  LOGIN_FAILED: row(401, 'Wrong user name or password', 'Check both and try again.'),
  LOGIN_THROTTLED: row(429, 'Too many failed sign-ins', 'Wait as long as Retry-After says.'),
  PASSWORD_WEAK: row(
    422,
    'The password is too weak',
    'Use at least 12 characters that are hard to guess; several random words do well.',
  ),
  FORBIDDEN: row(403, 'You may not do this', 'Ask an administrator.'),
  ORIGIN_FORBIDDEN: row(
    403,
    'The request came from another site',
    'Open Roundhouse at its own address (ROUNDHOUSE_PUBLIC_URL).',
  ),
  HOST_HEADER_FORBIDDEN: row(
    421,
    'Roundhouse does not answer to this host name',
    'Use its public URL, or add the name to ROUNDHOUSE_ALLOWED_HOSTS.',
  ),
  // hosts and daemons
  HOST_UNREACHABLE: row(503, 'The host is not connected', 'Wait until its daemon is back, or start it.'),
  HOST_CONFLICT: row(
    409,
    'Another daemon is connected with this host key',
    'Stop the other daemon, or register this machine as a host of its own.',
  ),
  HOST_FORBIDDEN: row(
    403,
    'A daemon may speak only for its own sessions',
    'This was recorded in the audit log.',
  ),
  HOST_REVOKED: row(
    410,
    'This host was removed or its key replaced',
    'Make a new join token and start the daemon with it.',
  ),
  HOST_CAPACITY: row(
    503,
    'The host cannot take another session',
    'Stop a session, or give the host more of what it is short of.',
  ),
  HOST_KEY_INVALID: row(
    401,
    'The host key was not proven',
    'Make a new join token and start the daemon with it.',
  ),
  HUB_UNREACHABLE: row(503, 'The hub does not answer', 'See that HUB_URL is right and the hub runs.'),
  HUB_KEY_INVALID: row(
    401,
    'The hub could not prove its key',
    'The address leads to another hub: check HUB_URL.',
  ),
  JOIN_TOKEN_INVALID: row(
    403,
    'The join token is not valid',
    'Tokens last 30 minutes and work once: make a new one on the Hosts page.',
  ),
  PROTOCOL_MISMATCH: row(426, 'Hub and daemon speak different versions', 'Update the older one.'),
  // projects, profiles, git
  DAEMON_TOO_OLD: row(
    409,
    'The daemon of this host is too old for that',
    'Update the daemon, or do it without options.',
  ),
  OPTION_UNKNOWN: row(422, 'The profile has no such option', 'Choose one that the profile lists.'),
  BYPASS_REFUSED: row(
    403,
    'This permission mode is not allowed here',
    'The profile, policy.yaml of the host and the typed name of the project must all allow it.',
  ),
  SECRET_IN_OPTIONS: row(
    422,
    'That value looks like a secret',
    'Set the variable for the daemon and name it under "variables handed on" instead.',
  ),
  CONVERSATION_NOT_FOUND: row(
    404,
    'The agent has no such conversation on this host',
    'Start a new session, or choose another conversation.',
  ),
  PROFILE_NOT_FOUND: row(404, 'The host has no such profile', 'See the profiles of the host.'),
  PROFILE_INVALID: row(422, 'The profile file has an error', 'Correct the line that is named.'),
  AGENT_NOT_FOUND: row(
    422,
    'The agent program is not on this host',
    'Install it, and see that it is on the PATH of the daemon.',
  ),
  AGENT_AUTH_MISSING: row(
    422,
    'The agent has no credentials on this host',
    'Set the variables that the profile names in the environment of the daemon.',
  ),
  RESUME_UNSUPPORTED: row(422, 'This agent cannot resume', 'Start a new session.'),
  PROJECT_NOT_FOUND: row(404, 'The host has no such project', 'Rescan the host, or check the path.'),
  PROJECT_UNTRUSTED: row(
    409,
    'This project is not trusted yet',
    'Trust it once: git in a repository can run its own programs.',
  ),
  DIRECTORY_MISSING: row(409, 'The directory is gone', 'Restore it, or choose another project.'),
  PATH_OUTSIDE_ROOTS: row(
    403,
    'The path is outside the roots of the host',
    'Choose a project under PROJECTS_ROOT.',
  ),
  NOT_A_REPOSITORY: row(409, 'This is not a usable git repository', 'Run git init and make a first commit.'),
  BRANCH_INVALID: row(422, 'That is no valid branch name', 'Choose an existing branch.'),
  BRANCH_NOT_FOUND: row(422, 'There is no such branch', 'Choose an existing branch.'),
  BRANCH_IN_USE: row(409, 'That branch is checked out elsewhere', 'Choose another branch.'),
  GIT_LOCKED: row(
    409,
    'Another git process holds a lock',
    'Wait for it to end; if none runs, remove the lock file that is named.',
  ),
  GIT_FAILED: row(502, 'git failed', 'See the message of git.'),
  NO_SPACE: row(507, 'The disk is full', 'Free some space on the host.'),
  WORKTREE_NOT_CLEAN: row(
    409,
    'The worktree holds work that is nowhere else',
    'Commit or merge it, or confirm: a rescue ref is kept.',
  ),
  WORKTREE_NOT_FOUND: row(
    404,
    'The session has no worktree',
    'It was removed, or the session runs in the project itself.',
  ),
  COMMAND_EXPIRED: row(409, 'The order came too late to be begun', 'Give it again.'),
  POLICY_REFUSED: row(403, 'The policy of the host refuses this', 'See policy.yaml on the host.'),
  // sessions and terminals
  SESSION_RUNNING: row(409, 'The session is running', 'Stop it first.'),
  SESSION_NOT_RUNNING: row(409, 'The session is not running', 'Resume it, or start a new one.'),
  SESSION_LIMIT: row(409, 'The host has reached its number of sessions', 'Stop a session first.'),
  BUDGET_SPENT: row(
    409,
    'A budget is spent',
    'Give it a higher limit on the Usage page, or wait until its day or month is over.',
  ),
  SPAWN_FAILED: row(502, 'The agent could not be started', 'See the message.'),
  NOT_ATTACHED: row(409, 'This viewer is not attached to the session', 'Attach first.'),
  NOT_CONTROLLER: row(403, 'Another viewer controls this session', 'Take control first.'),
  STALE_EPOCH: row(409, 'The session was restarted since', 'Attach again.'),
  OFFSET_INVALID: row(422, 'There is no such offset in the output', 'Attach again without an offset.'),
  INPUT_GAP: row(409, 'Earlier input is missing', 'Send the next number after the last acknowledged one.'),
  INPUT_LATE: row(409, 'It was under way for too long and was not typed', 'Type it again.'),
  INPUT_BUSY: row(503, 'The agent does not read its input', 'Wait until it does, and send it again.'),
  KEEPER_UNREACHABLE: row(
    503,
    'The keeper of the session does not answer',
    'It may have ended; its output so far is kept.',
  ),
  LISTENER_UNAVAILABLE: row(503, 'The telemetry port is taken', 'Free it, or set OTLP_PORT=0.'),
  BACKUP_INVALID: row(
    422,
    'The backup cannot be used',
    'Nothing was changed. Try an older backup, or another copy of this one.',
  ),
  BACKUP_NEWER: row(
    409,
    'The backup was made by a newer Roundhouse',
    'Nothing was changed. Update Roundhouse to the version that made it, then restore.',
  ),
  HUB_NOT_EMPTY: row(
    409,
    'The hub has people or hosts already',
    'Nothing was changed. Restore into an empty hub, or add --replace to give up what it holds now.',
  ),
  CONFIG_INVALID: row(500, 'The configuration has an error', 'Correct the setting that is named.'),
  STATE_LOCKED: row(
    409,
    'The state directory is used by another process',
    'Stop it, or use another ROUNDHOUSE_STATE_DIR.',
  ),
} as const satisfies Record<ErrorCode, ErrorEntry>;

export interface FieldError {
  /** Path of the field, as in `commands.new[0]`. */
  readonly field: string;
  readonly message: string;
  /** Line of the text that the field stands in, from 1. */
  readonly line?: number | undefined;
}

export interface AppErrorOptions {
  /** What happened; defaults to the title of the code. */
  readonly message?: string;
  /** What to do; defaults to the hint of the code. */
  readonly hint?: string;
  readonly fields?: readonly FieldError[];
  /** More members of the problem document, for example the files of a worktree. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds after which a retry makes sense. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** The one error type that Roundhouse throws on purpose. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly fields: readonly FieldError[];
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterS: number | null;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? errorTable[code].title, { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
    this.fields = options.fields ?? [];
    this.details = options.details ?? {};
    this.retryAfterS = options.retryAfterS ?? null;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

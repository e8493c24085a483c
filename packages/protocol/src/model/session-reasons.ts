// DATA: why a session ended or cannot go on: what happened, and what to do.

/** Reasons of a session that are not errors of a request; errors of the table may stand there too. */
export const sessionReasons = {
  STOPPED_BY_USER: ['Stopped', 'Resume it, or start a new session.'],
  TIME_LIMIT: ['Stopped: its time was up', 'Resume it for as long again, or with another limit.'],
  EXITED: ['The agent ended', 'Resume it, or start a new session.'],
  CRASHED: [
    'The agent ended with an error',
    'Look at its last output; then resume it, or start a new session.',
  ],
  EXPIRED: ['The host did not come back in time', 'Start it again when the host is online.'],
  KEEPER_LOST: ['The process that held the terminal is gone', 'Resume it; its worktree is kept.'],
  HOST_RESTARTED: ['The machine was restarted', 'Resume it; its worktree is kept.'],
  HOST_FORGOT: [
    'The host no longer knows this session',
    'Its worktree may still be on the host; start a new session.',
  ],
  ORPHAN: ['Found running on the host, unknown here', 'Adopt it, or stop it.'],
  STOP_PENDING: ['It will be stopped when its host is back', 'Start the daemon of the host.'],
} as const satisfies Record<string, readonly [string, string]>;
export type SessionReason = keyof typeof sessionReasons;

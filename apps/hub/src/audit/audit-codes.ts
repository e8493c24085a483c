// DATA: the stable codes of the audit log. Codes are never renamed; new ones are added.

export const auditCodes = {
  SETUP_COMPLETED: 'The first administrator was made',
  LOGIN_SUCCEEDED: 'A user signed in',
  LOGIN_FAILED: 'A sign-in failed',
  LOGIN_THROTTLED: 'Sign-ins were blocked after too many failures',
  LOGOUT: 'A user signed out',
  TOKEN_CREATED: 'An API token was made',
  TOKEN_REVOKED: 'An API token was revoked',
  HOST_CREATED: 'A host was registered',
  HOST_RENAMED: 'A host was renamed',
  HOST_DELETED: 'A host was removed',
  HOST_ENROLLED: 'A daemon registered its key',
  HOST_CONFLICT: 'A second daemon came with the key of a connected host',
  HOST_FORBIDDEN: 'A daemon spoke for a session that is not its own',
  HOST_KEY_REFUSED: 'A daemon could not prove its key',
  JOIN_TOKEN_CREATED: 'A join token was made',
  PROJECT_TRUSTED: 'A project was trusted',
  SESSION_SPAWNED: 'A session was spawned',
  SESSION_RESUMED: 'A session was resumed',
  SESSION_MODEL_ASKED: 'An agent was asked to use another model',
  SESSION_EDITED: 'The name or task of a session was changed',
  SESSION_STOPPED: 'A session was stopped',
  SESSION_DELETED: 'A session was deleted',
  SESSION_INPUT: 'Input was typed over REST',
  SESSION_ADOPTED: 'An orphan was adopted',
  PRICES_CHANGED: 'The own prices of models were changed',
  BUDGET_CREATED: 'A budget was added',
  BUDGET_DELETED: 'A budget was removed',
  WORKTREE_REMOVED: 'A worktree was removed',
} as const;

export type AuditCode = keyof typeof auditCodes;

// A session as its daemon sees it, in `hello` and `status`.
import { z } from 'zod';
import { sessionIdSchema } from '../ids.js';
import { activitySchema } from '../model/activity.js';
import { colsSchema, epochSchema, instantSchema, pathSchema, rowsSchema } from '../model/common.js';
import { profileNameSchema } from '../model/profile.js';
import { conversationIdSchema } from '../model/session-options.js';
import {
  sessionModeSchema,
  sessionNotesSchema,
  sessionWarningSchema,
  sidecarSchema,
} from '../model/session.js';

/** Most sessions that one daemon may report, ended ones included. */
export const reportedSessionsMax = 2_000;

export const reportedSessionSchema = z.object({
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  /** What the daemon observes; an end state is also told by a fact. */
  state: z.enum(['starting', 'running', 'stopping', 'exited', 'failed', 'lost', 'interrupted']),
  profile: profileNameSchema,
  mode: sessionModeSchema,
  project: pathSchema,
  cwd: pathSchema.nullable(),
  branch: z.string().nullable(),
  remoteUrl: z.string().nullable(),
  worktree: z.boolean(),
  pid: z.int().positive().nullable(),
  cols: colsSchema,
  rows: rowsSchema,
  warnings: z.array(sessionWarningSchema),
  startedAt: instantSchema.nullable(),
  /** Repairs a `session.activity` that was lost; left out by daemons that do not tell it. */
  activity: activitySchema.nullable().optional(),
  conversationId: conversationIdSchema.nullable().optional(),
  sidecar: sidecarSchema.nullable().optional(),
  notes: sessionNotesSchema.optional(),
});
export type ReportedSession = z.infer<typeof reportedSessionSchema>;

// Sessions: spawn, list, rename, input, stop, resume, delete, and their worktrees.
import { z } from 'zod';
import { defineRoute } from '../define.js';
import { branchSchema } from '../events/commands.js';
import { hostIdSchema, sessionIdSchema } from '../ids.js';
import {
  colsSchema,
  doneSchema,
  emptySchema,
  epochSchema,
  lineSchema,
  pathSchema,
  rowsSchema,
  textSchema,
} from '../model/common.js';
import { activityExplanationSchema, activitySchema } from '../model/activity.js';
import { profileNameSchema } from '../model/profile.js';
import { worktreeRemovedSchema, worktreeStatusSchema } from '../model/project.js';
import {
  conversationIdSchema,
  foundConversationSchema,
  foundConversationsMax,
  mcpServerSchema,
  preflightCheckSchema,
  resumeKindSchema,
  sessionOptionsSchema,
} from '../model/session-options.js';
import { sessionModeSchema, sessionSchema, sessionStateSchema } from '../model/session.js';
import { inputChunkBytes } from '../model/terminal.js';

const none = emptySchema;
const id = z.object({ id: sessionIdSchema });
const flag = z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] });
/** Seconds that a spawn may wait for its host, when the request does not say. */
export const spawnDeadlineS = 60;

/** `state=running,stopping`: any of a comma list. */
const stateListSchema = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(sessionStateSchema).min(1));

export const sessionSpawnSchema = z.strictObject({
  hostId: hostIdSchema,
  profile: profileNameSchema,
  /** A path that the host reported. */
  project: pathSchema,
  mode: sessionModeSchema.default('new'),
  worktree: z.boolean().default(false),
  baseBranch: branchSchema.optional(),
  trust: z.literal(true).optional(),
  companionOf: sessionIdSchema.optional(),
  task: textSchema(20_000).optional(),
  name: lineSchema(80).optional(),
  deadlineS: z.int().min(1).max(3600).optional(),
  options: sessionOptionsSchema.optional(),
  /** With mode `resume`: this conversation of the agent's own store, instead of the newest. */
  conversation: conversationIdSchema.optional(),
  /** The name of the project, typed by a person: needed for a permission mode that asks for nothing. */
  confirmBypass: z.string().max(200).optional(),
  cols: colsSchema,
  rows: rowsSchema,
});
export type SessionSpawn = z.infer<typeof sessionSpawnSchema>;

export const recordingFormatSchema = z.enum(['v2', 'v3']);
export type RecordingFormat = z.infer<typeof recordingFormatSchema>;
/** Media type of an asciicast file. */
export const recordingMediaType = 'application/x-asciicast';

const base64Schema = z
  .string()
  .max(Math.ceil((inputChunkBytes * 4) / 3) + 4)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');

export const sessionInputSchema = z.union([
  z.strictObject({ data: z.string().min(1).max(inputChunkBytes) }),
  z.strictObject({ dataBase64: base64Schema.min(1) }),
]);

export const sessionRoutes = {
  create: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions',
    permission: 'session.spawn',
    headers: ['Idempotency-Key'],
    doc: 'Spawn a session. A repeat with the same Idempotency-Key answers with the same session.',
    params: none,
    query: none,
    body: sessionSpawnSchema,
    reply: sessionSchema,
    status: 201,
  }),
  list: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions',
    permission: 'session.view',
    doc: 'Sessions, newest first. `state` takes a comma list; `nextCursor` is null on the last page.',
    params: none,
    query: z.object({
      state: stateListSchema.optional(),
      hostId: hostIdSchema.optional(),
      profile: profileNameSchema.optional(),
      cursor: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(200).optional(),
    }),
    body: none,
    reply: z.object({ items: z.array(sessionSchema), nextCursor: z.string().nullable() }),
    status: 200,
  }),
  get: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions/:id',
    permission: 'session.view',
    doc: 'One session.',
    params: id,
    query: none,
    body: none,
    reply: sessionSchema,
    status: 200,
  }),
  update: defineRoute({
    method: 'PATCH',
    path: '/api/v1/sessions/:id',
    permission: 'session.edit',
    doc: 'Change the name or the task text.',
    params: id,
    query: none,
    body: z.strictObject({ name: lineSchema(80).optional(), task: textSchema(20_000).nullable().optional() }),
    reply: sessionSchema,
    status: 200,
  }),
  remove: defineRoute({
    method: 'DELETE',
    path: '/api/v1/sessions/:id',
    permission: 'session.delete',
    doc: 'Delete an ended session with its output. Its worktree stays: remove that first if it is not wanted.',
    params: id,
    query: none,
    body: none,
    reply: doneSchema,
    status: 200,
  }),
  stop: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/:id/stop',
    permission: 'session.stop',
    doc: 'Stop the agent and everything it started: HUP and TERM, KILL after 5 s; at once with `force`. The worktree stays.',
    params: id,
    query: none,
    body: z.strictObject({ force: z.boolean().optional() }),
    reply: sessionSchema,
    status: 200,
  }),
  input: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/:id/input',
    permission: 'session.input',
    doc: 'Type into a session without attaching; answered once the keeper has it.',
    params: id,
    query: none,
    body: sessionInputSchema,
    reply: doneSchema,
    status: 200,
  }),
  resume: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/:id/resume',
    permission: 'session.spawn',
    doc: 'Start an ended session again in its directory, with the next epoch.',
    params: id,
    query: none,
    body: z.strictObject({
      cols: colsSchema,
      rows: rowsSchema,
      /** Exactly its conversation (default), the newest of its directory, or a copy of it. */
      resume: resumeKindSchema.optional(),
      /** Replaces the options that it was started with. */
      options: sessionOptionsSchema.optional(),
      confirmBypass: z.string().max(200).optional(),
    }),
    reply: sessionSchema,
    status: 200,
  }),
  status: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions/:id/status',
    permission: 'session.view',
    doc: 'What the agent is doing, and the signs that led there; `explanation` is null when its host is away or too old.',
    params: id,
    query: none,
    body: none,
    reply: z.object({
      activity: activitySchema.nullable(),
      explanation: activityExplanationSchema.nullable(),
    }),
    status: 200,
  }),
  setModel: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/:id/model',
    permission: 'session.input',
    doc: 'Ask an idle agent to use another model, where its profile says how.',
    params: id,
    query: none,
    body: z.strictObject({ model: z.string().min(1).max(200) }),
    reply: doneSchema,
    status: 200,
  }),
  preflight: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/preflight',
    permission: 'session.spawn',
    doc: 'Whether a spawn would work, and the exact fix where it would not. Changes nothing.',
    params: none,
    query: none,
    body: z.strictObject({
      hostId: hostIdSchema,
      profile: profileNameSchema,
      project: pathSchema,
      worktree: z.boolean().default(false),
      options: sessionOptionsSchema.optional(),
      confirmBypass: z.string().max(200).optional(),
    }),
    reply: z.object({
      checks: z.array(preflightCheckSchema).max(20),
      mcp: z.array(mcpServerSchema).max(100),
    }),
    status: 200,
  }),
  conversations: defineRoute({
    method: 'GET',
    path: '/api/v1/hosts/:id/conversations',
    permission: 'session.view',
    doc: "Conversations in the agents' own stores on a host, newest first.",
    params: z.object({ id: hostIdSchema }),
    query: z.object({ project: pathSchema.optional(), profile: profileNameSchema.optional() }),
    body: none,
    reply: z.object({ items: z.array(foundConversationSchema).max(foundConversationsMax) }),
    status: 200,
  }),
  adopt: defineRoute({
    method: 'POST',
    path: '/api/v1/sessions/:id/adopt',
    permission: 'session.spawn',
    doc: 'Adopt an orphan: a session that was found on its host without a row here.',
    params: id,
    query: none,
    body: none,
    reply: sessionSchema,
    status: 200,
  }),
  recording: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions/:id/recording',
    permission: 'session.view',
    doc: 'The output of one epoch (the newest by default) as an asciicast file, version 2 by default.',
    params: id,
    query: z.object({
      format: recordingFormatSchema.optional(),
      epoch: z.coerce.number().pipe(epochSchema).optional(),
    }),
    body: none,
    reply: z.string(),
    media: [recordingMediaType],
    status: 200,
  }),
  getWorktree: defineRoute({
    method: 'GET',
    path: '/api/v1/sessions/:id/worktree',
    permission: 'session.view',
    doc: 'The worktree of a session, and what it holds that is nowhere else.',
    params: id,
    query: none,
    body: none,
    reply: worktreeStatusSchema,
    status: 200,
  }),
  removeWorktree: defineRoute({
    method: 'DELETE',
    path: '/api/v1/sessions/:id/worktree',
    permission: 'worktree.remove',
    doc: 'Remove the worktree; 409 WORKTREE_NOT_CLEAN with the list unless clean or confirmed. A rescue ref is kept.',
    params: id,
    query: z.object({ confirm: flag.optional() }),
    body: z.strictObject({ confirm: z.boolean().optional() }),
    reply: worktreeRemovedSchema,
    status: 200,
  }),
} as const;

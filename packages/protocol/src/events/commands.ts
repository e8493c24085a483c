// Orders that the hub keeps as rows until their outcome is known.
import { z } from 'zod';
import { sessionIdSchema } from '../ids.js';
import { colsSchema, epochSchema, pathSchema, rowsSchema, textSchema } from '../model/common.js';
import { profileNameSchema } from '../model/profile.js';
import { conversationIdSchema, resumeKindSchema, sessionOptionsSchema } from '../model/session-options.js';
import { sessionModeSchema } from '../model/session.js';

export const branchSchema = z.string().min(1).max(255);

export const spawnOpSchema = z.object({
  kind: z.literal('spawn'),
  sessionId: sessionIdSchema,
  /** 1 for the first life; a resume is a spawn with the next epoch in the same directory. */
  epoch: epochSchema,
  profile: profileNameSchema,
  project: pathSchema,
  mode: sessionModeSchema,
  worktree: z.boolean(),
  baseBranch: branchSchema.nullable(),
  /** A person trusts the project with this spawn. */
  trust: z.boolean(),
  /** Run in the directory of this session instead. */
  companionOf: sessionIdSchema.nullable(),
  task: textSchema(20_000).nullable(),
  /** From protocol 2 on: a daemon of protocol 1 would leave these three out unseen, so the hub does not send them. */
  options: sessionOptionsSchema.optional(),
  conversation: conversationIdSchema.nullable().optional(),
  resume: resumeKindSchema.optional(),
  /** The name of the project as a person typed it, for a permission mode that asks for nothing. Never kept. */
  confirmBypass: z.string().max(200).optional(),
  cols: colsSchema,
  rows: rowsSchema,
});
export type SpawnOp = z.infer<typeof spawnOpSchema>;

export const stopOpSchema = z.object({
  kind: z.literal('stop'),
  sessionId: sessionIdSchema,
  epoch: epochSchema,
  /** KILL at once instead of HUP and TERM with five seconds of grace. */
  force: z.boolean(),
});
export type StopOp = z.infer<typeof stopOpSchema>;

export const commandOpSchema = z.discriminatedUnion('kind', [spawnOpSchema, stopOpSchema]);
export type CommandOp = z.infer<typeof commandOpSchema>;

// A session: one conversation of an agent in one directory. Entity, states and their legal moves.
import { z } from 'zod';
import { hostIdSchema, sessionIdSchema } from '../ids.js';
import { activitySchema } from './activity.js';
import {
  colsSchema,
  epochSchema,
  instantSchema,
  pathSchema,
  reasonSchema,
  rowsSchema,
  versionSchema,
} from './common.js';
import { conversationIdSchema, sessionOptionsSchema } from './session-options.js';
import { contextSchema, costSourceSchema, countSchema, tokensSchema } from './telemetry.js';

export const sessionStates = [
  'queued', // waits for its host
  'starting', // the host has it, the agent does not run yet
  'running',
  'stopping', // a stop was sent
  'exited', // the agent ended, or was stopped
  'failed', // it never ran
  'lost', // its keeper is gone; how the agent ended is unknown
  'interrupted', // the machine or container went down under it
  'unknown', // its host is not connected
] as const;
export const sessionStateSchema = z.enum(sessionStates);
export type SessionState = z.infer<typeof sessionStateSchema>;

/**
 * Legal moves. A session in an end state (exited, failed, lost, interrupted) leaves it only by resume,
 * except that a host may come back with a session that was thought lost.
 */
export const sessionMoves: Readonly<Record<SessionState, readonly SessionState[]>> = {
  queued: ['starting', 'running', 'stopping', 'exited', 'failed', 'lost', 'unknown'],
  starting: ['running', 'stopping', 'exited', 'failed', 'lost', 'interrupted', 'unknown'],
  running: ['stopping', 'exited', 'lost', 'interrupted', 'unknown'],
  stopping: ['exited', 'failed', 'lost', 'interrupted', 'unknown', 'running'],
  unknown: ['queued', 'starting', 'running', 'stopping', 'exited', 'failed', 'lost', 'interrupted'],
  exited: ['queued', 'starting'],
  failed: ['queued', 'starting'],
  lost: ['queued', 'starting', 'running', 'stopping', 'exited'],
  interrupted: ['queued', 'starting'],
};

export const mayMove = (from: SessionState, to: SessionState): boolean => sessionMoves[from].includes(to);

export const endStates: readonly SessionState[] = ['exited', 'failed', 'lost', 'interrupted'];
export const hasEnded = (state: SessionState): boolean => endStates.includes(state);

export const desiredStateSchema = z.enum(['running', 'stopped']);
export type DesiredState = z.infer<typeof desiredStateSchema>;

/** Conditions that a person should know of while the session goes on. */
export const sessionWarnings = [
  'directory-missing',
  'telemetry-off',
  'spool-degraded',
  'time-limit', // it is stopped within minutes; its notes say when
  'budget', // set by the hub alone: a budget that it counts against is spent
] as const;
export const sessionWarningSchema = z.enum(sessionWarnings);
export type SessionWarning = z.infer<typeof sessionWarningSchema>;

/** What a person should know of how a session was started, one sentence each. */
export const sessionNotesSchema = z.array(z.string().max(300)).max(10);

/** Short texts that a shell's sidecar file reports, by name. */
export const sidecarSchema = z
  .record(z.string().regex(/^[a-z_]{1,40}$/), z.string().max(500))
  .refine((fields) => Object.keys(fields).length <= 10, 'too many fields');
export type Sidecar = z.infer<typeof sidecarSchema>;

export const sessionModeSchema = z.enum(['new', 'resume']);
export type SessionMode = z.infer<typeof sessionModeSchema>;

export const sessionSchema = z.object({
  id: sessionIdSchema,
  version: versionSchema,
  hostId: hostIdSchema,
  name: z.string(),
  task: z.string().nullable(),
  profile: z.string(),
  mode: sessionModeSchema,
  /** Path of the project on the host. */
  project: pathSchema,
  projectName: z.string(),
  /** Where the agent runs: the project, or its worktree; null until it has started. */
  cwd: pathSchema.nullable(),
  branch: z.string().nullable(),
  baseBranch: z.string().nullable(),
  /** Web address of the repository's origin, when it has one. */
  remoteUrl: z.string().nullable(),
  worktree: z.boolean(),
  companionOf: sessionIdSchema.nullable(),
  epoch: epochSchema,
  state: sessionStateSchema,
  desired: desiredStateSchema,
  activity: activitySchema.nullable(),
  stateReason: reasonSchema.nullable(),
  exitCode: z.int().nullable(),
  /** Name of the signal that ended it, as in SIGKILL. */
  signal: z.string().nullable(),
  warnings: z.array(sessionWarningSchema),
  /** Found on its host without a row here; adopt or stop it. */
  orphan: z.boolean(),
  /** The agent's own id of the conversation; null until it is known. */
  conversationId: conversationIdSchema.nullable().default(null),
  options: sessionOptionsSchema.default({}),
  notes: sessionNotesSchema.default([]),
  /** The session that this one goes on from, as a copy of its conversation. */
  resumedFrom: sessionIdSchema.nullable().default(null),
  /** What a profile's shell sidecar reports, as the directory and the last command; null without one. */
  sidecar: sidecarSchema.nullable().default(null),
  pid: z.int().nullable(),
  cols: colsSchema,
  rows: rowsSchema,
  model: z.string().nullable(),
  tokens: tokensSchema,
  /** Integer nano-dollars. */
  costNanos: z.int(),
  costSource: costSourceSchema,
  /** Tokens of models that no price is known for. */
  unpricedTokens: countSchema.default(0),
  context: contextSchema.nullable(),
  createdAt: instantSchema,
  startedAt: instantSchema.nullable(),
  endedAt: instantSchema.nullable(),
  deadlineAt: instantSchema.nullable(),
});
export type Session = z.infer<typeof sessionSchema>;

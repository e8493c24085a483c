// What happened on a host: kept in the daemon's outbox until the hub has applied it.
import { z } from 'zod';
import { commandIdSchema, sessionIdSchema } from '../ids.js';
import {
  colsSchema,
  epochSchema,
  instantSchema,
  offsetSchema,
  pathSchema,
  reasonSchema,
  rowsSchema,
} from '../model/common.js';
import { conversationIdSchema } from '../model/session-options.js';
import { sessionNotesSchema } from '../model/session.js';
import { usageSchema } from '../model/telemetry.js';
import {
  minutesPerFact,
  promptsPerFact,
  promptUsageSchema,
  usageMinuteSchema,
} from '../model/usage-minute.js';

const session = { sessionId: sessionIdSchema, epoch: epochSchema };
/** What is known of it then, null for nothing: a session that ends soon has no other way to tell. Older daemons do not. */
const conversation = { conversationId: conversationIdSchema.nullable().optional() };

export const factBodySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('session.started'),
    ...session,
    commandId: commandIdSchema,
    pid: z.int().positive(),
    cwd: pathSchema,
    branch: z.string().nullable(),
    remoteUrl: z.string().nullable(),
    cols: colsSchema,
    rows: rowsSchema,
    /** Of this start; see the session's. */
    notes: sessionNotesSchema.optional(),
    ...conversation,
  }),
  z.object({
    kind: z.literal('session.failed'),
    ...session,
    commandId: commandIdSchema,
    reason: reasonSchema,
  }),
  z.object({
    kind: z.literal('session.exited'),
    ...session,
    exitCode: z.int().nullable(),
    signal: z.string().max(20).nullable(),
    /** Final offset of the output. */
    offset: offsetSchema,
    /** Why the host ended it by itself; absent when it did not. */
    reason: reasonSchema.optional(),
    ...conversation,
  }),
  z.object({
    kind: z.literal('session.lost'),
    ...session,
    /** lost: the keeper alone is gone; interrupted: the machine or container was restarted. */
    state: z.enum(['lost', 'interrupted']),
    reason: reasonSchema,
    ...conversation,
  }),
  z.object({
    kind: z.literal('session.usage'),
    ...session,
    usage: usageSchema,
    /**
     * Minutes and prompts that changed. A daemon that counts minutes always sends the list, empty when none changed:
     * without it the hub takes what the totals grew by for the minute in which the fact came.
     */
    minutes: z.array(usageMinuteSchema).max(minutesPerFact).optional(),
    prompts: z.array(promptUsageSchema).max(promptsPerFact).optional(),
  }),
  z.object({
    kind: z.literal('command.refused'),
    commandId: commandIdSchema,
    sessionId: sessionIdSchema,
    reason: reasonSchema,
  }),
]);
export type FactBody = z.infer<typeof factBodySchema>;

export const factSchema = z.object({
  /** From 1, without gaps, in the order of writing. */
  seq: z.int().positive(),
  /** Host clock; for display, never for ordering. */
  at: instantSchema,
  body: factBodySchema,
});
export type Fact = z.infer<typeof factSchema>;

/** Facts in one push: bounds a message to well under 1 MiB. */
export const factsPerPush = 200;

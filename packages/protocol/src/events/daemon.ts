// Events between daemon and hub: namespace /daemon, path /daemon.io, msgpack parser.
// A connection counts for nothing until `auth.challenge` has been answered; then the daemon says `hello`.
import { z } from 'zod';
import { defineEvent, type EventMap } from '../define.js';
import { commandIdSchema, hostIdSchema, instanceIdSchema, sessionIdSchema } from '../ids.js';
import { activityExplanationSchema, activitySchema } from '../model/activity.js';
import {
  bytesSchema,
  colsSchema,
  doneSchema,
  emptySchema,
  epochSchema,
  offsetSchema,
  pathSchema,
  rowsSchema,
  sentMsSchema,
} from '../model/common.js';
import { inventoryLimits, inventorySchema, systemInfoSchema } from '../model/host.js';
import { profileNameSchema } from '../model/profile.js';
import { worktreeRemovedSchema, worktreeStatusSchema } from '../model/project.js';
import {
  foundConversationSchema,
  foundConversationsMax,
  mcpServerSchema,
  preflightCheckSchema,
  sessionOptionsSchema,
} from '../model/session-options.js';
import { priceListSchema } from '../model/prices.js';
import { reportedSettingsSchema } from '../model/setting.js';
import {
  exitSchema,
  gridSchema,
  inputChunkBytes,
  outputChunkBytes,
  previewSchema,
  scrollbackMaxLines,
  snapshotSchema,
  streamInfoSchema,
  timeMarkSchema,
  timeMarksPerRead,
  uploadPieceSchema,
  uploadReplySchema,
} from '../model/terminal.js';
import { wireErrorSchema } from '../result.js';
import { commandOpSchema } from './commands.js';
import { factSchema, factsPerPush } from './facts.js';
import { hostKeyEvents } from './host-key.js';
import { reportedSessionSchema, reportedSessionsMax } from './reported-session.js';

const daemon = 'daemon' as const;
const range = z.object({ min: z.int().positive(), max: z.int().positive() });
const base64 = z.string().max(2000);
const session = { sessionId: sessionIdSchema };
const stream = { ...session, epoch: epochSchema };

/** Heartbeats on the link: a ping each 5 s, dead after 8 s without an answer. */
export const heartbeat = { pingIntervalMs: 5_000, pingTimeoutMs: 8_000 } as const;
/** How often a daemon sends `status`, in milliseconds. */
export const statusIntervalMs = 5_000;
/** Most bytes of one session that a daemon sends before `terminal.ack`. */
export const linkWindowBytes = 512 * 1024;

/** Handshake data of the connection itself (Socket.IO `auth`). */
export const daemonAuthSchema = z.object({
  hostId: hostIdSchema,
  instanceId: instanceIdSchema,
  /** 32 random bytes, base64url; the hub signs it. */
  nonce: base64,
  protocol: range,
});
export type DaemonAuth = z.infer<typeof daemonAuthSchema>;

export const daemonEvents = {
  'auth.challenge': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The hub proves its key over the nonce of the daemon and asks for a signature over its own.',
    payload: z.object({ hubId: z.uuid(), nonce: base64, signature: base64 }),
    reply: z.object({ signature: base64 }),
  }),
  'auth.accepted': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The daemon is who it says; it must say `hello` next.',
    payload: z.object({ protocol: z.int(), generation: z.int().positive(), hostName: z.string() }),
    reply: null,
  }),
  'auth.refused': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Why the hub closes the connection. HOST_REVOKED is final, others may be tried again.',
    payload: wireErrorSchema,
    reply: null,
  }),
  hello: defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Everything the daemon has; the hub reconciles by it.',
    payload: z.object({
      daemonVersion: z.string().max(100),
      generation: z.int().positive(),
      system: systemInfoSchema.nullable(),
      inventory: inventorySchema.nullable(),
      sessions: z.array(reportedSessionSchema).max(reportedSessionsMax),
      /** The outbox: its identity, and the number of the last fact written to it. */
      outbox: z.object({ stream: z.uuid(), lastSeq: z.int().nonnegative() }),
    }),
    reply: z.object({
      /** Facts up to here are applied; go on with the next. */
      outboxAcked: z.int().nonnegative(),
      /** Sessions that the hub has deleted: remove them. */
      forget: z.array(sessionIdSchema),
    }),
  }),
  status: defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'A sign of life with load and sessions, every five seconds.',
    payload: z.object({
      system: systemInfoSchema,
      sessions: z.array(reportedSessionSchema).max(reportedSessionsMax),
    }),
    reply: null,
  }),
  inventory: defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Projects, profiles, roots and telemetry port, whenever they changed.',
    payload: inventorySchema,
    reply: null,
  }),
  settings: defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Its settings, after hello and whenever roundhouse.yaml was read again; never the value of a secret.',
    payload: reportedSettingsSchema,
    reply: null,
  }),
  'outbox.push': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Facts in order of their number; each is applied once.',
    payload: z.object({ stream: z.uuid(), facts: z.array(factSchema).min(1).max(factsPerPush) }),
    reply: z.object({ acked: z.int().nonnegative() }),
  }),
  'terminal.output': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Live output of an open stream, without gap or overlap.',
    payload: z.object({ ...stream, offset: offsetSchema, data: bytesSchema(outputChunkBytes) }),
    reply: null,
  }),
  'terminal.resized': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'The size from byte `offset` on, in stream order.',
    payload: z.object({ ...stream, offset: offsetSchema, cols: colsSchema, rows: rowsSchema }),
    reply: null,
  }),
  'terminal.gap': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'Bytes of an open stream that are gone for good.',
    payload: z.object({ ...stream, from: offsetSchema, to: offsetSchema }),
    reply: null,
  }),
  'terminal.exit': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'The end of an open stream, after its last byte.',
    payload: z.object({ ...stream, offset: offsetSchema, exit: exitSchema }),
    reply: null,
  }),
  'terminal.preview': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'The last lines of a screen that the hub watches, whenever they changed, four times a second at most.',
    payload: previewSchema.extend(session),
    reply: null,
  }),
  'session.activity': defineEvent({
    from: 'daemon',
    permission: daemon,
    doc: 'What an agent is doing, at each change, in order, ten times a second at most; null when it is not known.',
    payload: z.object({ ...stream, activity: activitySchema.nullable() }),
    reply: null,
  }),
  command: defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'An order. The acknowledgement says that it was taken; its outcome comes as facts. A repeat changes nothing.',
    payload: z.object({
      commandId: commandIdSchema,
      /** Milliseconds from now after which it must not be begun. */
      ttlMs: z.int().nonnegative(),
      op: commandOpSchema,
    }),
    reply: doneSchema,
  }),
  'terminal.open': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Start the live stream of a session from `from` (its head when null). One stream per session; opening again moves it.',
    payload: z.object({
      ...session,
      epoch: epochSchema.nullable(),
      from: offsetSchema.nullable(),
      sentMs: sentMsSchema.optional(),
    }),
    reply: streamInfoSchema,
  }),
  'terminal.close': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'End the live stream.',
    payload: z.object(session),
    reply: doneSchema,
  }),
  'terminal.ack': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The hub has everything before `offset`; the daemon may send up to linkWindowBytes more.',
    payload: z.object({ ...stream, offset: offsetSchema }),
    reply: null,
  }),
  'terminal.info': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'What is kept of an epoch (the newest when null), running or ended.',
    payload: z.object({ ...session, epoch: epochSchema.nullable() }),
    reply: streamInfoSchema,
  }),
  'terminal.read': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Kept bytes from `from`, at most 64 KiB; `offset` is greater than `from` when older bytes are gone.',
    payload: z.object({ ...stream, from: offsetSchema }),
    reply: z.object({ offset: offsetSchema, data: bytesSchema(outputChunkBytes) }),
  }),
  'terminal.snapshot': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: "The screen of an epoch (the newest when null) as the host's own emulator has it, running or ended.",
    payload: z.object({
      ...session,
      epoch: epochSchema.nullable(),
      scrollback: z.int().min(0).max(scrollbackMaxLines),
    }),
    reply: snapshotSchema,
  }),
  'terminal.grid': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Digests of the rows of that screen, once it has drawn everything before `atLeast`.',
    payload: z.object({ ...stream, atLeast: offsetSchema }),
    reply: gridSchema,
  }),
  'terminal.times': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'When bytes were printed: marks from the last one at or before `from` on. An empty list: no more.',
    payload: z.object({ ...stream, from: offsetSchema }),
    reply: z.object({ marks: z.array(timeMarkSchema).max(timeMarksPerRead) }),
  }),
  'preview.watch': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The sessions whose last lines are wanted; replaces the earlier list. None after a new connection.',
    payload: z.object({ sessionIds: z.array(sessionIdSchema).max(reportedSessionsMax) }),
    reply: doneSchema,
  }),
  'upload.write': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'A piece of a file for a session, in order; the answer to the last one has its path.',
    payload: uploadPieceSchema.extend(session),
    reply: uploadReplySchema,
  }),
  'terminal.input': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Bytes for the agent; acknowledged once the keeper has them. A repeat of client and seq is not applied, nor what a stalled line held back for seconds.',
    payload: z.object({
      ...stream,
      client: z.string().max(100),
      seq: z.int().positive(),
      data: bytesSchema(inputChunkBytes),
      sentMs: sentMsSchema.optional(),
    }),
    reply: z.object({ seq: z.int().positive() }),
  }),
  'terminal.resize': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Set the size of the terminal.',
    payload: z.object({ ...stream, cols: colsSchema, rows: rowsSchema }),
    reply: doneSchema,
  }),
  'session.forget': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The session was deleted: remove its output and state. Refused while it runs.',
    payload: z.object(session),
    reply: doneSchema,
  }),
  'session.explain': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'The signs that led to the state of an agent, and its last changes.',
    payload: z.object(session),
    reply: activityExplanationSchema,
  }),
  'session.preflight': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Whether a spawn would work here, and what to do where it would not. Changes nothing.',
    payload: z.object({
      profile: profileNameSchema,
      project: pathSchema,
      worktree: z.boolean(),
      options: sessionOptionsSchema,
      confirmBypass: z.string().max(200).optional(),
    }),
    reply: z.object({
      checks: z.array(preflightCheckSchema).max(20),
      mcp: z.array(mcpServerSchema).max(100),
    }),
  }),
  'session.model': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Ask a running, idle agent to use another model, as its profile says how.',
    payload: z.object({ ...stream, model: z.string().max(200) }),
    reply: doneSchema,
  }),
  'conversations.list': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: "Conversations in the agents' own stores, newest first. They are only read.",
    payload: z.object({ project: pathSchema.nullable(), profile: profileNameSchema.nullable() }),
    reply: z.object({ items: z.array(foundConversationSchema).max(foundConversationsMax) }),
  }),
  prices: defineEvent({
    from: 'hub',
    permission: daemon,
    doc: "The user's own prices, after hello and whenever they change. The daemon keeps them.",
    payload: priceListSchema,
    reply: doneSchema,
  }),
  'inventory.rescan': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Look for projects and agents now.',
    payload: emptySchema,
    reply: z.object({ projects: z.int().max(inventoryLimits.projects), profiles: z.int() }),
  }),
  ...hostKeyEvents,
  'project.trust': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'A person trusts this project: git may run in it.',
    payload: z.object({ path: pathSchema }),
    reply: doneSchema,
  }),
  'worktree.status': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'What a worktree holds that is nowhere else.',
    payload: z.object(session),
    reply: worktreeStatusSchema,
  }),
  'worktree.remove': defineEvent({
    from: 'hub',
    permission: daemon,
    doc: 'Remove a worktree; refused with the list unless it is clean or confirmed.',
    payload: z.object({ ...session, confirm: z.boolean() }),
    reply: worktreeRemovedSchema,
  }),
} as const;

export type DaemonEvents = typeof daemonEvents;
export type DaemonToHub = EventMap<DaemonEvents, 'daemon'>;
export type HubToDaemon = EventMap<DaemonEvents, 'hub'>;

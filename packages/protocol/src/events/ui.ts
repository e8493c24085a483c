// Events between browser and hub: namespace /ui, path /socket.io. These names are fixed.
import { z } from 'zod';
import { defineEvent, type EventMap } from '../define.js';
import { hostIdSchema, sessionIdSchema, viewerIdSchema } from '../ids.js';
import {
  bytesSchema,
  colsSchema,
  doneSchema,
  epochSchema,
  offsetSchema,
  rowsSchema,
  sentMsSchema,
  textOrBytesSchema,
} from '../model/common.js';
import { hostSchema } from '../model/host.js';
import { sessionSchema } from '../model/session.js';
import {
  gridSchema,
  inputChunkBytes,
  outputChunkBytes,
  previewSchema,
  previewSessionsMax,
  scrollbackMaxLines,
  snapshotMaxBytes,
  uploadPieceSchema,
  uploadReplySchema,
} from '../model/terminal.js';
import { wireErrorSchema } from '../result.js';

const session = { sessionId: sessionIdSchema };
const at = { ...session, epoch: epochSchema, offset: offsetSchema };
const viewer = z.object({ id: viewerIdSchema, user: z.string() });

export const entityKinds = ['host', 'session'] as const;

const view = 'session.view' as const;
const input = 'session.input' as const;

export const uiEvents = {
  'session.attach': defineEvent({
    from: 'browser',
    permission: view,
    doc: 'Attach to a session, running or ended. The acknowledgement comes before any event of it.',
    payload: z.object({
      ...session,
      viewerId: viewerIdSchema.optional(),
      epoch: epochSchema.optional(),
      fromOffset: offsetSchema.optional(),
      sentMs: sentMsSchema.optional(),
      /**
       * `exact`: every byte from `fromOffset`, and never a snapshot instead. `screen`: whatever brings the screen
       * soonest. Without it, a given `fromOffset` is answered with its bytes unless they are very many.
       */
      prefer: z.enum(['exact', 'screen']).optional(),
      /** Lines above the screen in a snapshot; the hub has a default. */
      scrollback: z.int().min(0).max(scrollbackMaxLines).optional(),
    }),
    reply: z.object({
      mode: z.enum(['exact', 'snapshot']),
      epoch: epochSchema,
      offset: offsetSchema,
      head: offsetSchema,
      cols: colsSchema,
      rows: rowsSchema,
      viewerId: viewerIdSchema,
      controller: z.boolean(),
      windowBytes: z.int().positive(),
    }),
  }),
  'session.detach': defineEvent({
    from: 'browser',
    permission: view,
    doc: 'Stop receiving a session.',
    payload: z.object(session),
    reply: doneSchema,
  }),
  'session.ack': defineEvent({
    from: 'browser',
    permission: view,
    doc: 'The emulator has parsed everything before `offset`. Send at least every windowBytes/2.',
    payload: z.object(at),
    reply: null,
  }),
  'session.input': defineEvent({
    from: 'browser',
    permission: input,
    doc: 'Bytes typed, or text: a key is one message then, and not two. `seq` counts from 1 per viewerId and epoch; acknowledged once the keeper has it. With `sentMs`, here and in `session.attach`, what a stalled line held back for seconds is refused.',
    payload: z.object({
      ...session,
      epoch: epochSchema,
      seq: z.int().positive(),
      data: textOrBytesSchema(inputChunkBytes),
      sentMs: sentMsSchema.optional(),
    }),
    reply: z.object({ seq: z.int().positive() }),
  }),
  'session.resize': defineEvent({
    from: 'browser',
    permission: input,
    doc: 'The controller sets the size.',
    payload: z.object({ ...session, cols: colsSchema, rows: rowsSchema }),
    reply: doneSchema,
  }),
  'session.control': defineEvent({
    from: 'browser',
    permission: input,
    doc: 'Take control of a session.',
    payload: z.object(session),
    reply: doneSchema,
  }),
  'session.history': defineEvent({
    from: 'browser',
    permission: view,
    doc: 'Ask for a snapshot with `lines` above the screen; it follows as `session.snapshot`.',
    payload: z.object({ ...session, lines: z.int().min(0).max(scrollbackMaxLines) }),
    reply: z.object({
      /** Lines above the screen in the snapshot, and how many the host has. */
      lines: z.int().nonnegative(),
      kept: z.int().nonnegative(),
    }),
  }),
  'session.grid': defineEvent({
    from: 'browser',
    permission: view,
    doc: "What the host's own emulator shows, at `atLeast` or later, to compare with.",
    payload: z.object({ ...session, epoch: epochSchema, atLeast: offsetSchema }),
    reply: gridSchema,
  }),
  'session.upload': defineEvent({
    from: 'browser',
    permission: input,
    doc: 'A piece of a file for the host, in order; the answer to the last one has its path there.',
    payload: uploadPieceSchema.extend(session),
    reply: uploadReplySchema,
  }),
  'preview.watch': defineEvent({
    from: 'browser',
    permission: view,
    doc: 'The sessions whose last lines this page shows now; replaces the earlier list. Send an empty one when hidden.',
    payload: z.object({ sessionIds: z.array(sessionIdSchema).max(previewSessionsMax) }),
    reply: doneSchema,
  }),
  'session.preview': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'The last lines of a screen, a few times a second at most while they change.',
    payload: previewSchema.extend(session),
    reply: null,
  }),
  'session.snapshot': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'Reset the terminal and write `data`; the stream goes on at `offset`.',
    payload: z.object({ ...at, cols: colsSchema, rows: rowsSchema, data: bytesSchema(snapshotMaxBytes) }),
    reply: null,
  }),
  'session.output': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'Output; `offset` is that of the first byte of `data`.',
    payload: z.object({ ...at, data: textOrBytesSchema(outputChunkBytes) }),
    reply: null,
  }),
  'session.resized': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'The terminal has this size from byte `offset` on.',
    payload: z.object({ ...at, cols: colsSchema, rows: rowsSchema }),
    reply: null,
  }),
  'session.gap': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'The bytes from `from` to before `to` are gone for good.',
    payload: z.object({ ...session, epoch: epochSchema, from: offsetSchema, to: offsetSchema }),
    reply: null,
  }),
  'session.exit': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'The agent ended; `offset` is final. Comes after the last output.',
    payload: z.object({ ...at, exitCode: z.int().nullable(), signal: z.string().nullable() }),
    reply: null,
  }),
  'session.controller': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'Who controls the session now.',
    payload: z.object({
      ...session,
      viewer: viewer.nullable(),
      you: z.boolean(),
      cols: colsSchema,
      rows: rowsSchema,
    }),
    reply: null,
  }),
  'session.viewers': defineEvent({
    from: 'hub',
    permission: view,
    doc: 'Who is attached.',
    payload: z.object({ ...session, viewers: z.array(viewer.extend({ controller: z.boolean() })) }),
    reply: null,
  }),
  'entity.changed': defineEvent({
    from: 'hub',
    permission: 'self',
    doc: 'An entity changed; a greater version replaces a smaller one. Refetch after a reconnect.',
    payload: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('host'),
        id: z.string(),
        version: z.int(),
        deleted: z.boolean().optional(),
        entity: hostSchema.optional(),
      }),
      z.object({
        kind: z.literal('session'),
        id: z.string(),
        version: z.int(),
        deleted: z.boolean().optional(),
        entity: sessionSchema.optional(),
      }),
    ]),
    reply: null,
  }),
  'settings.changed': defineEvent({
    from: 'hub',
    permission: 'settings.view',
    doc: 'roundhouse.yaml was read again, of the hub or of the daemon of `hostId`. With problems nothing of it was taken up: what held before holds.',
    payload: z.object({ problems: z.int().nonnegative(), hostId: hostIdSchema.optional() }),
    reply: null,
  }),
  'hub.database': defineEvent({
    from: 'hub',
    permission: 'self',
    doc: 'The database came, went, or takes no changes: then looking and typing go on. Without it: it is well. Refetch at `ready`.',
    payload: z.object({ state: z.enum(['ready', 'down', 'read-only']), reason: z.string().nullable() }),
    reply: null,
  }),
  'hub.closing': defineEvent({
    from: 'hub',
    permission: 'self',
    doc: 'The hub is about to stop (SHUTTING_DOWN); the connection ends next. Reconnect with patience.',
    payload: wireErrorSchema,
    reply: null,
  }),
} as const;

export type UiEvents = typeof uiEvents;
export type BrowserToHub = EventMap<UiEvents, 'browser'>;
export type HubToBrowser = EventMap<UiEvents, 'hub'>;

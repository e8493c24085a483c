// Frames between a keeper and its daemon: one JSON header schema per frame. The bytes (terminal output, input)
// travel beside the header as the raw body of the frame; the framing itself lives in the daemon.
import { z } from 'zod';
import { colsSchema, epochSchema, offsetSchema as offset, rowsSchema } from '../model/common.js';

const counter = z.int().positive();
const requestId = z.int().positive();
const clientName = z.string().min(1).max(128);

/** A process that can be recognised again: `startTime` is field 22 of /proc/<pid>/stat, 0 where there is no /proc. */
export const processRefSchema = z.object({ pid: z.int().positive(), startTime: z.int().nonnegative() });
export type ProcessRef = z.infer<typeof processRefSchema>;

/** `off` is the first byte that is drawn at this size. */
export const keeperResizeSchema = z.object({ off: offset, cols: colsSchema, rows: rowsSchema });
export type KeeperResize = z.infer<typeof keeperResizeSchema>;

/** Exactly one of `exitCode` and `signal` is set; `off` is the final length of the output. */
export const keeperExitSchema = z.object({
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  off: offset,
  endedAt: z.string(),
});
export type KeeperExit = z.infer<typeof keeperExitSchema>;

const stateFields = {
  state: z.enum(['running', 'exited']),
  oldest: offset,
  head: offset,
  cols: colsSchema,
  rows: rowsSchema,
  degraded: z.boolean(),
  exit: keeperExitSchema.optional(),
};

/** Signals that a daemon may send to the agent's process group. */
export const KEEPER_SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGTERM',
  'SIGKILL',
  'SIGCONT',
  'SIGSTOP',
  'SIGUSR1',
  'SIGUSR2',
] as const;

/** Header of every frame, by name. `id` pairs a request with its OK, ERROR or own reply. */
export const keeperHeaders = {
  /** keeper: first frame of every connection; its own version byte is always 1. `pid`/`startTime` are the agent's. */
  HELLO: z.object({
    proto: z.object({ min: z.int().positive(), max: z.int().positive() }),
    build: z.string(),
    sessionId: z.string(),
    epoch: epochSchema,
    pid: z.int().positive(),
    startTime: z.int().nonnegative(),
    keeper: processRefSchema,
    ...stateFields,
  }),
  /**
   * daemon: stream from `from`, at most `window` unacknowledged bytes. A writer (the default) claims the session, see
   * CLAIM. Version 2: a reader claims nothing, names no `generation`, and may neither type, resize nor signal.
   */
  ATTACH: z.object({
    id: requestId,
    from: offset,
    window: z.int().positive(),
    generation: offset.optional(),
    role: z.enum(['writer', 'reader']).optional(),
  }),
  /** daemon, version 2: becomes the writer without a stream; a higher `generation` fences the older one. */
  CLAIM: z.object({ id: requestId, generation: offset }),
  /** keeper: body = output bytes, the first of which is number `off`. */
  DATA: z.object({ off: offset }),
  /** keeper: bytes from..to-1 are gone for good. */
  GAP: z.object({ from: offset, to: offset }),
  RESIZED: keeperResizeSchema,
  /** daemon: everything before `off` has been consumed. */
  ACK: z.object({ off: offset }),
  DETACH: z.object({ id: requestId }),
  READ: z.object({ id: requestId, from: offset, max: z.int().positive() }),
  /** keeper: body starts at `off`, which is later than asked where bytes are gone. Empty body: nothing yet. */
  READ_REPLY: z.object({ id: requestId, off: offset, oldest: offset, head: offset }),
  /** daemon: body = bytes to type; `seq` counts from 1 per client. */
  INPUT: z.object({ client: clientName, seq: counter }),
  INPUT_ACK: z.object({ client: clientName, seq: counter }),
  /** keeper: not applied. `gap`: send from `expected`; `busy`: the agent does not read, try again; `exited`. */
  INPUT_NAK: z.object({
    client: clientName,
    seq: counter,
    expected: counter,
    reason: z.enum(['gap', 'busy', 'exited']),
  }),
  RESIZE: z.object({ id: requestId, cols: colsSchema, rows: rowsSchema }),
  SIGNAL: z.object({ id: requestId, name: z.enum(KEEPER_SIGNALS) }),
  /** keeper: after the last byte of the stream. */
  EXIT: keeperExitSchema,
  /** keeper, version 2: the agent has ended; to the writer at once, whatever its stream still has to send. */
  EXITED: keeperExitSchema,
  INFO: z.object({ id: requestId }),
  INFO_REPLY: z.object({ id: requestId, resizes: z.array(keeperResizeSchema), ...stateFields }),
  /** daemon: everything is stored elsewhere, the keeper may end. Refused while the agent lives. */
  FORGET: z.object({ id: requestId }),
  /** keeper: another daemon took over; the connection closes. */
  FENCED: z.object({ generation: offset, by: offset, message: z.string() }),
  OK: z.object({ id: requestId }),
  /** keeper: `id` 0 when no request can be named. */
  ERROR: z.object({ id: z.int().nonnegative(), code: z.string(), message: z.string() }),
  /** keeper: pushed to the writer and to readers when the spool stops or starts working. */
  STATE: z.object({ degraded: z.boolean() }),
} as const;

export type KeeperFrameName = keyof typeof keeperHeaders;
export type KeeperHeader<N extends KeeperFrameName> = z.infer<(typeof keeperHeaders)[N]>;
export type KeeperHello = KeeperHeader<'HELLO'>;
export type KeeperInfo = Omit<KeeperHeader<'INFO_REPLY'>, 'id'>;

/** `keeper.json` in the session directory: how the next daemon finds this keeper. */
export const keeperFileSchema = z.object({
  sessionId: z.string(),
  epoch: epochSchema,
  keeper: processRefSchema,
  agent: processRefSchema,
  bootId: z.string(),
  socketPath: z.string(),
  build: z.string(),
  proto: z.object({ min: z.int(), max: z.int() }),
  startedAt: z.string(),
});
export type KeeperFile = z.infer<typeof keeperFileSchema>;

/** What a keeper says on its start pipe, once. */
export const keeperReadySchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), keeper: processRefSchema, agent: processRefSchema }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string().optional() }),
]);
export type KeeperReady = z.infer<typeof keeperReadySchema>;

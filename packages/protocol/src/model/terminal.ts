// Limits and shapes of terminal streams.
import { z } from 'zod';
import { bytesSchema, colsSchema, epochSchema, offsetSchema, pathSchema, rowsSchema } from './common.js';

/** Bytes a viewer may have unacknowledged before the hub pauses it; a few frames of a flood, under 100 ms of parsing. */
export const viewerWindowBytes = 512 * 1024;
/** Largest `session.output` in bytes: small enough that typing overtakes a flood. */
export const outputChunkBytes = 64 * 1024;
/** Input that was under way for longer, in milliseconds, is refused: below the 5 s after which its sender gives it up. */
export const inputLateMs = 4_000;
/** Largest `session.input` in bytes. */
export const inputChunkBytes = 64 * 1024;

/** Lines above the screen in a snapshot when nobody asks for another number: under 100 KB, and quick to draw. */
export const snapshotScrollbackLines = 1_000;
/** Most lines above the screen that a host keeps drawn; older output is only in the bytes. */
export const scrollbackMaxLines = 10_000;
/** A snapshot is a screen and its scrollback, in bytes; larger ones are cut to fewer lines. */
export const snapshotMaxBytes = 4 * 1024 * 1024;
/** Lines of a preview. */
export const previewLines = 6;
/** Sessions that one page may preview at once: a wall of cards, and far below what a link carries. */
export const previewSessionsMax = 200;
/** Largest file that can be pasted into a session, in bytes: a screenshot, not a disk image. */
export const uploadMaxBytes = 20 * 1024 * 1024;
/** A title that an agent gives itself is cut to this many characters. */
export const titleMaxLength = 120;

/** A size, and the first byte that it applies to. */
export const resizeSchema = z.object({ offset: offsetSchema, cols: colsSchema, rows: rowsSchema });
export type Resize = z.infer<typeof resizeSchema>;

export const exitSchema = z.object({
  /** Exit status, null when a signal ended it. */
  exitCode: z.int().nullable(),
  signal: z.string().max(20).nullable(),
});
export type Exit = z.infer<typeof exitSchema>;

/** What a daemon knows of the output of one epoch. */
export const streamInfoSchema = z.object({
  epoch: epochSchema,
  /** First byte that is still kept. */
  oldest: offsetSchema,
  /** End of the output so far. */
  head: offsetSchema,
  /** Sizes in order of offset; the first one is at or before `oldest`. */
  resizes: z.array(resizeSchema).min(1),
  /** Set when the output is final. */
  exit: exitSchema.nullable(),
});
export type StreamInfo = z.infer<typeof streamInfoSchema>;

/** A screen as an escape sequence stream: reset a terminal of this size, write `data`, go on with byte `offset`. */
export const snapshotSchema = z.object({
  epoch: epochSchema,
  offset: offsetSchema,
  cols: colsSchema,
  rows: rowsSchema,
  data: bytesSchema(snapshotMaxBytes),
  /** Lines above the screen in `data`. */
  scrollback: z.int().nonnegative(),
  /** Lines above the screen that the host could give. */
  scrollbackKept: z.int().nonnegative(),
});
export type TerminalSnapshot = z.infer<typeof snapshotSchema>;

/** What the host's own emulator shows after byte `offset`: one digest for each row, see `grid.ts`. */
export const gridSchema = z.object({
  epoch: epochSchema,
  offset: offsetSchema,
  cols: colsSchema,
  rows: rowsSchema,
  cursorX: z.int().nonnegative(),
  cursorY: z.int().nonnegative(),
  alternate: z.boolean(),
  digests: z.array(z.string().max(32)).max(500),
});
export type TerminalGrid = z.infer<typeof gridSchema>;

/** A piece of a line with one look; `colour` is one of the sixteen of the terminal's theme. */
export const previewRunSchema = z.object({
  text: z.string().max(1000),
  colour: z.int().min(0).max(15).optional(),
  bold: z.literal(true).optional(),
  dim: z.literal(true).optional(),
});
export type PreviewRun = z.infer<typeof previewRunSchema>;

/** The last lines of a screen, cleaned of everything that is not text. */
export const previewSchema = z.object({
  epoch: epochSchema,
  lines: z.array(z.array(previewRunSchema).max(200)).max(previewLines),
  /** What the agent calls itself, cleaned; null when it said nothing. */
  title: z.string().max(titleMaxLength).nullable(),
});
export type TerminalPreview = z.infer<typeof previewSchema>;

/** A piece of a file that is pasted into a session. */
export const uploadPieceSchema = z.object({
  uploadId: z.uuid(),
  /** File name; the host keeps only a harmless last part of it. */
  name: z.string().min(1).max(255),
  size: z.int().positive().max(uploadMaxBytes),
  offset: offsetSchema,
  data: bytesSchema(inputChunkBytes),
});
export const uploadReplySchema = z.object({
  received: offsetSchema,
  /** Where the file is on the host, once it is whole. */
  path: pathSchema.nullable(),
});

/** When a byte was printed. */
export const timeMarkSchema = z.object({
  offset: offsetSchema,
  /** Milliseconds since the epoch of the session began. */
  ms: z.int().nonnegative(),
});
export type TimeMark = z.infer<typeof timeMarkSchema>;
/** Marks in one answer. */
export const timeMarksPerRead = 4_000;

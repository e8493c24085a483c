// Limits and shapes of terminal streams.
import { z } from 'zod';
import { colsSchema, epochSchema, offsetSchema, rowsSchema } from './common.js';

/** Bytes a viewer may have unacknowledged before the hub pauses it; a few frames of a flood, under 100 ms of parsing. */
export const viewerWindowBytes = 512 * 1024;
/** Largest `session.output` in bytes: small enough that typing overtakes a flood. */
export const outputChunkBytes = 64 * 1024;
/** Largest `session.input` in bytes. */
export const inputChunkBytes = 64 * 1024;

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

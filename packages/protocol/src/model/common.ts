// Shapes that several models share.
import { z } from 'zod';

/** Byte offset in an epoch's output, from 0. */
export const offsetSchema = z.int().nonnegative();
/** One PTY life of a session, from 1. */
/** The sender's own clock, in milliseconds from any moment: tells the receiver what was under way for too long. */
export const sentMsSchema = z.number().nonnegative();
export const epochSchema = z.int().positive();
/** Instant as ISO 8601 in UTC. */
export const instantSchema = z.iso.datetime({ offset: true });
/** Row version of an entity; grows with each change. */
export const versionSchema = z.int().nonnegative();

/** Smallest and largest grid that a terminal may have; below it full-screen agents crash. */
export const terminalLimits = { minCols: 20, maxCols: 1000, minRows: 5, maxRows: 500 } as const;
export const colsSchema = z.int().min(terminalLimits.minCols).max(terminalLimits.maxCols);
export const rowsSchema = z.int().min(terminalLimits.minRows).max(terminalLimits.maxRows);

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** One line for people: trimmed, without control or direction characters. */
export const lineSchema = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(max)
    .refine((text) => !controlCharacters.test(text), 'must not hold control characters');

// eslint-disable-next-line no-control-regex -- tab and line ends are allowed, NUL and ESC are not
const controlsInText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Text of several lines for people. */
export const textSchema = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !controlsInText.test(text), 'must not hold control characters');

/** Absolute path on a host, as that host reported it. */
export const pathSchema = z
  .string()
  .min(1)
  .max(4096)
  .startsWith('/', 'must be an absolute path')
  .refine((path) => !path.includes('\0'), 'must not hold NUL');

/** Bytes on a socket: Buffer, ArrayBuffer or typed array, always given on as Uint8Array. */
export const bytesSchema = (max: number) =>
  z
    .custom<Uint8Array | ArrayBuffer>(
      (value) => value instanceof Uint8Array || value instanceof ArrayBuffer,
      'must be binary',
    )
    .transform((data): Uint8Array => (data instanceof Uint8Array ? data : new Uint8Array(data)))
    .refine((data) => data.byteLength <= max, `must be at most ${String(max)} bytes`);

const encoder = new TextEncoder();

/** Bytes, or the text that they spell in UTF-8: text travels within its event, bytes in a second message. */
export const textOrBytesSchema = (max: number) =>
  z.union([
    bytesSchema(max),
    z
      .string()
      .max(max)
      .transform((text): Uint8Array => encoder.encode(text))
      .refine((data) => data.byteLength <= max, `must be at most ${String(max)} bytes`),
  ]);

export const emptySchema = z.strictObject({});

/** An answer that only says it is done. Lenient, as every answer: a newer peer may have more to tell. */
export const doneSchema = z.object({});

/** A reason that a person can act on. */
export const reasonSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });
export type Reason = z.infer<typeof reasonSchema>;

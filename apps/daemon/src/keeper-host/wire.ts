// What a daemon may ask a keeper host, and how it answers: one request a connection, one line of JSON each way.
import path from 'node:path';
import { isErrorCode } from '@roundhouse/protocol';
import { z } from 'zod';

/** Versions of this page that the code here speaks. A keeper host is older than its daemons, often by much. */
export const keeperHostVersions = { min: 1, max: 1 } as const;

/** A start's message may have 4 MiB (keeper-main.ts); the rest of the line is small. Bytes. */
export const REQUEST_BYTES_MAX = 5 * 1024 * 1024;
/** What a keeper or `--version` says. Bytes. */
export const ANSWER_BYTES_MAX = 256 * 1024;
/** Sent by a daemon that gives a request up. One that dies sends nothing, and what it asked for goes on. */
export const CANCEL = 'cancel';

const text = (max: number) => z.string().min(1).max(max);
const absolute = text(4096).refine((value) => path.isAbsolute(value) && !value.includes('\0'));
const environment = z.record(z.string(), z.string());

export interface Operation<A extends z.ZodType, R extends z.ZodType> {
  readonly name: string;
  readonly ask: A;
  readonly answer: R;
}
const operation = <A extends z.ZodType, R extends z.ZodType>(
  name: string,
  ask: A,
  answer: R,
): Operation<A, R> => ({ name, ask, answer });

/** Starts a keeper; `spec` is between the daemon and the keeper, whatever it will hold one day. */
export const startOperation = operation(
  'start',
  z.object({
    build: z.string().regex(/^[0-9a-f]{16}$/),
    dir: absolute,
    spec: z.record(z.string(), z.unknown()),
  }),
  z.object({ text: z.string() }),
);

/** Where a program is, and by what to see that it has changed. */
export const findOperation = operation(
  'find',
  z.object({ program: text(4096), path: z.string().optional() }),
  z.object({ file: z.string(), stamp: z.string() }).nullable(),
);

/** Whether an agent could start there; its refusal is the answer's error. */
export const requireOperation = operation(
  'require',
  z.object({ program: text(4096), cwd: absolute, path: z.string().optional() }),
  z.null(),
);

export const versionOperation = operation(
  'version',
  z.object({ file: absolute, env: environment, timeoutMs: z.int().min(1).max(60_000) }),
  z.union([
    z.object({ ok: z.literal(true), version: z.string().nullable() }),
    z.object({ ok: z.literal(false), reason: z.string() }),
  ]),
);

/** What the container of the agents may still take. */
export const roomOperation = operation(
  'room',
  z.object({}),
  z.object({ memory: z.number().nullable(), tasks: z.number().nullable() }),
);

export const requestSchema = z.object({ v: z.int(), op: z.string(), ask: z.unknown() });

export const answerSchema = z.union([
  z.object({ ok: z.literal(true), answer: z.unknown() }),
  z.object({
    ok: z.literal(false),
    code: z.string().transform((code) => (isErrorCode(code) ? code : ('INTERNAL' as const))),
    message: z.string(),
    hint: z.string().optional(),
  }),
]);

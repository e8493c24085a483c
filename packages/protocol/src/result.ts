// The two shapes of an answer on a socket, and the problem document of REST.
import { z } from 'zod';
import { isErrorCode, type ErrorCode } from './error-codes.js';
import { AppError } from './errors.js';

const codeSchema = z.custom<ErrorCode>((value) => typeof value === 'string' && isErrorCode(value));

export const fieldErrorSchema = z.object({
  field: z.string(),
  message: z.string(),
  line: z.int().optional(),
});

/** Error as it crosses a socket. */
export const wireErrorSchema = z.object({
  code: codeSchema,
  message: z.string(),
  hint: z.string().optional(),
  fields: z.array(fieldErrorSchema).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

export type Result<T> = { ok: true; data: T } | { ok: false; error: WireError };

/** Schema of the acknowledgement that carries `data` or an error. */
export function resultSchema<S extends z.ZodType>(data: S) {
  return z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), data }),
    z.object({ ok: z.literal(false), error: wireErrorSchema }),
  ]);
}

export const ok = <T>(data: T): Result<T> => ({ ok: true, data });

/** Any thrown value as a wire error; what is not an AppError tells nothing of its inside. */
export function toWireError(error: unknown): WireError {
  const known = error instanceof AppError ? error : new AppError('INTERNAL');
  return {
    code: known.code,
    message: known.message,
    hint: known.hint,
    ...(known.fields.length > 0 ? { fields: [...known.fields] } : {}),
    ...(Object.keys(known.details).length > 0 ? { details: { ...known.details } } : {}),
  };
}

export function fromWireError(error: WireError): AppError {
  const { code, ...rest } = error;
  return new AppError(code, {
    message: rest.message,
    ...(rest.hint === undefined ? {} : { hint: rest.hint }),
    ...(rest.fields === undefined ? {} : { fields: rest.fields }),
    ...(rest.details === undefined ? {} : { details: rest.details }),
  });
}

/** The data of a result, or its error thrown. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.data;
  throw fromWireError(result.error);
}

/** RFC 9457 problem document with our `code`. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  code: codeSchema,
  hint: z.string().optional(),
  errors: z.array(fieldErrorSchema).optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

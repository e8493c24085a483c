// Turns any error into an RFC 9457 problem document. What is not an AppError tells nothing of its inside.
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Logger } from '@roundhouse/kit';
import { AppError, errorTable, isRetryable, type Problem } from '@roundhouse/protocol';
import { toDatabaseError } from '../database/database-errors.js';

/** Errors of the HTTP machinery that mean something to the caller; by body-parser's `type`. */
const bodyErrors: Readonly<Record<string, () => AppError>> = {
  'entity.too.large': () => new AppError('BODY_TOO_LARGE', { message: 'The body is larger than 1 MiB' }),
  'entity.parse.failed': () => new AppError('BAD_REQUEST', { message: 'The body is not valid JSON' }),
  'entity.verify.failed': () => new AppError('BAD_REQUEST'),
  'encoding.unsupported': () =>
    new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body without Content-Encoding' }),
  'charset.unsupported': () => new AppError('UNSUPPORTED_MEDIA_TYPE', { message: 'Send the body as UTF-8' }),
  'request.size.invalid': () =>
    new AppError('BAD_REQUEST', { message: 'The body has not the announced size' }),
  'request.aborted': () => new AppError('BAD_REQUEST', { message: 'The body ended early' }),
};

/** The error to show; unknown ones become INTERNAL with the original as cause. */
export function toAppError(error: unknown): AppError {
  const ofDatabase = toDatabaseError(error);
  if (ofDatabase instanceof AppError) return ofDatabase;
  const fields = new Map(typeof error === 'object' && error !== null ? Object.entries(error) : []);
  const known = bodyErrors[String(fields.get('type'))];
  if (known) return known();
  if (error instanceof URIError) return new AppError('BAD_REQUEST', { message: 'The address is malformed' });
  return new AppError('INTERNAL', { cause: error });
}

export function toProblem(error: AppError, requestId: string): Problem {
  return {
    ...error.details,
    type: `urn:roundhouse:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: errorTable[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    hint: error.hint,
    retryable: isRetryable(error.code),
    ...(error.fields.length > 0 ? { errors: [...error.fields] } : {}),
    requestId,
  };
}

export interface ProblemContext {
  readonly requestId: string;
  readonly method: string;
  readonly logger: Logger;
}

/** Answers with the problem; logs what a person must look at. */
export function sendProblem(response: ServerResponse, thrown: unknown, context: ProblemContext): void {
  const error = toAppError(thrown);
  const { requestId, method, logger } = context;
  if (error.code === 'INTERNAL') {
    logger.error({ err: error.cause ?? error, requestId, method }, 'request failed');
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(JSON.stringify(toProblem(error, requestId)));
  response.statusCode = error.status;
  response.statusMessage = STATUS_CODES[error.status] ?? '';
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.setHeader('Content-Length', body.length);
  response.setHeader('Cache-Control', 'no-store');
  if (error.retryAfterS !== null) response.setHeader('Retry-After', String(Math.ceil(error.retryAfterS)));
  if (error.code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer realm="Roundhouse"');
  response.end(method === 'HEAD' ? undefined : body);
}

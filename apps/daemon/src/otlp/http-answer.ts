// Answers in the words of OTLP/HTTP: the response message, or a Status, in the encoding of the request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppError, ErrorCode } from '@roundhouse/protocol';
import type { Encoding } from './decode.js';
import { messageTypes } from './descriptor.js';
import type { Signal } from './model.js';

/** gRPC codes of the answers, as google.rpc.Status wants them. */
const grpcCodes: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 3,
  VALIDATION_FAILED: 3,
  UNSUPPORTED_MEDIA_TYPE: 3,
  NOT_FOUND: 5,
  ORIGIN_FORBIDDEN: 7,
  HOST_HEADER_FORBIDDEN: 7,
  BODY_TOO_LARGE: 8,
  RATE_LIMITED: 8,
  METHOD_NOT_ALLOWED: 12,
  UNAUTHENTICATED: 16,
};
const unavailable = 14;

export const grpcCodeOf = (error: AppError): number => grpcCodes[error.code] ?? unavailable;

const rejectedField = {
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
} as const satisfies Record<Signal, string>;

const contentTypes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

export interface Accepted {
  readonly signal: Signal;
  readonly encoding: Encoding;
  /** Items that were not taken, and why. */
  readonly rejected: number;
  readonly reason: string;
}

/** The response message: empty, or with the number of items that were not taken. */
export function acceptedMessage({ rejected, reason }: Accepted): Uint8Array {
  const message = rejected > 0 ? { partialSuccess: { rejected, errorMessage: reason } } : {};
  return messageTypes.exportResponse.encode(message).finish();
}

/** 200 with an empty message, or with the number of items that were not taken. */
export function answerAccepted(response: ServerResponse, accepted: Accepted): void {
  const { signal, encoding, rejected, reason } = accepted;
  if (encoding === 'protobuf') {
    send(response, { status: 200, encoding, body: acceptedMessage(accepted) });
    return;
  }
  const said = { partialSuccess: { [rejectedField[signal]]: String(rejected), errorMessage: reason } };
  send(response, { status: 200, encoding, body: jsonText(rejected > 0 ? said : {}) });
}

/** Any failure as a Status; what is ours is 503, so that exporters keep the batch and try again. */
export function answerError(request: IncomingMessage, response: ServerResponse, error: AppError): void {
  const status = error.status >= 500 ? 503 : error.status;
  const message = { code: grpcCodeOf(error), message: `${error.message}. ${error.hint}` };
  const protobuf = (request.headers['content-type'] ?? '').startsWith(contentTypes.protobuf);
  const headers: Record<string, string> = {};
  const { allow } = error.details;
  if (typeof allow === 'string') headers['Allow'] = allow;
  const retryAfter = error.retryAfterS ?? (status === 503 ? 1 : null);
  if (retryAfter !== null) headers['Retry-After'] = String(retryAfter);
  // The rest of a refused body is not worth a connection.
  if (!request.complete) headers['Connection'] = 'close';
  send(response, {
    status,
    encoding: protobuf ? 'protobuf' : 'json',
    body: protobuf ? messageTypes.status.encode(message).finish() : jsonText(message),
    headers,
  });
}

/** As text that goes out in one write with the headers; ASCII, so that its length is that of its bytes. */
const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

interface Answer {
  readonly status: number;
  readonly encoding: Encoding;
  readonly body: Uint8Array | string;
  readonly headers?: Record<string, string>;
}

function send(response: ServerResponse, { status, encoding, body, headers = {} }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': contentTypes[encoding],
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  if (typeof body === 'string') response.end(body, 'latin1');
  else response.end(body);
}

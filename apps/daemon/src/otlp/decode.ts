// One request body, already inflated, to the internal model. Shared by every transport.
import { AppError, parseWith } from '@roundhouse/protocol';
import { signalOfJson, signalOfProtobuf } from './body-signal.js';
import { checkJson, checkProtobuf } from './budget.js';
import { messageTypes } from './descriptor.js';
import type { DecodedRequest, Signal } from './model.js';
import { readPlain } from './plain-request.js';
import { logsRequestSchema, metricsRequestSchema, tracesRequestSchema } from './request.schema.js';
import { logsToModel, metricsToModel, tracesToModel } from './to-model.js';

export type Encoding = 'json' | 'protobuf';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Data points, log records or spans of one request; the rest is reported as rejected. */
export const maxItems = 1_000;

interface EncodedRequest {
  /** 'any' where only the body can tell. */
  readonly signal: Signal | 'any';
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
}

/**
 * @throws AppError BAD_REQUEST when it cannot be read, BODY_TOO_LARGE when it unfolds to too much.
 */
export function decodeRequest(request: EncodedRequest, limit = maxItems): DecodedRequest {
  const { signal, tree } = read(request);
  const plain = signal === 'traces' ? null : readPlain(signal, tree, limit);
  return plain ?? decodeTree(signal, tree, limit);
}

/** By the schema. Exported for the test that both ways say the same. */
export function decodeTree(signal: Signal, tree: unknown, limit: number): DecodedRequest {
  const what = `The OTLP ${signal} request`;
  switch (signal) {
    case 'metrics':
      return metricsToModel(parseWith(metricsRequestSchema, tree, what, 'BAD_REQUEST'), limit);
    case 'logs':
      return logsToModel(parseWith(logsRequestSchema, tree, what, 'BAD_REQUEST'), limit);
    case 'traces':
      return tracesToModel(parseWith(tracesRequestSchema, tree, what, 'BAD_REQUEST'), limit);
  }
}

interface Read {
  readonly signal: Signal;
  readonly tree: unknown;
}

function read({ signal, encoding, bytes }: EncodedRequest): Read {
  if (encoding === 'protobuf') return readProtobuf(signal, bytes);
  const tree = readJson(bytes);
  return { signal: signal === 'any' ? signalOfJson(tree) : signal, tree };
}

function readJson(bytes: Uint8Array): unknown {
  checkJson(bytes);
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw malformed('JSON', cause);
  }
}

function readProtobuf(wanted: Signal | 'any', bytes: Uint8Array): Read {
  try {
    const signal = wanted === 'any' ? signalOfProtobuf(bytes) : wanted;
    const type = messageTypes[signal];
    checkProtobuf(type, bytes);
    return { signal, tree: type.toObject(type.decode(bytes), { longs: String }) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw malformed('protobuf', cause);
  }
}

function malformed(format: string, cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message.slice(0, 200) : 'unreadable';
  return new AppError('BAD_REQUEST', {
    message: `The OTLP body is not valid ${format}: ${detail}`,
    hint: 'See that Content-Type and Content-Encoding say what the body is.',
    cause,
  });
}

// Which signal a body carries, for exporters that send everything to one address. Pure.
import protobuf from 'protobufjs';
import { AppError } from '@roundhouse/protocol';
import type { Signal } from './model.js';

const jsonKeys: readonly (readonly [string, Signal])[] = [
  ['resourceMetrics', 'metrics'],
  ['resourceLogs', 'logs'],
  ['resourceSpans', 'traces'],
];

/** @throws AppError BAD_REQUEST when it is not one of OTLP's requests */
export function signalOfJson(tree: unknown): Signal {
  const known = jsonKeys.find(
    ([key]) => typeof tree === 'object' && tree !== null && Object.hasOwn(tree, key),
  );
  if (known === undefined) throw unknown();
  return known[1];
}

/** Fields looked at in one message; more than that in front of the first item is not a request. */
const maxFields = 10_000;

const fixed64 = 1;
const delimited = 2;

/** Field of a request that holds its resources, of a resource its scopes, of a scope its items: the same for all three. */
const pathToItems = [1, 2, 2] as const;

interface Field {
  readonly id: number;
  readonly wire: number;
  readonly bytes: Uint8Array | null;
}

/**
 * The three requests differ only inside of their items: a log record begins with its time, a span has its times at
 * 7 and 8, and a metric has messages there.
 * @throws AppError BAD_REQUEST; RangeError or Error when the bytes are malformed
 */
export function signalOfProtobuf(bytes: Uint8Array): Signal {
  const item = firstItem(bytes, 0);
  if (item === null) throw unknown();
  const has = (ids: readonly number[], wire: number): boolean =>
    item.some((field) => ids.includes(field.id) && field.wire === wire);
  if (has([1, 11], fixed64)) return 'logs';
  if (has([7, 8], fixed64) && has([1, 2], delimited)) return 'traces';
  if (has([5, 7, 9, 10, 11], delimited)) return 'metrics';
  throw unknown();
}

function firstItem(bytes: Uint8Array, depth: number): Field[] | null {
  const fields = fieldsOf(bytes);
  const wanted = pathToItems[depth];
  if (wanted === undefined) return fields;
  for (const field of fields) {
    if (field.id !== wanted || field.bytes === null) continue;
    const found = firstItem(field.bytes, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    if (fields.length >= maxFields) throw unknown();
    const tag = reader.uint32();
    const wire = tag & 7;
    if (wire === delimited) fields.push({ id: tag >>> 3, wire, bytes: reader.bytes() });
    else {
      reader.skipType(wire);
      fields.push({ id: tag >>> 3, wire, bytes: null });
    }
  }
  return fields;
}

const unknown = (): AppError =>
  new AppError('BAD_REQUEST', {
    message: 'The body is none of the requests of OTLP',
    hint: 'Send metrics, logs or traces; best to v1/metrics, v1/logs and v1/traces.',
  });

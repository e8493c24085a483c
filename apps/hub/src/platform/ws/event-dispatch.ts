// One event from a socket to its handler and back: payload parsed, result or error acknowledged. Whatever comes
// in, nothing is thrown out of here.
import type { Logger } from '@roundhouse/kit';
import {
  AppError,
  knownGood,
  ok,
  parseWith,
  toWireError,
  type AnyEvent,
  type EventRegistry,
} from '@roundhouse/protocol';
import { toAppError } from '../http/problem.js';

/** Ids are UUIDs; what else a socket puts there is cut. */
const idMaxChars = 36;

export type AnyHandler = (payload: unknown, socket: unknown) => unknown;

export interface EventTable {
  readonly events: EventRegistry;
  /** The side whose events these are: `browser` or `daemon`. */
  readonly from: string;
  readonly handlers: ReadonlyMap<string, AnyHandler>;
  readonly logger: Logger;
}

export interface Incoming {
  readonly name: string;
  readonly payload: unknown;
  /** Null when the sender wants no answer. */
  readonly ack: ((result: unknown) => void) | null;
}

/** Reads what Socket.IO passes for an event: name, payload, acknowledgement. */
export function readIncoming(args: readonly unknown[]): Incoming {
  const [name, ...rest] = args;
  const last = rest.at(-1);
  const ack =
    typeof last === 'function' ? (result: unknown) => void Reflect.apply(last, undefined, [result]) : null;
  const payload = ack && rest.length === 1 ? undefined : rest[0];
  return { name: String(name), payload, ack };
}

export const answerError = ({ ack }: Incoming, error: unknown): void => {
  ack?.({ ok: false, error: toWireError(error) });
};

/**
 * @param check refuses the event before its payload is looked at
 * @returns why it was refused or failed; a promise only when its handler gave one: most events come for each message
 */
export function dispatch(
  incoming: Incoming,
  socket: unknown,
  table: EventTable,
  check: (event: AnyEvent) => AppError | null,
): AppError | null | Promise<AppError | null> {
  const done = (data: unknown): null => {
    incoming.ack?.(ok(data ?? {}));
    return null;
  };
  const failed = (thrown: unknown): AppError => {
    const error = toAppError(thrown);
    const log = error.code === 'INTERNAL' ? 'error' : 'debug';
    const ids = idsOf(socket, incoming.payload);
    table.logger[log]({ err: error.cause ?? error, event: incoming.name, ...ids }, 'event refused');
    answerError(incoming, error);
    return error;
  };
  try {
    const data = run(incoming, socket, table, check);
    return isPromise(data) ? Promise.resolve(data).then(done).catch(failed) : done(data);
  } catch (thrown) {
    return failed(thrown);
  }
}

/** Whom a line of the log is about: the host that spoke, and the session that was spoken of. */
function idsOf(socket: unknown, payload: unknown): Record<string, string> {
  const text = (of: unknown, name: string): Record<string, string> => {
    const value: unknown = typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
    return typeof value === 'string' ? { [name]: value.slice(0, idMaxChars) } : {};
  };
  return { ...text(socket, 'hostId'), ...text(payload, 'sessionId') };
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;

function run(
  { name, payload }: Incoming,
  socket: unknown,
  { events, from, handlers }: EventTable,
  check: (event: AnyEvent) => AppError | null,
): unknown {
  const event = Object.hasOwn(events, name) ? events[name] : undefined;
  if (event?.from !== from) {
    throw new AppError('NOT_FOUND', { message: `There is no event ${JSON.stringify(name.slice(0, 60))}` });
  }
  const refused = check(event);
  if (refused) throw refused;
  const handler = handlers.get(name);
  if (!handler) throw new AppError('INTERNAL', { message: `Nothing handles ${name} yet` });
  return handler(knownGood(name, payload) ?? parseWith(event.payload, payload ?? {}, name), socket);
}

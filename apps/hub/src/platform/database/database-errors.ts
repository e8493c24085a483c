// Tells "the database is away" and "it takes no changes" from "the query was wrong", for errors of pg, of Prisma, and of
// Prisma around pg: those become DB_UNAVAILABLE and DB_READ_ONLY.
import { AppError } from '@roundhouse/protocol';

/** SQLSTATEs: connection (08), resources (53) but for the disk, operator (57P0x), time limit (57014). */
const sqlStates = /^(08...|53(?!100)...|57P0[1-5]|57014|XX000)$/;
/** Prisma: P10xx reach, open or authenticate; P2024 pool; P2028 transaction not begun or expired; P2037 too many. */
const prismaCodes = /^(P100[0-3]|P1008|P1009|P101[017]|P2024|P2028|P2037)$/;
const systemCodes =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const adapterKinds =
  /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|DatabaseDoesNotExist|DatabaseAccessDenied|AuthenticationFailed|TlsConnectionError)$/;
/** pg and pg-pool throw these without a code. */
const messages =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|not queryable|Client was closed|Cannot use a pool after/;

const retryAfterS = 5;

/** How deep Prisma wraps the driver's error; the bound is against cycles. */
const maxDepth = 6;

/** Why a database that answers takes no changes: it is a standby or was set so, or its disk is full. */
export type Obstacle = 'read-only' | 'full';

const obstacleStates: Readonly<Record<string, Obstacle>> = { '25006': 'read-only', '53100': 'full' };
export const obstacleWords: Readonly<Record<Obstacle, string>> = {
  'read-only': 'The database is read-only',
  full: 'The disk of the database is full',
};

/** The error and what it wraps, outermost first. */
function* layers(error: unknown, depth = 0): Generator<Layer> {
  if (typeof error !== 'object' || error === null || depth > maxDepth) return;
  const fields = new Map(Object.entries(error));
  const text = (name: string): string => {
    const value: unknown = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const message = error instanceof Error ? error.message : '';
  // A socket that is not there is a database that is away; a file that is not there, as in a backup, is not.
  const isFile = text('code') === 'ENOENT' && text('syscall') !== '' && text('syscall') !== 'connect';
  yield { codes: [isFile ? '' : text('code'), text('originalCode')], kind: text('kind'), message };
  const inner: unknown[] = [error instanceof Error ? error.cause : fields.get('cause')];
  inner.push(fields.get('meta'), fields.get('driverAdapterError'));
  if (error instanceof AggregateError) inner.push(...(error.errors as unknown[]));
  for (const each of inner) yield* layers(each, depth + 1);
}

interface Layer {
  readonly codes: readonly string[];
  readonly kind: string;
  readonly message: string;
}

/** True when the error says nothing about the query: the same one may succeed when the database is back. */
export const isDatabaseAway = (error: unknown): boolean =>
  [...layers(error)].some(
    ({ codes, kind, message }) =>
      codes.some((code) => sqlStates.test(code) || prismaCodes.test(code) || systemCodes.test(code)) ||
      adapterKinds.test(kind) ||
      messages.test(message),
  );

/** Null when changes are not what is wrong. */
export function obstacleOf(error: unknown): Obstacle | null {
  for (const { codes } of layers(error)) {
    for (const code of codes) if (Object.hasOwn(obstacleStates, code)) return obstacleStates[code] ?? null;
  }
  return null;
}

/** Whether the same may succeed later without anybody touching the hub; told already or not. */
export const mayPass = (error: unknown): boolean =>
  error instanceof AppError
    ? error.code === 'DB_UNAVAILABLE' || error.code === 'DB_READ_ONLY'
    : isDatabaseAway(error) || obstacleOf(error) !== null;

/** DB_UNAVAILABLE for a database that is away, DB_READ_ONLY for one that takes no changes, anything else as it is. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const obstacle = obstacleOf(error);
  if (obstacle)
    return new AppError('DB_READ_ONLY', { message: obstacleWords[obstacle], cause: error, retryAfterS });
  return isDatabaseAway(error) ? new AppError('DB_UNAVAILABLE', { cause: error, retryAfterS }) : error;
}

/** How loud a failure to store something is that the next start or hello puts right: quiet when the database is away. */
export const failureLevel = (error: unknown): 'debug' | 'error' =>
  error instanceof AppError && passing.has(error.code) ? 'debug' : 'error';

const passing: ReadonlySet<string> = new Set(['DB_UNAVAILABLE', 'DB_READ_ONLY', 'SHUTTING_DOWN']);

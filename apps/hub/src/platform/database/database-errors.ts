// Tells "the database is away" from "the query was wrong", for errors of pg, of Prisma, and of Prisma
// around pg. Everything that means "away" becomes DB_UNAVAILABLE.
import { AppError } from '@roundhouse/protocol';

/** SQLSTATEs: connection (08), resources (53), operator (57P0x), time limit (57014), read-only (25006). */
const sqlStates = /^(08...|53...|57P0[1-5]|57014|25006|XX000)$/;
/** Prisma: P10xx reach, open or authenticate; P2024 pool; P2028 transaction not begun or expired; P2037 too many. */
const prismaCodes = /^(P100[0-3]|P1008|P1009|P101[017]|P2024|P2028|P2037)$/;
const systemCodes =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
const adapterKinds =
  /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections|DatabaseDoesNotExist|DatabaseAccessDenied|AuthenticationFailed|TlsConnectionError)$/;
/** pg and pg-pool throw these without a code. */
const messages =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|not queryable|Client was closed|Cannot use a pool after/;

/** How deep Prisma wraps the driver's error; the bound is against cycles. */
const maxDepth = 6;

/** True when the error says nothing about the query: the same one may succeed when the database is back. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > maxDepth) return false;
  const fields = new Map(Object.entries(error));
  const text = (name: string): string => {
    const value: unknown = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
  const codes = [text('code'), text('originalCode')];
  if (codes.some((c) => sqlStates.test(c) || prismaCodes.test(c) || systemCodes.test(c))) return true;
  if (adapterKinds.test(text('kind'))) return true;
  if (error instanceof Error && messages.test(error.message)) return true;
  if (error instanceof AggregateError) return error.errors.some((e: unknown) => isDatabaseAway(e, depth + 1));
  const inner: unknown[] = [error instanceof Error ? error.cause : fields.get('cause')];
  inner.push(fields.get('meta'), fields.get('driverAdapterError'));
  return inner.some((e) => isDatabaseAway(e, depth + 1));
}

/** DB_UNAVAILABLE for a database that is away, anything else as it is. */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof AppError || !isDatabaseAway(error)) return error;
  return new AppError('DB_UNAVAILABLE', { cause: error, retryAfterS: 5 });
}

/** How loud a failure to store something is that the next start or hello puts right: quiet when the database is away. */
export const failureLevel = (error: unknown): 'debug' | 'error' =>
  error instanceof AppError && (error.code === 'DB_UNAVAILABLE' || error.code === 'SHUTTING_DOWN')
    ? 'debug'
    : 'error';

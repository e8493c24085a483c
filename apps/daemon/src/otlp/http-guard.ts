// Who may talk to the receiver at all, and which session and signal a request is for. Reads no body.
import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@roundhouse/protocol';
import { grpcPaths } from './grpc-frames.js';
import { signals, type Signal } from './model.js';
import type { Registered, TokenRegistry } from './token-registry.js';

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
/** Headers that browsers set and exporters never do. */
const browserHeaders = ['origin', 'sec-fetch-site'] as const;

/** Names the session where an exporter drops the path of its endpoint, as those of gRPC do. */
const tokenHeader = 'x-roundhouse-token';

/** What is asked for: one signal; 'any' where the body has to tell; 'probe' where nothing is sent. */
type Wanted = Signal | 'any' | 'probe';

export interface Approach {
  readonly protocol: 'http' | 'grpc';
  readonly method: string;
  readonly path: string;
  /** The Host header, or the authority of HTTP/2. */
  readonly host: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Target {
  readonly source: Registered;
  readonly wanted: Wanted;
  /** Whether a token of another session came along; the path decides. */
  readonly mismatched: boolean;
}

/**
 * @throws AppError HOST_HEADER_FORBIDDEN, ORIGIN_FORBIDDEN, UNAUTHENTICATED, NOT_FOUND, METHOD_NOT_ALLOWED, RATE_LIMITED, SHUTTING_DOWN
 */
export function admit(approach: Approach, registry: TokenRegistry): Target {
  refuseBrowsers(approach);
  const [path = ''] = approach.path.split('?');
  const { token, rest } = splitPath(path);
  const named = namedTokens(approach.headers);
  const source = registry.resolve(token ?? named[0] ?? '');
  if (source === undefined && !registry.complete) {
    // Exporters drop what is answered 401 and keep what is answered 503.
    throw new AppError('SHUTTING_DOWN', { message: 'The daemon has just started', retryAfterS: 1 });
  }
  if (source === undefined) {
    throw new AppError('UNAUTHENTICATED', {
      message: 'The telemetry address carries no valid session token',
      hint: 'Use the endpoint that Roundhouse set in the environment of the agent.',
    });
  }
  const wanted = wantedOf(approach, rest);
  if (!source.limit.take()) {
    throw new AppError('RATE_LIMITED', {
      message: `More than ${String(source.limit.perSecond)} telemetry requests in a second`,
      retryAfterS: 1,
    });
  }
  const mismatched = named.some((other) => registry.resolve(other) !== source);
  return { source, wanted, mismatched };
}

function refuseBrowsers({ host, headers }: Approach): void {
  if (!loopbackHost.test(host)) throw new AppError('HOST_HEADER_FORBIDDEN');
  if (browserHeaders.some((name) => headers[name] !== undefined)) {
    throw new AppError('ORIGIN_FORBIDDEN', {
      message: 'Browsers may not send telemetry',
      hint: 'Only agents on this machine may.',
    });
  }
}

/** `/s/<token>/v1/logs` gives the token and `/v1/logs`; an exporter may double a slash. */
function splitPath(path: string): { token: string | null; rest: string } {
  const clean = path.replace(/\/{2,}/g, '/');
  const match = /^\/s\/([^/]*)(\/.*)?$/.exec(clean);
  if (match === null) return { token: null, rest: clean };
  return { token: match[1] ?? '', rest: match[2] ?? '/' };
}

function wantedOf({ protocol, method }: Approach, rest: string): Wanted {
  const signal = protocol === 'grpc' ? grpcPaths.get(rest) : signals.find((name) => rest === `/v1/${name}`);
  // Some exporters know no paths and send everything to the endpoint itself.
  const base = protocol === 'http' && rest === '/';
  if (signal === undefined && !base) {
    throw new AppError('NOT_FOUND', {
      message: 'There is no such telemetry address',
      hint: 'The paths are v1/metrics, v1/logs and v1/traces.',
    });
  }
  if (method === 'POST') return signal ?? 'any';
  if (base && (method === 'GET' || method === 'HEAD')) return 'probe';
  const allowed = base ? 'POST, GET, HEAD' : 'POST';
  throw new AppError('METHOD_NOT_ALLOWED', { hint: `Use ${allowed}.`, details: { allow: allowed } });
}

/** Tokens beside the path, the stronger first. */
function namedTokens(headers: IncomingHttpHeaders): string[] {
  const own = headers[tokenHeader];
  const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(headers.authorization ?? '')?.[1];
  return [typeof own === 'string' ? own : undefined, bearer].filter((token) => token !== undefined);
}

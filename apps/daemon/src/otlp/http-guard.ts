// Who may talk to the receiver at all, and which session and signal a request is for. Reads no body.
import type { IncomingMessage } from 'node:http';
import { AppError } from '@roundhouse/protocol';
import { signals, type Signal } from './model.js';
import type { Registered, TokenRegistry } from './token-registry.js';

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
/** Headers that browsers set and exporters never do. */
const browserHeaders = ['origin', 'sec-fetch-site'] as const;

export interface Target {
  readonly source: Registered;
  /** null for the address that only tells whether the receiver is there. */
  readonly signal: Signal | null;
  /** Whether a bearer token of another session came along; the path decides. */
  readonly mismatched: boolean;
}

/**
 * @throws AppError HOST_HEADER_FORBIDDEN, ORIGIN_FORBIDDEN, UNAUTHENTICATED, NOT_FOUND, METHOD_NOT_ALLOWED, RATE_LIMITED, SHUTTING_DOWN
 */
export function admit(request: IncomingMessage, registry: TokenRegistry): Target {
  refuseBrowsers(request);
  const [path = ''] = (request.url ?? '').split('?');
  const { token, rest } = splitPath(path);
  const bearer = bearerOf(request);
  const source = registry.resolve(token ?? bearer ?? '');
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
  const signal = signalOf(rest);
  allowMethod(request, signal);
  if (!source.limit.take()) {
    throw new AppError('RATE_LIMITED', {
      message: `More than ${String(source.limit.perSecond)} telemetry requests in a second`,
      retryAfterS: 1,
    });
  }
  const mismatched = token !== null && bearer !== null && registry.resolve(bearer) !== source;
  return { source, signal, mismatched };
}

function refuseBrowsers(request: IncomingMessage): void {
  if (!loopbackHost.test(request.headers.host ?? '')) throw new AppError('HOST_HEADER_FORBIDDEN');
  if (browserHeaders.some((name) => request.headers[name] !== undefined)) {
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

function signalOf(rest: string): Signal | null {
  if (rest === '/') return null;
  const signal = signals.find((name) => rest === `/v1/${name}`);
  if (signal === undefined) {
    throw new AppError('NOT_FOUND', {
      message: 'There is no such telemetry address',
      hint: 'The paths are v1/metrics, v1/logs and v1/traces.',
    });
  }
  return signal;
}

const allowedMethods = (signal: Signal | null): readonly string[] =>
  signal === null ? ['GET', 'HEAD'] : ['POST'];

function allowMethod(request: IncomingMessage, signal: Signal | null): void {
  const allowed = allowedMethods(signal);
  if (allowed.includes(request.method ?? '')) return;
  throw new AppError('METHOD_NOT_ALLOWED', {
    hint: `Use ${allowed.join(' or ')}.`,
    details: { allow: allowed.join(', ') },
  });
}

function bearerOf(request: IncomingMessage): string | null {
  const match = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

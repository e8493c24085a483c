// The typed REST client over the route registry: one function for every route. Same origin, session cookie.
import {
  problemSchema,
  type AnyRoute,
  type ErrorCode,
  type Problem,
  type RouteReply,
} from '@roundhouse/protocol';
import type { z } from 'zod';
import { ApiError } from './api-error.js';
import { underBase } from './base-path.js';
import { t } from './i18n/t.js';

/** A request that takes longer has failed; spawn and git answer within their own, shorter limits. */
const TIMEOUT_MS = 20_000;

type Part<Name extends string, Schema extends z.ZodType> =
  Record<string, never> extends z.input<Schema>
    ? Partial<Record<Name, z.input<Schema>>>
    : Record<Name, z.input<Schema>>;

export type CallInput<R extends AnyRoute> = Part<'params', R['params']> &
  Part<'query', R['query']> &
  Part<'body', R['body']> & {
    idempotencyKey?: string;
    signal?: AbortSignal;
    timeoutMs?: number;
  };

/** One key per intent of the user: make it when a form opens, send it with every retry of that form. */
export const newIdempotencyKey = (): string => {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  // Plain http beyond loopback has no randomUUID.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
};

interface Parts {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function urlOf(route: AnyRoute, { params, query }: Parts): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(isRecord(params) ? String(params[name]) : ''),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(isRecord(query) ? query : {}))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      search.set(name, String(value));
  return underBase(search.size === 0 ? path : `${path}?${search.toString()}`);
}

function fromProblem(problem: Problem, retryAfter: string | null): ApiError {
  const seconds = Number(retryAfter ?? Number.NaN);
  const { type: _type, title, status, detail, code, hint, errors, instance: _instance, ...details } = problem;
  return new ApiError(code satisfies ErrorCode, {
    message: detail ?? title,
    hint,
    status,
    fields: errors,
    details,
    ...(Number.isFinite(seconds) ? { retryAfterS: seconds } : {}),
  });
}

function badReply(status: number, cause: unknown): ApiError {
  return new ApiError('BAD_REPLY', {
    message: t('error.badReply'),
    hint: t('error.badReplyHint'),
    status,
    cause,
  });
}

async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  const problem = problemSchema.safeParse(body);
  if (problem.success) return fromProblem(problem.data, response.headers.get('retry-after'));
  // A proxy or a stopped hub answers with its own page.
  const down = response.status >= 502 && response.status <= 504;
  return down
    ? new ApiError('NETWORK', {
        message: t('error.network'),
        hint: t('error.networkHint'),
        status: response.status,
      })
    : badReply(response.status, problem.error);
}

function fromFetch(cause: unknown, caller: AbortSignal | undefined): ApiError {
  if (caller?.aborted === true) return new ApiError('ABORTED', { message: 'aborted', cause });
  const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  return timedOut
    ? new ApiError('TIMEOUT', { message: t('error.timeout'), hint: t('error.timeoutHint'), cause })
    : new ApiError('NETWORK', { message: t('error.network'), hint: t('error.networkHint'), cause });
}

/**
 * Calls a route and gives its parsed reply: `call(routes.sessions.stop, { params: { id }, body: { force: true } })`.
 * @throws ApiError with the code of the hub, or NETWORK, TIMEOUT, ABORTED, BAD_REPLY.
 */
export async function call<R extends AnyRoute>(route: R, input: CallInput<R>): Promise<RouteReply<R>> {
  const parts: Parts = input;
  const limit = AbortSignal.timeout(input.timeoutMs ?? TIMEOUT_MS);
  const hasBody = route.method !== 'GET' && parts.body !== undefined;
  let response: Response;
  try {
    response = await fetch(urlOf(route, parts), {
      method: route.method,
      credentials: 'same-origin',
      signal: input.signal ? AbortSignal.any([input.signal, limit]) : limit,
      headers: {
        accept: 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
        ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
      },
      ...(hasBody ? { body: JSON.stringify(parts.body) } : {}),
    });
  } catch (cause) {
    throw fromFetch(cause, input.signal);
  }
  if (!response.ok) throw await readError(response);
  return readReply(route, response);
}

async function readReply<R extends AnyRoute>(route: R, response: Response): Promise<RouteReply<R>> {
  const body: unknown = await response.json().catch(() => ({}));
  const reply = route.reply.safeParse(body);
  if (!reply.success) throw badReply(response.status, reply.error);
  // The schema that parsed it is the one that RouteReply is inferred from; the generic hides that.
  return reply.data as RouteReply<R>;
}

// Binds a controller method to a route of the registry: path, method, status, parsing and permission come from there.
import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  type ExecutionContext,
} from '@nestjs/common';
import {
  AppError,
  parseWith,
  type AnyRoute,
  type Method,
  type RouteBody,
  type RouteParams,
  type RouteQuery,
} from '@roundhouse/protocol';
import type { Request, Response } from 'express';
import type { Actor } from '../../auth/actor.js';
import type { BasePath } from './base-path.js';

const ROUTE_METADATA = 'roundhouse:route';

/** What the guards leave on a request. */
export interface RequestContext {
  readonly requestId: string;
  /** Address of the client; of a trusted proxy's client when one is declared. */
  readonly ip: string;
  readonly secure: boolean;
  /** The path below which the hub is served: that of its cookie. */
  readonly basePath: BasePath;
  /** Null on public routes only. */
  readonly actor: Actor | null;
}

export type RoundhouseRequest = Request & { roundhouse?: RequestContext };

/** A parsed call of a route. */
export interface Call<R extends AnyRoute> {
  readonly params: RouteParams<R>;
  readonly query: RouteQuery<R>;
  readonly body: RouteBody<R>;
  readonly context: RequestContext;
  readonly request: Request;
  readonly response: Response;
}

const methods: Readonly<Record<Method, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  PATCH: RequestMethod.PATCH,
  DELETE: RequestMethod.DELETE,
};

/** Serves `route` with the decorated method. The method takes one argument: `@Parsed() call: Call<typeof route>`. */
export const Handle = (route: AnyRoute): MethodDecorator =>
  applyDecorators(
    RequestMapping({ path: route.path, method: methods[route.method] }),
    HttpCode(route.status),
    SetMetadata(ROUTE_METADATA, route),
  );

export const routeOf = (handler: object): AnyRoute | undefined =>
  Reflect.getMetadata(ROUTE_METADATA, handler) as AnyRoute | undefined;

/** Injects the `Call`, parsed by the schemas of the route. @throws AppError VALIDATION_FAILED */
export const Parsed = createParamDecorator((_: unknown, execution: ExecutionContext): Call<AnyRoute> => {
  const route = routeOf(execution.getHandler());
  const http = execution.switchToHttp();
  const request = http.getRequest<RoundhouseRequest>();
  if (!route || !request.roundhouse) throw new Error('A handler is not bound to a route');
  const body: unknown = request.body ?? {};
  return {
    params: parseWith(route.params, request.params, 'The address'),
    query: parseWith(route.query, request.query, 'The query'),
    body: route.method === 'GET' ? {} : parseWith(route.body, body, 'The body'),
    context: request.roundhouse,
    request,
    response: http.getResponse<Response>(),
  };
});

/** The actor of a call that is not public; the guard has made sure that there is one. */
export function signedIn(call: Pick<Call<AnyRoute>, 'context'>): Actor {
  if (!call.context.actor) throw new AppError('UNAUTHENTICATED');
  return call.context.actor;
}

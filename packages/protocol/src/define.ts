// How events and routes are written down; the maps that type both ends are derived from these.
import type { z } from 'zod';
import type { Permission } from './permissions.js';
import type { Result } from './result.js';

export interface EventDef<From extends string, P extends z.ZodType, A extends z.ZodType | null> {
  readonly from: From;
  readonly payload: P;
  /** Data of the acknowledgement; null when the event has none. */
  readonly reply: A;
  /** Who may send it. */
  readonly permission: Permission;
  /** One line for the generated documentation. */
  readonly doc: string;
}

export const defineEvent = <const From extends string, P extends z.ZodType, A extends z.ZodType | null>(
  event: EventDef<From, P, A>,
): EventDef<From, P, A> => event;

export type AnyEvent = EventDef<string, z.ZodType, z.ZodType | null>;
export type EventRegistry = Readonly<Record<string, AnyEvent>>;
export type PayloadOf<E extends AnyEvent> = z.output<E['payload']>;
export type SentPayloadOf<E extends AnyEvent> = z.input<E['payload']>;
export type ReplyOf<E extends AnyEvent> = E['reply'] extends z.ZodType ? z.output<E['reply']> : void;

type Handler<E extends AnyEvent> = E['reply'] extends z.ZodType
  ? (payload: SentPayloadOf<E>, ack: (result: Result<z.input<E['reply']>>) => void) => void
  : (payload: SentPayloadOf<E>) => void;

/** Names of the events that one side sends. */
export type NamesFrom<R extends EventRegistry, From extends string> = {
  [K in keyof R]: R[K]['from'] extends From ? K : never;
}[keyof R] &
  string;

/** Socket.IO's typed map of the events that one side sends. */
export type EventMap<R extends EventRegistry, From extends string> = {
  [K in NamesFrom<R, From>]: Handler<R[K]>;
};

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RouteDef<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
> {
  readonly method: Method;
  /** Full path with `:name` parameters. */
  readonly path: string;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  readonly status: number;
  readonly permission: Permission;
  /** Names of request headers that the route needs. */
  readonly headers?: readonly string[];
  /** Media types of a reply that is a file, streamed, instead of JSON; `reply` is then its text. */
  readonly media?: readonly [string, ...string[]];
  readonly doc: string;
}

export const defineRoute = <
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Reply extends z.ZodType,
>(
  route: RouteDef<Params, Query, Body, Reply>,
): RouteDef<Params, Query, Body, Reply> => route;

export type AnyRoute = RouteDef<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;
export type RouteParams<R extends AnyRoute> = z.output<R['params']>;
export type RouteQuery<R extends AnyRoute> = z.output<R['query']>;
export type RouteBody<R extends AnyRoute> = z.output<R['body']>;
export type RouteReply<R extends AnyRoute> = z.output<R['reply']>;

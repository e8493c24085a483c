// The query client, and the queries that several features share.
import { routes, type Host, type Me, type Session } from '@roundhouse/protocol';
import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './api.js';
import { ApiError } from './api-error.js';
import { keys, LiveCache } from './live-cache.js';

/** Sockets keep the cache true; this only bounds how long a missed change could stay. */
const STALE_MS = 5 * 60_000;
/** Most sessions that the fleet loads; older ended ones are found by filter. */
const SESSIONS_MAX = 1000;
const PAGE = 200;

const mayRetry = (count: number, error: unknown): boolean =>
  count < 2 && error instanceof ApiError && (error.code === 'NETWORK' || error.code === 'TIMEOUT');

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error, query) {
      // Signed out elsewhere, or the session lapsed: the gate asks again who we are.
      if (error instanceof ApiError && error.code === 'UNAUTHENTICATED' && query.queryKey[0] !== keys.me[0])
        void queryClient.invalidateQueries({ queryKey: keys.me });
    },
  }),
  defaultOptions: {
    queries: { staleTime: STALE_MS, refetchOnWindowFocus: false, retry: mayRetry },
    mutations: { retry: false },
  },
});

export const liveCache = new LiveCache(queryClient);

/** Who is here: signed in, to sign in, or first to set up. */
export type AuthState = { kind: 'in'; me: Me } | { kind: 'login' } | { kind: 'setup' };

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: async ({ signal }): Promise<AuthState> => {
    try {
      return { kind: 'in', me: await call(routes.auth.me, { signal }) };
    } catch (error) {
      if (error instanceof ApiError && error.code === 'UNAUTHENTICATED') return { kind: 'login' };
      if (error instanceof ApiError && error.code === 'SETUP_REQUIRED') return { kind: 'setup' };
      throw error;
    }
  },
  // While the hub does not answer, ask again by ourselves.
  retry: mayRetry,
  refetchInterval: ({ state }) => (state.status === 'error' ? 3000 : false),
});

/** After setup or login: no need to ask who we are. */
export function setSignedIn(me: Me): void {
  const state: AuthState = { kind: 'in', me };
  queryClient.setQueryData(meQuery.queryKey, state);
}

export const hostsQuery = queryOptions({
  queryKey: keys.list('host'),
  queryFn: async ({ signal }): Promise<{ items: Host[] }> => {
    const { items } = await call(routes.hosts.list, { signal });
    return { items: liveCache.freshList('host', items) };
  },
});

/** All recent sessions, newest first. */
export const sessionsQuery = queryOptions({
  queryKey: keys.list('session'),
  queryFn: async ({ signal }): Promise<{ items: Session[] }> => {
    const items: Session[] = [];
    let cursor: string | undefined;
    do {
      const page = await call(routes.sessions.list, {
        signal,
        query: { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
      });
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && items.length < SESSIONS_MAX);
    return { items: liveCache.freshList('session', items) };
  },
});

export const sessionQuery = (id: Session['id']) =>
  queryOptions({
    queryKey: keys.one('session', id),
    queryFn: async ({ signal }): Promise<Session> => {
      const session = await call(routes.sessions.get, { signal, params: { id } });
      return liveCache.fresh('session', session) ?? session;
    },
  });

export const hostQuery = (id: Host['id']) =>
  queryOptions({
    queryKey: keys.one('host', id),
    queryFn: async ({ signal }): Promise<Host> => {
      const host = await call(routes.hosts.get, { signal, params: { id } });
      return liveCache.fresh('host', host) ?? host;
    },
  });

/** Puts the session or host that a mutation answered with into the cache, without waiting for the socket. */
export const applyHost = (entity: Host): void =>
  liveCache.apply({ kind: 'host', id: entity.id, version: entity.version, entity });
export const applySession = (entity: Session): void =>
  liveCache.apply({ kind: 'session', id: entity.id, version: entity.version, entity });

export const versionQuery = queryOptions({
  queryKey: keys.version,
  queryFn: ({ signal }) => call(routes.system.version, { signal }),
});

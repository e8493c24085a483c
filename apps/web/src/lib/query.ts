// The query client, and the queries that several features share.
import { endStates, routes, sessionStates, type Host, type Me, type Session } from '@roundhouse/protocol';
import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { call } from './api.js';
import { ApiError } from './api-error.js';
import { keys, LiveCache } from './live-cache.js';

/** Sockets keep the cache true; this only bounds how long a missed change could stay. */
const STALE_MS = 5 * 60_000;
/** Most sessions that have not ended: more than a browser can show with sense. */
const LIVE_MAX = 2000;
const PAGE = 200;
/** Ended sessions are paged on demand, this many at once. */
const ENDED_PAGE = 50;

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

export interface SessionList {
  readonly items: Session[];
  /** Where the ended sessions go on that are not loaded yet; null when all are. */
  readonly endedCursor: string | null;
}

const liveStates = sessionStates.filter((state) => !endStates.includes(state)).join(',');
const endedPage = (cursor: string | null, signal?: AbortSignal) =>
  call(routes.sessions.list, {
    ...(signal ? { signal } : {}),
    query: { state: endStates.join(','), limit: ENDED_PAGE, ...(cursor === null ? {} : { cursor }) },
  });

async function liveSessions(signal: AbortSignal): Promise<Session[]> {
  const items: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await call(routes.sessions.list, {
      signal,
      query: { state: liveStates, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < LIVE_MAX);
  return items;
}

/** Of two pages that were asked for at different moments the newer entity counts. */
function union(...pages: readonly (readonly Session[])[]): Session[] {
  const byId = new Map<string, Session>();
  for (const session of pages.flat()) {
    const known = byId.get(session.id);
    if (!known || known.version < session.version) byId.set(session.id, session);
  }
  return [...byId.values()];
}

/** All sessions that have not ended, and the newest of those that have. */
export const sessionsQuery = queryOptions({
  queryKey: keys.list('session'),
  queryFn: async ({ signal }): Promise<SessionList> => {
    const [live, ended] = await Promise.all([liveSessions(signal), endedPage(null, signal)]);
    const items = liveCache.freshList('session', union(live, ended.items));
    return { items, endedCursor: ended.nextCursor };
  },
});

/** Loads the next page of ended sessions into the list. */
export async function loadMoreEnded(): Promise<void> {
  const cursor = queryClient.getQueryData(sessionsQuery.queryKey)?.endedCursor ?? null;
  if (cursor === null) return;
  const page = await endedPage(cursor);
  const more = page.items.flatMap((session) => liveCache.fresh('session', session) ?? []);
  queryClient.setQueryData(
    sessionsQuery.queryKey,
    (now) => now && { items: union(now.items, more), endedCursor: page.nextCursor },
  );
}

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

// The session of a tile: from the list that every page has, else asked for by itself.
import type { Host, Session, SessionId } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../lib/api-error.js';
import { hostsQuery, sessionQuery, sessionsQuery } from '../../lib/query.js';

export type TileSession =
  | { readonly kind: 'loading' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly retry: () => void }
  | { readonly kind: 'there'; readonly session: Session; readonly host: Host | undefined };

export function useTileSession(id: SessionId): TileSession {
  const list = useQuery(sessionsQuery);
  const { data: hosts } = useQuery(hostsQuery);
  const listed = list.data?.items.find((each) => each.id === id);
  const one = useQuery({ ...sessionQuery(id), enabled: list.data !== undefined && !listed });
  const session = listed ?? one.data;
  if (session) {
    const host = hosts?.items.find((each) => each.id === session.hostId);
    return { kind: 'there', session, host };
  }
  const error = one.error ?? list.error;
  if (error === null) return { kind: 'loading' };
  if (error instanceof ApiError && error.code === 'NOT_FOUND') return { kind: 'gone' };
  return { kind: 'failed', error, retry: () => void (one.error === null ? list : one).refetch() };
}

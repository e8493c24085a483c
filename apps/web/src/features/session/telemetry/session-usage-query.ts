// Everything one session used, asked for again while it runs.
import { hasEnded, routes, type Session } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../../lib/api.js';

const AGAIN_MS = 10_000;

export const sessionUsageQuery = ({ id, state }: Pick<Session, 'id' | 'state'>) =>
  queryOptions({
    queryKey: ['usage', 'session', id],
    queryFn: ({ signal }) => call(routes.usage.session, { signal, params: { id } }),
    refetchInterval: hasEnded(state) ? false : AGAIN_MS,
    staleTime: AGAIN_MS,
  });

// What hosts and sessions did in the last day: one question for all strips, spark lines and today's sums.
import { routes, type FleetActivity } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { useNow } from '../../lib/ticker.js';
import { activityQuery } from '../../lib/usage/activity-query.js';

const AGAIN_MS = 30_000;
const MINUTE = 60_000;

export type HostSlots = FleetActivity['hosts'][number]['slots'];

/** The slots of a host; null until they are known. */
export function useHostSlots(hostId: string): HostSlots | null {
  const { data } = useQuery({
    ...activityQuery,
    select: ({ hosts }) => hosts.find((each) => each.hostId === hostId)?.slots ?? null,
  });
  return data ?? null;
}

/** Tokens of a session in 24 parts of the day; null when it used none. */
export function useSessionSpark(sessionId: string): readonly number[] | null {
  const { data } = useQuery({
    ...activityQuery,
    select: ({ sessions }) => sessions.find((each) => each.sessionId === sessionId)?.tokens ?? null,
  });
  return data ?? null;
}

/** Sums since the reader's midnight, with the present burn rate; null until they are known. */
export function useToday() {
  const now = useNow(AGAIN_MS);
  const from = new Date(new Date(now).setHours(0, 0, 0, 0)).toISOString();
  const to = new Date(Math.ceil(now / MINUTE) * MINUTE).toISOString();
  const { data } = useQuery({
    queryKey: ['usage', 'today', from, to],
    queryFn: ({ signal }) => call(routes.usage.sums, { signal, query: { from, to, bucket: 'minute' } }),
    placeholderData: (before) => before,
    refetchInterval: AGAIN_MS,
    staleTime: AGAIN_MS,
  });
  return data ?? null;
}

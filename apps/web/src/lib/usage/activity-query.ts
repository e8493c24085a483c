// What hosts and sessions did in the last day: one question for all strips, spark lines and hatches.
import { routes } from '@roundhouse/protocol';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api.js';

const AGAIN_MS = 30_000;

export const activityQuery = queryOptions({
  queryKey: ['usage', 'fleet'],
  queryFn: ({ signal }) => call(routes.usage.fleetActivity, { signal, query: { hours: 24 } }),
  refetchInterval: AGAIN_MS,
  staleTime: AGAIN_MS,
});

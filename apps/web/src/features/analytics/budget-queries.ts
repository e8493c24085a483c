// Budgets of the hub, and the names of what they are about.
import { routes, type BudgetScope } from '@roundhouse/protocol';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { hostsQuery, sessionsQuery } from '../../lib/query.js';

/** As often as the other numbers of the page. */
const AGAIN_MS = 15_000;

export const budgetsQuery = queryOptions({
  queryKey: ['budgets'],
  queryFn: ({ signal }) => call(routes.budgets.list, { signal }),
  refetchInterval: AGAIN_MS,
  staleTime: AGAIN_MS,
});

/** Value and word of everything that a budget of each scope may be about. */
export function useBudgetNames(): Readonly<Record<BudgetScope, ReadonlyMap<string, string>>> {
  const hosts = useQuery(hostsQuery).data?.items ?? [];
  const sessions = useQuery(sessionsQuery).data?.items ?? [];
  return {
    all: new Map(),
    profile: new Map(hosts.flatMap(({ profiles }) => profiles.map((each) => [each.name, each.displayName]))),
    project: new Map(hosts.flatMap(({ projects }) => projects.map(({ path, name }) => [path, name]))),
    session: new Map(sessions.map(({ id, name }) => [id, name])),
  };
}

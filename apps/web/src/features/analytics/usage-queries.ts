// What the usage page asks the hub for. A span that ends now is asked for again now and then.
import { hostIdSchema, routes, type UsageGroup } from '@roundhouse/protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { underBase } from '../../lib/base-path.js';
import type { AnalyticsSearch, SplitBy } from './analytics-search.js';
import { presentMinute, spanOf, type Span } from './span.js';

/** New numbers arrive with some seconds of delay anyway. */
const AGAIN_MS = 15_000;

export interface UsageAsk {
  readonly span: Span;
  readonly search: AnalyticsSearch;
}

const filters = ({ span, search }: UsageAsk) => ({
  from: new Date(span.from).toISOString(),
  to: new Date(span.to).toISOString(),
  ...(search.host === undefined ? {} : { host: hostIdSchema.parse(search.host) }),
  ...(search.project === undefined ? {} : { project: search.project }),
  ...(search.agent === undefined ? {} : { agent: search.agent }),
});

/** A span that ends now is read anew with each question: one key serves it, and what was known stays on an error. */
const fresh = (ask: UsageAsk): UsageAsk => ({ ...ask, span: spanOf(ask.search, presentMinute(Date.now())) });
const keyOf = ({ search: { range, from, to, host, project, agent } }: UsageAsk) =>
  ({ range, from, to, host, project, agent }) as const;

const common = ({ span }: UsageAsk) => ({
  placeholderData: keepPreviousData,
  refetchInterval: span.live ? AGAIN_MS : (false as const),
  staleTime: AGAIN_MS,
});

export const sumsQuery = (ask: UsageAsk, groupBy: UsageGroup) =>
  queryOptions({
    queryKey: ['usage', 'sums', groupBy, keyOf(ask)],
    queryFn: ({ signal }) =>
      call(routes.usage.sums, {
        signal,
        query: { ...filters(fresh(ask)), bucket: ask.span.bucket, groupBy },
      }),
    ...common(ask),
  });

export const seriesQuery = (ask: UsageAsk, by: SplitBy) =>
  queryOptions({
    queryKey: ['usage', 'series', by, keyOf(ask)],
    queryFn: ({ signal }) =>
      call(routes.usage.series, { signal, query: { ...filters(fresh(ask)), bucket: ask.span.bucket, by } }),
    ...common(ask),
  });

export const toolsQuery = (ask: UsageAsk) =>
  queryOptions({
    queryKey: ['usage', 'tools', keyOf(ask)],
    queryFn: ({ signal }) => call(routes.usage.tools, { signal, query: filters(fresh(ask)) }),
    ...common(ask),
  });

export const promptsQuery = (ask: UsageAsk) =>
  queryOptions({
    queryKey: ['usage', 'prompts', keyOf(ask)],
    queryFn: ({ signal }) =>
      call(routes.usage.prompts, { signal, query: { ...filters(fresh(ask)), limit: 10 } }),
    ...common(ask),
  });

/** Address of the same numbers as a file. */
export function fileAddress(ask: UsageAsk, format: 'csv' | 'json'): string {
  const query = new URLSearchParams({
    ...filters(ask),
    bucket: ask.span.bucket,
    groupBy: ask.span.bucket === 'minute' ? 'hour,profile,model' : 'day,profile,model',
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    format,
  });
  return underBase(`${routes.usage.sums.path}?${query.toString()}`);
}

// The bars of the span: tokens or cost, split as one likes, as a chart or as a table.
import { activitySlotMs, seriesByValues, type CostSource } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t, tn } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { activityQuery } from '../../lib/usage/activity-query.js';
import { toBars } from '../../lib/usage/chart-bars.js';
import { Card } from '../../ui/card.js';
import { perWord } from '../../ui/chart/chart-scale.js';
import { GapLegend, Legend } from '../../ui/chart/legend.js';
import type { ChartGap } from '../../ui/chart/stack-chart.js';
import { ErrorState } from '../../ui/error-state.js';
import { Segmented } from '../../ui/segmented.js';
import { Select } from '../../ui/select.js';
import { Skeleton } from '../../ui/skeleton.js';
import { BarView, kindWords } from '../../ui/usage/bar-view.js';
import { splitOf, type AnalyticsSearch } from './analytics-search.js';
import { awayOf } from './away.js';
import { seriesQuery, type UsageAsk } from './usage-queries.js';

export interface UsageChartProps {
  ask: UsageAsk;
  /** Of the money in it. */
  costSource: CostSource;
  onSearch: (next: AnalyticsSearch) => void;
}

export function UsageChart({ ask, costSource, onSearch }: UsageChartProps) {
  const { what = 'tokens' } = ask.search;
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const { data, error, isFetching, refetch } = useQuery(seriesQuery(ask, splitOf(ask.search)));
  const gaps = useGaps(ask);
  const bars = data && toBars(data, { what, words: kindWords(), other: t('usage.other') });
  return (
    <Card>
      <div className="flex min-h-10 items-center gap-3 border-b border-line px-4 py-1.5 max-lg:flex-wrap max-lg:gap-y-1.5 max-sm:gap-1.5 max-sm:px-2">
        <Choices search={ask.search} onSearch={onSearch} />
        <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-4 gap-y-1 text-12 text-text-3 max-lg:order-last max-lg:w-full max-lg:flex-auto max-sm:px-1 lg:justify-end">
          {bars && <span className="mr-2 whitespace-nowrap">{perWord(bars.stepMs)}</span>}
          {bars?.lines.map(({ key, label, fill }) => (
            <Legend key={key} fill={fill}>
              {label}
            </Legend>
          ))}
          {view === 'chart' && gaps.length > 0 && <GapLegend>{away(gaps)}</GapLegend>}
        </span>
        <span className="max-lg:ml-auto">
          <Segmented
            label={t('usage.view')}
            value={view}
            onValueChange={setView}
            options={[
              { value: 'chart', label: t('usage.chart') },
              { value: 'table', label: t('usage.table') },
            ]}
          />
        </span>
      </div>
      <div className="p-4">
        {bars ? (
          <BarView bars={bars} view={view} what={what} costSource={costSource} gaps={gaps} />
        ) : error ? (
          <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="h-[260px] rounded-sm" />
        )}
      </div>
    </Card>
  );
}

interface ChoicesProps {
  search: AnalyticsSearch;
  onSearch: (next: AnalyticsSearch) => void;
}

function Choices({ search, onSearch }: ChoicesProps) {
  const { what = 'tokens' } = search;
  const fits = seriesByValues.filter((each) => what === 'tokens' || each !== 'kind');
  return (
    <>
      <Segmented
        label={t('usage.what')}
        value={what}
        onValueChange={(next) => {
          const { what: _was, ...rest } = search;
          onSearch(next === 'cost' ? { ...rest, what: 'cost' } : rest);
        }}
        options={[
          { value: 'tokens', label: t('usage.tokens') },
          { value: 'cost', label: t('usage.cost') },
        ]}
      />
      <Select
        aria-label={t('usage.by')}
        value={splitOf(search)}
        onValueChange={(next) => {
          const { by: _was, ...rest } = search;
          onSearch(next === 'kind' ? rest : { ...rest, by: next });
        }}
        className="h-[26px] border-line-2! text-12 font-medium max-sm:pr-6 max-sm:pl-2"
        options={fits.map((each) => ({
          value: each,
          label: `${t('usage.by')} ${t(`usage.by.${each}`)}`,
        }))}
      />
    </>
  );
}

/** Of the hosts that are asked for, where the last day is shown: longer ago nobody noted it. */
function useGaps({ span, search }: UsageAsk): readonly ChartGap[] {
  const { data: hosts } = useQuery(hostsQuery);
  const { data: activity } = useQuery(activityQuery);
  if (!hosts || !activity || span.from < Date.parse(activity.from) - activitySlotMs) return [];
  const asked = hosts.items.filter(({ id }) => search.host === undefined || id === search.host);
  return awayOf(activity, asked)
    .filter(({ to }) => to > span.from)
    .map(({ name, from, to }) => ({ from, to, name, label: t('usage.away', { name }) }));
}

/** One by its name, several by their number. */
function away(gaps: readonly ChartGap[]): string {
  const names = new Set(gaps.map(({ name }) => name));
  const [name = ''] = names;
  return names.size === 1 ? t('usage.away', { name }) : tn('usage.awayOf', names.size);
}

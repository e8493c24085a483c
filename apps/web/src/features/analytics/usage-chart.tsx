// The bars of the span: tokens or cost, split as one likes, as a chart or as a table.
import { seriesByValues } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { toBars } from '../../lib/usage/chart-bars.js';
import { Card } from '../../ui/card.js';
import { stepWord } from '../../ui/chart/chart-scale.js';
import { Legend } from '../../ui/chart/legend.js';
import { Segmented } from '../../ui/segmented.js';
import { Select } from '../../ui/select.js';
import { Skeleton } from '../../ui/skeleton.js';
import { BarView, kindWords } from '../../ui/usage/bar-view.js';
import type { AnalyticsSearch } from './analytics-search.js';
import { seriesQuery, type UsageAsk } from './usage-queries.js';

export interface UsageChartProps {
  ask: UsageAsk;
  onSearch: (next: AnalyticsSearch) => void;
}

export function UsageChart({ ask, onSearch }: UsageChartProps) {
  const { by = 'kind', what = 'tokens' } = ask.search;
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const { data } = useQuery(seriesQuery(ask, by));
  const bars = data && toBars(data, { what, words: kindWords(), other: t('usage.other') });
  return (
    <Card>
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-1.5">
        <Segmented
          label={t('usage.what')}
          value={what}
          onValueChange={(next) => {
            const { what: _was, ...rest } = ask.search;
            onSearch(next === 'cost' ? { ...rest, what: 'cost' } : rest);
          }}
          options={[
            { value: 'tokens', label: t('usage.tokens') },
            { value: 'cost', label: t('usage.cost') },
          ]}
        />
        <Select
          aria-label={t('usage.by')}
          value={by}
          onValueChange={(next) => {
            const { by: _was, ...rest } = ask.search;
            onSearch(next === 'kind' ? rest : { ...rest, by: next });
          }}
          className="h-[26px] border-line-2 text-12 font-medium"
          options={seriesByValues.map((each) => ({
            value: each,
            label: `${t('usage.by')} ${t(`usage.by.${each}`)}`,
          }))}
        />
        {bars && (
          <span className="text-12 text-text-3">{t('usage.per', { span: stepWord(bars.stepMs) })}</span>
        )}
        <span className="ml-auto flex flex-wrap items-center gap-x-4 gap-y-1">
          {bars?.lines.map(({ key, label, fill }) => (
            <Legend key={key} fill={fill}>
              {label}
            </Legend>
          ))}
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
          <BarView bars={bars} view={view} what={what} />
        ) : (
          <Skeleton className="h-[260px] rounded-sm" />
        )}
      </div>
    </Card>
  );
}

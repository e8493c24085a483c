// Usage over time: what it cost, where it went, what agents did. The address holds span, split and filters.
import { useQuery } from '@tanstack/react-query';
import { ChartNoAxesColumn } from 'lucide-react';
import { describeError } from '../../lib/api-error.js';
import { formatTime } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { useNow } from '../../lib/ticker.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { Card } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import type { AnalyticsSearch } from './analytics-search.js';
import { BudgetsPanel } from './budgets-panel.js';
import { PromptTable } from '../../ui/usage/prompt-table.js';
import { presentMinute, spanOf } from './span.js';
import { ToolTable } from '../../ui/usage/tool-table.js';
import { TopList } from './top-list.js';
import { UsageBar } from './usage-bar.js';
import { UsageCards } from './usage-cards.js';
import { UsageChart } from './usage-chart.js';
import { promptsQuery, sumsQuery, toolsQuery, type UsageAsk } from './usage-queries.js';

export interface AnalyticsPageProps {
  search: AnalyticsSearch;
  onSearch: (next: AnalyticsSearch) => void;
}

export function AnalyticsPage({ search, onSearch }: AnalyticsPageProps) {
  const now = presentMinute(useNow(15_000));
  const ask: UsageAsk = { span: spanOf(search, now), search };
  const { data, error, dataUpdatedAt, isFetching, refetch } = useQuery(sumsQuery(ask, 'model'));
  const filtered = search.host !== undefined || search.project !== undefined || search.agent !== undefined;
  const clear = (): void => {
    const { host: _host, project: _project, agent: _agent, ...rest } = search;
    onSearch(rest);
  };
  return (
    <>
      <UsageBar ask={ask} onSearch={onSearch} priceTable={data?.priceTable} />
      {data && error && <Stale error={error} asOf={dataUpdatedAt} />}
      {!data ? (
        error ? (
          <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : data.total.requests === 0 && data.total.workingMs === 0 && data.total.tokens.output === 0 ? (
        <EmptyState
          icon={<ChartNoAxesColumn aria-hidden="true" />}
          title={t('usage.none')}
          {...(filtered ? { action: <Button onClick={clear}>{t('usage.clearFilters')}</Button> } : {})}
        >
          {filtered ? t('usage.noneFiltered') : t('usage.noneHint')}
        </EmptyState>
      ) : (
        <>
          <UsageCards usage={data} ask={ask} />
          <UsageChart ask={ask} costSource={data.total.costSource} onSearch={onSearch} />
          <div className="mt-3 grid gap-3 lg:grid-cols-3">
            <TopList title={t('usage.byModel')} ask={ask} group="model" />
            <TopList title={t('usage.byProject')} ask={ask} group="project" />
            <Tools ask={ask} />
            <TopList title={t('usage.byProfile')} ask={ask} group="profile" />
            <TopList title={t('usage.byHost')} ask={ask} group="host" />
            <Prompts ask={ask} />
          </div>
        </>
      )}
      <BudgetsPanel />
    </>
  );
}

/** It is asked for again by itself; what is shown is what was told last. */
function Stale({ error, asOf }: { error: unknown; asOf: number }) {
  return (
    <div className="-mx-6 mb-4 max-sm:-mx-4">
      <Banner icon="alert" title={t('fleet.stale')}>
        {t('fleet.staleHint', { time: formatTime(asOf), message: describeError(error).message })}
      </Banner>
    </div>
  );
}

function Tools({ ask }: { ask: UsageAsk }) {
  const { data, error } = useQuery(toolsQuery(ask));
  return (
    <Card>
      <ToolTable items={data?.items} error={error} />
    </Card>
  );
}

function Prompts({ ask }: { ask: UsageAsk }) {
  const { data, error } = useQuery(promptsQuery(ask));
  return (
    <Card>
      <PromptTable items={data?.items} error={error} withSession />
    </Card>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <Skeleton className="mb-3 h-[112px] rounded-md" />
      <Skeleton className="mb-3 h-[340px] rounded-md" />
      <Skeleton className="h-60 rounded-md" />
    </SkeletonGroup>
  );
}

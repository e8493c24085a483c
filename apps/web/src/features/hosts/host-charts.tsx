// CPU, memory, disk and load of a host over the last hour or day. Nothing moves when new numbers come.
import type { Host, MetricsWindow } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { Card } from '../../ui/card.js';
import { LineChart } from '../../ui/chart/line-chart.js';
import { GapLegend } from '../../ui/chart/legend.js';
import { ErrorState } from '../../ui/error-state.js';
import { Segmented } from '../../ui/segmented.js';
import { Skeleton } from '../../ui/skeleton.js';
import { chartKinds, lineOf, metricsQuery, nowOf, type ChartKind } from './metrics.js';

const words: Readonly<Record<ChartKind, PlainKey>> = {
  cpu: 'hosts.col.cpu',
  memory: 'hosts.col.memory',
  disk: 'hosts.col.disk',
  load: 'hosts.load',
};

export interface HostChartsProps {
  host: Host;
  window: MetricsWindow;
  onWindow: (window: MetricsWindow) => void;
}

export function HostCharts({ host, window, onWindow }: HostChartsProps) {
  const { data, error, isFetching, refetch } = useQuery(metricsQuery(host.id, window));
  return (
    <section aria-labelledby="host-resources">
      <div className="mb-2 flex min-h-7 items-center gap-3">
        <h2 id="host-resources" className="font-strong">
          {t('hosts.resources')}
        </h2>
        <span className="ml-auto" />
        <GapLegend>{t('hosts.away')}</GapLegend>
        <Segmented
          label={t('hosts.window')}
          value={window}
          onValueChange={onWindow}
          options={[
            { value: '1h', label: t('hosts.window.1h') },
            { value: '24h', label: t('hosts.window.24h') },
          ]}
        />
      </div>
      {!data && error ? (
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      ) : (
        <div className="grid gap-3 md:grid-cols-2">
          {chartKinds.map((kind) => (
            <Card key={kind} className="p-3">
              <div className="mb-1 flex items-baseline gap-2 text-12">
                <h3 className="font-medium text-text-2">{t(words[kind])}</h3>
                <span className="nums ml-auto font-medium">{nowOf(kind, host) ?? '—'}</span>
              </div>
              {data ? (
                <Chart kind={kind} host={host} metrics={data} />
              ) : (
                <Skeleton className="h-[128px] rounded-sm" />
              )}
            </Card>
          ))}
        </div>
      )}
    </section>
  );
}

interface ChartProps {
  kind: ChartKind;
  host: Host;
  metrics: Parameters<typeof lineOf>[1];
}

function Chart({ kind, host, metrics }: ChartProps) {
  if (metrics.points.length === 0) {
    return (
      <p role="note" className="grid h-[128px] place-content-center text-center text-12 text-text-3">
        {t(
          host.state === 'online'
            ? 'hosts.chartEmpty'
            : host.state === 'pending'
              ? 'hosts.chartNever'
              : 'hosts.chartAway',
        )}
      </p>
    );
  }
  return <LineChart label={t(words[kind])} gapWord={t('hosts.away')} {...lineOf(kind, metrics)} />;
}

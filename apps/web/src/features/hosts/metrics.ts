// The history of a host as lines of charts, and how the hub is asked for it.
import {
  routes,
  type Host,
  type HostId,
  type HostMetrics,
  type HostMetricsPoint,
  type MetricsWindow,
} from '@roundhouse/protocol';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call } from '../../lib/api.js';
import { formatPercent } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { niceTicks } from '../../ui/chart/chart-scale.js';
import { formatBytes } from './host-facts.js';

/** A minute is the finest that there is: asked for twice in each. */
const AGAIN_MS = 30_000;

export const metricsQuery = (id: HostId, window: MetricsWindow) =>
  queryOptions({
    queryKey: ['host-metrics', id, window],
    queryFn: ({ signal }) => call(routes.hosts.metrics, { signal, params: { id }, query: { window } }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });

export const chartKinds = ['cpu', 'memory', 'disk', 'load'] as const;
export type ChartKind = (typeof chartKinds)[number];

export interface HostLine {
  readonly from: number;
  readonly stepMs: number;
  readonly values: readonly (number | null)[];
  readonly ticks: readonly number[];
  readonly formatTick: (value: number) => string;
  readonly describe: (index: number) => string;
}

const reads: Readonly<Record<ChartKind, (point: HostMetricsPoint) => number | null>> = {
  cpu: ({ cpuPercent }) => cpuPercent,
  memory: ({ memUsedBytes }) => memUsedBytes,
  disk: ({ diskFreeBytes, diskTotalBytes }) => diskTotalBytes - diskFreeBytes,
  load: ({ load1 }) => load1,
};
const percent = (value: number): string => formatPercent(value / 100);
const size = (value: number): string => (value === 0 ? '0' : formatBytes(value));
const plain = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

/** Every span of the window, with null where the hub heard nothing. */
export function lineOf(kind: ChartKind, metrics: HostMetrics): HostLine {
  const from = Date.parse(metrics.from);
  const { stepMs } = metrics;
  const spans = Math.round((Date.parse(metrics.to) - from) / stepMs);
  const points = new Map(
    metrics.points.map((point) => [Math.round((Date.parse(point.at) - from) / stepMs), point]),
  );
  const values = Array.from({ length: spans }, (_, i) => {
    const point = points.get(i);
    return point ? reads[kind](point) : null;
  });
  return {
    ...{ from, stepMs, values, ticks: ticksOf(kind, metrics, values) },
    formatTick: kind === 'cpu' ? percent : kind === 'load' ? String : size,
    describe: (i) => described(kind, points.get(i)),
  };
}

function ticksOf(kind: ChartKind, { points }: HostMetrics, values: readonly (number | null)[]): number[] {
  if (kind === 'cpu') return [0, 50, 100];
  const last = points.at(-1);
  const total = (kind === 'memory' ? last?.memTotalBytes : last?.diskTotalBytes) ?? 0;
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  if (kind === 'load' || total <= 0) return niceTicks(most, 2);
  return [0, total / 2, Math.max(total, most)];
}

function described(kind: ChartKind, point: HostMetricsPoint | undefined): string {
  if (!point) return '';
  const { cpuPercent, cpuMaxPercent, load1, memUsedBytes, memTotalBytes, diskFreeBytes, diskTotalBytes } =
    point;
  switch (kind) {
    case 'cpu':
      return t('hosts.peak', { mean: percent(cpuPercent ?? 0), peak: percent(cpuMaxPercent ?? 0) });
    case 'memory':
      return ofTotal(memUsedBytes, memTotalBytes);
    case 'disk':
      return ofTotal(diskTotalBytes - diskFreeBytes, diskTotalBytes);
    case 'load':
      return plain(load1 ?? 0);
  }
}

const ofTotal = (used: number, total: number): string =>
  t('hosts.ofTotal', { used: formatBytes(used), total: formatBytes(total) });

/** The value of the newest sample; null where it is not known or the host is not connected. */
export function nowOf(kind: ChartKind, { system, state }: Host): string | null {
  if (system === null || state !== 'online') return null;
  switch (kind) {
    case 'cpu':
      return system.cpuPercent === null ? null : percent(system.cpuPercent);
    case 'memory':
      return ofTotal(system.memUsedBytes, system.memTotalBytes);
    case 'disk':
      return system.diskTotalBytes === 0
        ? null
        : ofTotal(system.diskTotalBytes - system.diskFreeBytes, system.diskTotalBytes);
    case 'load':
      return system.load1 === undefined ? null : plain(system.load1);
  }
}

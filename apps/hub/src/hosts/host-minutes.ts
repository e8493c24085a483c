// Samples of a host as sums of minutes, and minutes as the points of a chart. Pure.
import type { HostMetrics, HostMetricsPoint, MetricsWindow, SystemInfo } from '@roundhouse/protocol';

export const minuteMs = 60_000;

/** What is shown of each window: a day in minutes would be more points than a screen has pixels. */
export const windows = {
  '1h': { spanMs: 60 * minuteMs, stepMs: minuteMs },
  '24h': { spanMs: 24 * 60 * minuteMs, stepMs: 5 * minuteMs },
} as const satisfies Record<MetricsWindow, { spanMs: number; stepMs: number }>;

/** Sums of samples; the sums of two parts of a minute add up to those of the minute. */
export interface MinuteSums {
  readonly at: number;
  readonly samples: number;
  readonly cpuSamples: number;
  readonly cpuSum: number;
  readonly cpuMax: number;
  readonly loadSamples: number;
  readonly loadSum: number;
  readonly memUsedSum: number;
  /** Of the newest sample. */
  readonly memTotal: number;
  readonly diskFree: number;
  readonly diskTotal: number;
}

export function sumsOf(system: SystemInfo, at: number): MinuteSums {
  const { cpuPercent, load1, memUsedBytes, memTotalBytes, diskFreeBytes, diskTotalBytes } = system;
  return {
    at: Math.floor(at / minuteMs) * minuteMs,
    samples: 1,
    cpuSamples: cpuPercent === null ? 0 : 1,
    cpuSum: cpuPercent ?? 0,
    cpuMax: cpuPercent ?? 0,
    loadSamples: load1 === undefined ? 0 : 1,
    loadSum: load1 ?? 0,
    memUsedSum: memUsedBytes,
    memTotal: memTotalBytes,
    diskFree: diskFreeBytes,
    diskTotal: diskTotalBytes,
  };
}

/** Both together; `later` has the newer samples. */
export const added = (earlier: MinuteSums, later: MinuteSums): MinuteSums => ({
  ...later,
  at: earlier.at,
  samples: earlier.samples + later.samples,
  cpuSamples: earlier.cpuSamples + later.cpuSamples,
  cpuSum: earlier.cpuSum + later.cpuSum,
  cpuMax: Math.max(earlier.cpuMax, later.cpuMax),
  loadSamples: earlier.loadSamples + later.loadSamples,
  loadSum: earlier.loadSum + later.loadSum,
  memUsedSum: earlier.memUsedSum + later.memUsedSum,
});

/** @param minutes oldest first; of the same minute there may be two parts */
export function metricsOf(window: MetricsWindow, now: number, minutes: readonly MinuteSums[]): HostMetrics {
  const { stepMs } = windows[window];
  const { from, to } = spanOf(window, now);
  const spans = new Map<number, MinuteSums>();
  for (const minute of minutes) {
    const at = Math.floor(minute.at / stepMs) * stepMs;
    if (at < from || at >= to) continue;
    const known = spans.get(at);
    spans.set(at, known ? added(known, minute) : { ...minute, at });
  }
  const points = [...spans.values()].toSorted((a, b) => a.at - b.at).map(pointOf);
  return { window, from: iso(from), to: iso(to), stepMs, points };
}

/** Whole steps, of which the last is the one that is now. */
export function spanOf(window: MetricsWindow, now: number): { from: number; to: number } {
  const { spanMs, stepMs } = windows[window];
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - spanMs, to };
}

const pointOf = (sums: MinuteSums): HostMetricsPoint => ({
  at: iso(sums.at),
  cpuPercent: sums.cpuSamples === 0 ? null : rounded(sums.cpuSum / sums.cpuSamples),
  cpuMaxPercent: sums.cpuSamples === 0 ? null : rounded(sums.cpuMax),
  load1: sums.loadSamples === 0 ? null : rounded(sums.loadSum / sums.loadSamples),
  memUsedBytes: Math.round(sums.memUsedSum / sums.samples),
  memTotalBytes: sums.memTotal,
  diskFreeBytes: sums.diskFree,
  diskTotalBytes: sums.diskTotal,
});

const iso = (at: number): string => new Date(at).toISOString();
const rounded = (value: number): number => Math.round(value * 100) / 100;

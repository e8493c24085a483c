// How busy a host was: means of minutes, for the last hour or the last day.
import { z } from 'zod';
import { instantSchema } from './common.js';

export const metricsWindows = ['1h', '24h'] as const;
export const metricsWindowSchema = z.enum(metricsWindows);
export type MetricsWindow = z.infer<typeof metricsWindowSchema>;

export const hostMetricsPointSchema = z.object({
  /** Start of its span. A span without a point is one in which the hub heard nothing of the host. */
  at: instantSchema,
  /** Busy share of all cores, 0 to 100: mean and largest sample; null when no sample told it. */
  cpuPercent: z.number().nullable(),
  cpuMaxPercent: z.number().nullable(),
  load1: z.number().nullable(),
  memUsedBytes: z.int(),
  memTotalBytes: z.int(),
  diskFreeBytes: z.int(),
  diskTotalBytes: z.int(),
});
export type HostMetricsPoint = z.infer<typeof hostMetricsPointSchema>;

export const hostMetricsSchema = z.object({
  window: metricsWindowSchema,
  from: instantSchema,
  to: instantSchema,
  /** Length of each span. */
  stepMs: z.int().positive(),
  /** Oldest first. */
  points: z.array(hostMetricsPointSchema),
});
export type HostMetrics = z.infer<typeof hostMetricsSchema>;

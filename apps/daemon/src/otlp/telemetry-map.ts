// Which metrics of an agent mean what: the telemetry part of a profile, as this folder needs it.

export interface TelemetryMap {
  /** Token counters; the kind is in the attribute `type` or `gen_ai.token.type`. */
  readonly tokenMetrics: readonly string[];
  /** A counter in US dollars. */
  readonly costMetric: string | null;
  readonly runtimeMetric: { readonly name: string; readonly unit: 'seconds' | 'milliseconds' } | null;
  /** Metrics or spans that show that the agent is at work. */
  readonly activityMetrics: readonly string[];
  /** Metrics that count the same again under another name. */
  readonly excludedMetrics: readonly string[];
}

export const noTelemetryMap: TelemetryMap = {
  tokenMetrics: [],
  costMetric: null,
  runtimeMetric: null,
  activityMetrics: [],
  excludedMetrics: [],
};

/** The telemetry section of a profile file, with its own names. */
export interface ProfileTelemetry {
  readonly token_metrics?: readonly string[] | undefined;
  readonly cost_metric?: string | undefined;
  readonly runtime_metric?:
    { readonly name: string; readonly unit?: 'seconds' | 'milliseconds' | undefined } | undefined;
  readonly activity_metrics?: readonly string[] | undefined;
  readonly excluded_metrics?: readonly string[] | undefined;
}

export const telemetryMapOf = (profile: ProfileTelemetry): TelemetryMap => ({
  tokenMetrics: profile.token_metrics ?? [],
  costMetric: profile.cost_metric ?? null,
  runtimeMetric: profile.runtime_metric
    ? { name: profile.runtime_metric.name, unit: profile.runtime_metric.unit ?? 'seconds' }
    : null,
  activityMetrics: profile.activity_metrics ?? [],
  excludedMetrics: profile.excluded_metrics ?? [],
});

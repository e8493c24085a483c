// From rows of the database to the series of each family. Pure.
import { families, type FamilyName } from './families.js';
import type { MetricRows } from './metrics.repository.js';
import type { Sample, Series } from './text.js';

type Row = Readonly<Record<string, unknown>>;

export interface ProcessNumbers {
  readonly version: string;
  readonly factsApplied: number;
  readonly rowsWritten: number;
  readonly startedMs: number;
  readonly cpuMicros: number;
  readonly residentBytes: number;
  /** Null while there is none. */
  readonly lastBackupMs: number | null;
}

const nanos = 9;
const millis = 3;

const text = (row: Row, column: string): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};
const count = (row: Row, column: string): bigint => BigInt((row[column] as bigint | number | null) ?? 0);

/** Samples of a column, and of several columns under a label that names them. */
const of = (rows: readonly Row[], keys: readonly string[], column: string): Sample[] =>
  rows.map((row) => ({ labels: keys.map((key) => text(row, key)), value: count(row, column) }));

const byKind = (
  rows: readonly Row[],
  keys: readonly string[],
  kinds: Readonly<Record<string, (row: Row) => bigint>>,
): Sample[] =>
  rows.flatMap((row) =>
    Object.entries(kinds).map(([kind, value]) => ({
      labels: [...keys.map((key) => text(row, key)), kind],
      value: value(row),
    })),
  );

const column = (name: string) => (row: Row) => count(row, name);
const perModel = ['profile', 'model'];

export function metricSeries(rows: MetricRows, numbers: ProcessNumbers): Series[] {
  return [
    ...ofProcess(numbers),
    ...ofState(rows),
    ...ofHosts(rows.loads),
    ...ofModels(rows.usage),
    ...ofWork(rows),
  ];
}

const series = (name: FamilyName, samples: readonly Sample[], scale = 0): Series => ({
  ...{ name, family: families[name], scale, samples },
});
const single = (value: number, ...labels: string[]): Sample[] => [
  { labels, value: BigInt(Math.round(value)) },
];

const ofProcess = (numbers: ProcessNumbers): Series[] => [
  series('roundhouse_build_info', single(1, numbers.version)),
  series('roundhouse_facts_applied_total', single(numbers.factsApplied)),
  series('roundhouse_usage_rows_written_total', single(numbers.rowsWritten)),
  series('roundhouse_process_start_time_seconds', single(numbers.startedMs), millis),
  series('roundhouse_process_cpu_seconds_total', single(numbers.cpuMicros), 6),
  series('roundhouse_process_resident_memory_bytes', single(numbers.residentBytes)),
  series(
    'roundhouse_last_backup_timestamp_seconds',
    numbers.lastBackupMs === null ? [] : single(numbers.lastBackupMs),
    millis,
  ),
];

const ofState = ({ hosts, sessions }: MetricRows): Series[] => [
  series('roundhouse_hosts', of(hosts, ['state'], 'count')),
  series('roundhouse_sessions', of(sessions, ['profile', 'state'], 'count')),
  series(
    'roundhouse_sessions_activity',
    of(
      sessions.filter((row) => row.state === 'running'),
      ['profile', 'activity'],
      'count',
    ),
  ),
];

/** What a host does not tell has no sample. */
const ofHosts = (loads: readonly Row[]): Series[] => {
  const known = (name: string): Sample[] =>
    of(
      loads.filter((row) => row[name] !== null),
      ['host_id'],
      name,
    );
  return [
    series('roundhouse_host_cpu_ratio', known('cpu_thousandths'), millis),
    series('roundhouse_host_load1', known('load_thousandths'), millis),
    series('roundhouse_host_memory_used_bytes', known('mem_used')),
    series('roundhouse_host_memory_total_bytes', known('mem_total')),
    series('roundhouse_host_disk_free_bytes', known('disk_free')),
    series('roundhouse_host_disk_total_bytes', known('disk_total')),
  ];
};

const ofModels = (usage: readonly Row[]): Series[] => [
  series(
    'roundhouse_tokens_total',
    byKind(usage, perModel, {
      input: column('input_tokens'),
      output: column('output_tokens'),
      cache_read: column('cache_read_tokens'),
      cache_creation: column('cache_creation_tokens'),
    }),
  ),
  series(
    'roundhouse_cost_dollars_total',
    byKind(usage, perModel, {
      reported: (row) => count(row, 'cost_nanos') - count(row, 'estimated_nanos'),
      estimated: column('estimated_nanos'),
    }),
    nanos,
  ),
  series('roundhouse_unpriced_tokens_total', of(usage, perModel, 'unpriced_tokens')),
  series('roundhouse_requests_total', of(usage, perModel, 'requests')),
  series('roundhouse_request_errors_total', of(usage, perModel, 'errors')),
  series('roundhouse_request_retries_total', of(usage, perModel, 'retries')),
];

const ofWork = ({ tools, activity }: MetricRows): Series[] => [
  series(
    'roundhouse_tool_calls_total',
    byKind(tools, ['profile', 'tool'], {
      succeeded: (row) => atLeastNone(count(row, 'calls') - count(row, 'failed')),
      failed: column('failed'),
      rejected: column('rejected'),
    }),
  ),
  series('roundhouse_tool_duration_seconds_total', of(tools, ['profile', 'tool'], 'duration_ms'), millis),
  series(
    'roundhouse_activity_seconds_total',
    byKind(activity, ['profile'], {
      working: column('working_ms'),
      waiting: column('waiting_ms'),
      idle: column('idle_ms'),
    }),
    millis,
  ),
  series(
    'roundhouse_lines_changed_total',
    byKind(activity, ['profile'], { added: column('lines_added'), removed: column('lines_removed') }),
  ),
  series('roundhouse_commits_total', of(activity, ['profile'], 'commits')),
  series('roundhouse_pull_requests_total', of(activity, ['profile'], 'pull_requests')),
  series('roundhouse_prompts_total', of(activity, ['profile'], 'prompts')),
];

const atLeastNone = (value: bigint): bigint => (value < 0n ? 0n : value);

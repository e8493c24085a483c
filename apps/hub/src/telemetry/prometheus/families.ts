// DATA: every metric that /metrics exposes. Names are never changed; new ones are added.

export interface Family {
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
}

export const families = {
  roundhouse_build_info: {
    type: 'gauge',
    help: 'The running version, as a label; always 1.',
    labels: ['version'],
  },
  roundhouse_last_backup_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest backup was made that the hub makes of itself; absent while there is none.',
    labels: [],
  },
  roundhouse_hosts: { type: 'gauge', help: 'Hosts by state.', labels: ['state'] },
  roundhouse_host_cpu_ratio: {
    type: 'gauge',
    help: 'Busy share of all cores of a connected host, 0 to 1.',
    labels: ['host_id'],
  },
  roundhouse_host_load1: {
    type: 'gauge',
    help: 'Load average of the last minute of a connected host.',
    labels: ['host_id'],
  },
  roundhouse_host_memory_used_bytes: {
    type: 'gauge',
    help: 'Memory in use on a connected host.',
    labels: ['host_id'],
  },
  roundhouse_host_memory_total_bytes: {
    type: 'gauge',
    help: 'Memory of a connected host.',
    labels: ['host_id'],
  },
  roundhouse_host_disk_free_bytes: {
    type: 'gauge',
    help: 'Free space at the first project folder of a connected host.',
    labels: ['host_id'],
  },
  roundhouse_host_disk_total_bytes: {
    type: 'gauge',
    help: 'Size of the disk of the first project folder of a connected host.',
    labels: ['host_id'],
  },
  roundhouse_sessions: {
    type: 'gauge',
    help: 'Sessions that have not ended, by profile and state.',
    labels: ['profile', 'state'],
  },
  roundhouse_sessions_activity: {
    type: 'gauge',
    help: 'Running sessions by profile and what their agent is doing.',
    labels: ['profile', 'activity'],
  },
  roundhouse_tokens_total: {
    type: 'counter',
    help: 'Tokens by kind; input is without cached ones, output includes reasoning.',
    labels: ['profile', 'model', 'kind'],
  },
  roundhouse_cost_dollars_total: {
    type: 'counter',
    help: 'Money in US dollars, as agents reported it or as it was estimated from a price list.',
    labels: ['profile', 'model', 'source'],
  },
  roundhouse_unpriced_tokens_total: {
    type: 'counter',
    help: 'Tokens of models without a known price.',
    labels: ['profile', 'model'],
  },
  roundhouse_requests_total: {
    type: 'counter',
    help: 'Requests to models.',
    labels: ['profile', 'model'],
  },
  roundhouse_request_errors_total: {
    type: 'counter',
    help: 'Requests to models that failed.',
    labels: ['profile', 'model'],
  },
  roundhouse_request_retries_total: {
    type: 'counter',
    help: 'Requests to models that were repeated.',
    labels: ['profile', 'model'],
  },
  roundhouse_tool_calls_total: {
    type: 'counter',
    help: 'Calls of tools that succeeded, failed or were rejected.',
    labels: ['profile', 'tool', 'outcome'],
  },
  roundhouse_tool_duration_seconds_total: {
    type: 'counter',
    help: 'Time in calls of tools.',
    labels: ['profile', 'tool'],
  },
  roundhouse_activity_seconds_total: {
    type: 'counter',
    help: 'Time in which agents worked, waited for a person, or were idle.',
    labels: ['profile', 'activity'],
  },
  roundhouse_lines_changed_total: {
    type: 'counter',
    help: 'Lines of code that agents added or removed.',
    labels: ['profile', 'kind'],
  },
  roundhouse_commits_total: { type: 'counter', help: 'Commits that agents made.', labels: ['profile'] },
  roundhouse_pull_requests_total: {
    type: 'counter',
    help: 'Pull requests that agents opened.',
    labels: ['profile'],
  },
  roundhouse_prompts_total: { type: 'counter', help: 'Prompts that agents were given.', labels: ['profile'] },
  roundhouse_facts_applied_total: {
    type: 'counter',
    help: 'Facts of daemons that this process has applied.',
    labels: [],
  },
  roundhouse_usage_rows_written_total: {
    type: 'counter',
    help: 'Rows of usage that this process has written.',
    labels: [],
  },
  roundhouse_process_start_time_seconds: {
    type: 'gauge',
    help: 'When the hub was started, in seconds since 1970.',
    labels: [],
  },
  roundhouse_process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the hub.', labels: [] },
  roundhouse_process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Memory of the hub.',
    labels: [],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

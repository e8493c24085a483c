// The tables of usage over time: their names, what tells rows of one session apart, and what they count.
import { durationBuckets } from '@roundhouse/protocol';

/** In the database a grain is a small number. */
export const grains = { minute: 0, hour: 1, day: 2 } as const;
export type Grain = keyof typeof grains;
export const grainNames = ['minute', 'hour', 'day'] as const satisfies readonly Grain[];
export const grainMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const satisfies Record<
  Grain,
  number
>;

interface BucketTable {
  readonly name: string;
  /** Columns, besides grain, moment, session and epoch, that name a row. */
  readonly keys: readonly string[];
  /** Columns that are summed. */
  readonly counters: readonly string[];
  /** Length of the array `histogram`, which is summed place by place; 0 for none. */
  readonly histogram: number;
}

export const bucketTables = {
  usage: {
    name: 'usage_buckets',
    keys: ['model', 'agent', 'role'],
    counters: [
      'input_tokens',
      'output_tokens',
      'cache_read_tokens',
      'cache_creation_tokens',
      'reasoning_tokens',
      'cost_nanos',
      'estimated_nanos',
      'unpriced_tokens',
      'requests',
      'errors',
      'retries',
    ],
    histogram: 0,
  },
  tools: {
    name: 'tool_buckets',
    keys: ['tool'],
    counters: ['calls', 'failed', 'rejected', 'duration_ms'],
    histogram: durationBuckets,
  },
  activity: {
    name: 'activity_buckets',
    keys: [],
    counters: [
      'working_ms',
      'waiting_ms',
      'idle_ms',
      'lines_added',
      'lines_removed',
      'commits',
      'pull_requests',
      'prompts',
    ],
    histogram: 0,
  },
} as const satisfies Record<string, BucketTable>;
export type TableName = keyof typeof bucketTables;
export const tableNames = Object.keys(bucketTables) as TableName[];

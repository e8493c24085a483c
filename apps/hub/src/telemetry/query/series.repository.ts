// Tokens and money over time, by what one asks for.
import { Inject, Injectable } from '@nestjs/common';
import type { seriesByValues } from '@roundhouse/protocol';
import { Prisma } from '../../generated/prisma/client.js';
import { Database } from '../../platform/database/database.js';
import { bucketIndex, plain, rowsOf, summed, type RowFilters } from './rows.repository.js';
import type { Segment } from './segments.js';
import type { TimeBuckets } from './time-buckets.js';
import type { SummedColumns } from './usage-sum.js';

export type SeriesBy = (typeof seriesByValues)[number];

export interface SeriesRow extends SummedColumns {
  readonly bucket: number;
  /** Null when nothing is told apart. */
  readonly key: string | null;
}

const keyColumns = {
  model: 'b.model',
  host: 'b.host_id::text',
  project: 'b.project',
  profile: 'b.profile',
} as const;

const columns = [
  ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens', 'reasoning_tokens'],
  'cost_nanos',
];

@Injectable()
export class SeriesRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  read(request: {
    readonly segments: readonly Segment[];
    readonly filters: RowFilters;
    readonly by: SeriesBy;
    readonly buckets: TimeBuckets;
    readonly zone: string;
  }): Promise<SeriesRow[]> {
    const { segments, filters, by, buckets, zone } = request;
    const key = by === 'kind' ? Prisma.sql`NULL::text` : Prisma.raw(keyColumns[by]);
    return this.database.client.$queryRaw<SeriesRow[]>`
      SELECT bucket::int AS bucket, key, ${summed(columns)}
      FROM (SELECT ${bucketIndex(buckets, zone)} AS bucket, ${key} AS key, ${plain(columns)} ${rowsOf('usage', segments, filters)}) b
      GROUP BY 1, 2`;
  }
}

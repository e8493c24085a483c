// Durations counted in buckets of powers of two, so that medians of many tools can be added up.
import { durationBuckets } from '@roundhouse/protocol';

export const emptyHistogram = (): number[] => new Array<number>(durationBuckets).fill(0);

/** Bucket n counts durations below 2^n milliseconds, the last one all others. */
export function bucketOf(ms: number): number {
  let bucket = 0;
  while (bucket < durationBuckets - 1 && ms >= 2 ** bucket) bucket += 1;
  return bucket;
}

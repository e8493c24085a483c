// Groups of sums as they are told: with keys, words for them, and in order. Pure.
import type { UsageGroup, UsageItem } from '@roundhouse/protocol';
import type { SummedGroup } from './sums.repository.js';
import { dayName, type TimeBuckets } from './time-buckets.js';
import { totalTokens, usageSumOf } from './usage-sum.js';

export interface ItemWords {
  readonly zone: string;
  readonly buckets: ReadonlyMap<UsageGroup, TimeBuckets>;
  /** Names of hosts, sessions and users by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Times in order, then the dearest first. */
export function itemsOf(
  groups: readonly SummedGroup[],
  by: readonly UsageGroup[],
  words: ItemWords,
): UsageItem[] {
  const isTime = (group: UsageGroup): boolean => words.buckets.has(group);
  const times = by.filter(isTime);
  return groups
    .map(({ keys, row }) => {
      const entries = by.map((group, index) => [group, keyText(group, keys[index] ?? null, words)] as const);
      const label = entries.map(([group, key]) => labelOf(group, key, words)).join(' · ');
      return { key: Object.fromEntries(entries), label, ...usageSumOf(row) };
    })
    .sort((a, b) => {
      for (const group of times) {
        const [one, two] = [a.key[group] ?? '', b.key[group] ?? ''];
        if (one !== two) return one < two ? -1 : 1;
      }
      return (
        b.costNanos - a.costNanos ||
        totalTokens(b.tokens) - totalTokens(a.tokens) ||
        compare(a.label, b.label)
      );
    });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function keyText(group: UsageGroup, key: string | null, { zone, buckets }: ItemWords): string | null {
  const times = buckets.get(group);
  if (!times) return key === '' ? null : key;
  const start = times.starts[Number(key)] ?? 0;
  return group === 'day' ? dayName(start, zone) : new Date(start).toISOString();
}

function labelOf(group: UsageGroup, key: string | null, { names }: ItemWords): string {
  if (key === null) return group === 'model' ? 'unknown model' : 'nobody';
  if (group === 'project') return key.split('/').at(-1) ?? key;
  return names.get(key) ?? (group === 'session' || group === 'user' ? key.slice(0, 8) : key);
}

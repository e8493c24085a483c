// Minutes into hours and days: what reports of minutes add to each bucket, so that any of them may come again. Pure.
import type { ModelMinute, ToolMinute, UsageMinute } from '@roundhouse/protocol';
import { grainMs, grainNames, type Grain, type TableName } from './bucket-tables.js';

/** Counters of one row: in the order of the table's columns, its histogram last. */
export interface Part {
  readonly table: TableName;
  readonly keys: readonly string[];
  readonly counts: readonly number[];
}

export interface MinuteKey {
  readonly sessionId: string;
  readonly epoch: number;
  /** Start of the minute, in milliseconds since 1970. */
  readonly at: number;
}

/** Everything known of one minute of one life of a session. A greater `rev` replaces it whole. */
export interface Minute extends MinuteKey {
  readonly rev: number;
  readonly parts: readonly Part[];
}

/** Something to add to what stands there; the first for its key makes the row. */
export interface BucketChange extends MinuteKey, Part {
  readonly grain: Grain;
  /** Of the minute; 0 in hours and days. */
  readonly rev: number;
}

/** The last moment that the database and JavaScript both know. */
const latest = Date.UTC(9999, 11, 31);
const floorTo = (grain: Grain, at: number): number => Math.floor(at / grainMs[grain]) * grainMs[grain];
const clamped = (at: number): number => Math.min(Math.max(at, 0), latest);

export const minuteKey = ({ sessionId, epoch, at }: MinuteKey): string =>
  `${sessionId} ${String(epoch)} ${String(at)}`;
const partKey = ({ table, keys }: Part): string => JSON.stringify([table, ...keys]);

export function minuteOf(session: Pick<MinuteKey, 'sessionId' | 'epoch'>, minute: UsageMinute): Minute {
  const { sessionId, epoch } = session;
  const parts = [activityPart(minute), ...minute.models.map(usagePart), ...minute.tools.map(toolPart)];
  const at = floorTo('minute', clamped(Date.parse(minute.minute)));
  return { sessionId, epoch, at, rev: minute.rev, parts: united(parts) };
}

/**
 * What a daemon that tells no minutes has counted is kept under this epoch, which no life has: once that daemon is
 * updated, it tells the same minute whole, and that must not replace what was added before.
 */
const additionsEpoch = 0;

/** What a daemon that tells no minutes has counted since its last report, as if it were of the moment it came. */
export const additionOf = ({ sessionId }: Pick<MinuteKey, 'sessionId'>, at: number, part: Part): Minute => ({
  ...{ sessionId, epoch: additionsEpoch, rev: 0 },
  ...{ at: floorTo('minute', clamped(at)), parts: [activityNone, part] },
});

export const usagePart = ({ model, agent, role, ...minute }: ModelMinute): Part => {
  const { input, output, cacheRead, cacheCreation, reasoning } = minute.tokens;
  const { costNanos, estimatedNanos, unpricedTokens, requests, errors, retries } = minute;
  const money = [costNanos, estimatedNanos, unpricedTokens];
  const counts = [input, output, cacheRead, cacheCreation, reasoning, ...money, requests, errors, retries];
  return { table: 'usage', keys: [model ?? '', agent ?? '', role], counts };
};

const toolPart = ({ tool, calls, failed, rejected, durationMs, histogram }: ToolMinute): Part => ({
  table: 'tools',
  keys: [tool],
  counts: [calls, failed, rejected, durationMs, ...histogram],
});

const activityPart = (minute: UsageMinute): Part => {
  const { workingMs, waitingMs, idleMs, linesAdded, linesRemoved, commits, pullRequests, prompts } = minute;
  const work = [linesAdded, linesRemoved, commits, pullRequests, prompts];
  return { table: 'activity', keys: [], counts: [workingMs, waitingMs, idleMs, ...work] };
};
const activityNone: Part = { table: 'activity', keys: [], counts: [0, 0, 0, 0, 0, 0, 0, 0] };

/**
 * @param reports in any order, repeats and old revisions among them
 * @param stored what stands now, by `minuteKey`
 * @param additions to be counted besides, each once
 */
export function rollUp(
  reports: readonly Minute[],
  stored: ReadonlyMap<string, Minute>,
  additions: readonly Minute[] = [],
): BucketChange[] {
  const changes = new Map<string, BucketChange>();
  for (const minute of newest(reports)) {
    const before = stored.get(minuteKey(minute));
    if (before && before.rev >= minute.rev) continue;
    const parts = difference(minute.parts, before?.parts ?? []);
    collect(changes, { ...minute, parts }, before === undefined);
  }
  for (const minute of additions) collect(changes, minute, true);
  return [...changes.values()].sort(byKey);
}

/** Of each minute the newest revision. */
function newest(reports: readonly Minute[]): Iterable<Minute> {
  const kept = new Map<string, Minute>();
  for (const minute of reports) {
    const key = minuteKey(minute);
    if ((kept.get(key)?.rev ?? 0) < minute.rev) kept.set(key, minute);
  }
  return kept.values();
}

function difference(now: readonly Part[], before: readonly Part[]): Part[] {
  const negated = before.map((part) => ({ ...part, counts: part.counts.map((count) => 0 - count) }));
  return united([...now, ...negated]);
}

/** Parts of one key added up. */
function united(parts: readonly Part[]): Part[] {
  const byName = new Map<string, Part>();
  for (const part of parts) {
    const key = partKey(part);
    const other = byName.get(key);
    byName.set(key, other ? { ...part, counts: sum(other.counts, part.counts) } : part);
  }
  return [...byName.values()];
}

function collect(changes: Map<string, BucketChange>, { parts, ...minute }: Minute, isNew: boolean): void {
  for (const part of parts) {
    for (const grain of grainNames) {
      // Activity is written even without a difference: the minute holds the revision, and each bucket has a row of
      // each session that did anything in it.
      const head = part.table === 'activity' && (isNew || grain === 'minute');
      if (!head && part.counts.every((count) => count === 0)) continue;
      const change = {
        ...{ ...part, ...minute, grain },
        ...{ at: floorTo(grain, minute.at), rev: grain === 'minute' ? minute.rev : 0 },
      };
      const key = `${grain} ${minuteKey(change)} ${partKey(part)}`;
      const other = changes.get(key);
      changes.set(key, other ? merged(other, change) : change);
    }
  }
}

const merged = (a: BucketChange, b: BucketChange): BucketChange => ({
  ...a,
  rev: Math.max(a.rev, b.rev),
  counts: sum(a.counts, b.counts),
});

const sum = (a: readonly number[], b: readonly number[]): number[] =>
  a.map((count, index) => count + (b[index] ?? 0));

/** One order for all writers, so that none waits for a row of another that waits for it. */
function byKey(a: BucketChange, b: BucketChange): number {
  const order = (one: string | number, two: string | number): number => (one < two ? -1 : one > two ? 1 : 0);
  return order(a.table, b.table) || order(a.at, b.at) || order(a.sessionId, b.sessionId) || a.epoch - b.epoch;
}

// What a point of a counter does to the usage: its series, its minute, and an estimate where only counters tell.
import { minuteFor, type At } from './apply-context.js';
import { learnMarker, learnModel } from './learn.js';
import { addMoney, rowOf } from './minutes.js';
import { parseModel } from './models.js';
import type { Moment, ObservationOf, Who } from './observation.js';
import { addPoint, totalBefore, type Bucket, type Outcome } from './series.js';
import { stampOf } from './stamp.js';
import { exclusive, noRawTokens, totalOf, type RawTokens } from './tokens.js';
import type { UsageState } from './usage-state.js';
import { nameOf } from './who.js';

const nanosPerMilli = 1_000_000n;
const tokenBuckets: ReadonlySet<Bucket> = new Set(Object.keys(noRawTokens) as (keyof RawTokens)[]);
const isTokenBucket = (bucket: Bucket): bucket is keyof RawTokens & Bucket => tokenBuckets.has(bucket);

export function applyPoint(point: ObservationOf<'point'>, at: At): Outcome {
  const { state } = at;
  const { who, bucket } = point;
  const time = BigInt(point.time);
  const series = { ...point, start: BigInt(point.start), time };
  const before = totalBefore(state.series, series);
  const outcome = addPoint(state.series, series);
  if (outcome !== 'added') return outcome;
  const amount = totalBefore(state.series, series) - before;
  const ms = Number(time / nanosPerMilli);
  countPoint({ bucket, amount, ms, who }, at);
  learnFromPoint(state, who, { at: stampOf(time), sequence: 0 });
  return outcome;
}

interface Amount {
  readonly bucket: Bucket;
  readonly amount: number;
  readonly ms: number;
  readonly who: Who;
}

function countPoint({ bucket, amount, ms, who }: Amount, at: At): void {
  if (bucket === 'active' || amount === 0) return;
  const minute = minuteFor(ms, at);
  if (
    bucket === 'linesAdded' ||
    bucket === 'linesRemoved' ||
    bucket === 'commits' ||
    bucket === 'pullRequests'
  ) {
    minute[bucket] += amount;
    return;
  }
  const row = rowOf(minute, nameOf(at.state, who));
  if (bucket === 'cost') row.counted.costNanos += amount;
  else if (bucket === 'requests' || bucket === 'errors') row.counted[bucket] += amount;
  else if (isTokenBucket(bucket)) {
    row.counted.tokens[bucket] += amount;
    const counted = at.counted.get(row) ?? { ...noRawTokens };
    counted[bucket] += amount;
    at.counted.set(row, counted);
  }
}

function learnFromPoint(state: UsageState, who: Who, moment: Moment): void {
  const model = parseModel(who.model);
  if (model === null) return;
  learnMarker(state, model.name, { marker: model.marker, at: moment.at });
  if (who.role === 'main') learnModel(state, { ...moment, name: model.name, fromEvent: false });
}

/** Prices what counters added, where the agent tells no money and no requests. */
export function estimate({ state, context, counted }: At): void {
  if (context.meaning.tellsCost || state.told.requests > 0) return;
  for (const [row, raw] of counted) {
    const tokens = exclusive(raw, context.meaning.habits);
    const cost = context.price(row.model, tokens, context.now);
    const money = {
      costNanos: cost ?? 0,
      estimatedNanos: cost ?? 0,
      unpricedTokens: cost === null ? totalOf(tokens) : 0,
    };
    addMoney(row.counted, money);
    state.extra.estimatedNanos += money.estimatedNanos;
    state.extra.unpricedTokens += money.unpricedTokens;
  }
}

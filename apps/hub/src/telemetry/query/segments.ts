// Which rows answer for a span of time: the coarsest that fit, finer ones at its ends. Pure.
import { grainMs, type Grain } from '../bucket-tables.js';

/** Milliseconds since 1970; `to` is not part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Segment extends Span {
  readonly grain: Grain;
}

/** From when on minutes and hours are there; both on the grain above them. */
export interface Kept {
  readonly minutesFrom: number;
  readonly hoursFrom: number;
}

interface Grains {
  /** Nothing coarser is read where finer rows are kept. */
  readonly coarsest: Grain;
  /** The ends stand on whole ones of these. */
  readonly finest: Grain;
}

export const floorTo = (grain: Grain, at: number): number => Math.floor(at / grainMs[grain]) * grainMs[grain];
export const ceilTo = (grain: Grain, at: number): number => Math.ceil(at / grainMs[grain]) * grainMs[grain];

export const keptAt = (now: number, keep: { minutesMs: number; hoursMs: number }): Kept => ({
  minutesFrom: ceilTo('hour', now - keep.minutesMs),
  hoursFrom: ceilTo('day', now - keep.hoursMs),
});

const finer = { day: 'hour', hour: 'minute', minute: null } as const;
const order: readonly Grain[] = ['minute', 'hour', 'day'];
const coarser = (a: Grain, b: Grain): Grain => (order.indexOf(a) > order.indexOf(b) ? a : b);

/** The finest grain whose rows are still there at a moment. */
export const grainAt = (at: number, { minutesFrom, hoursFrom }: Kept): Grain =>
  at >= minutesFrom ? 'minute' : at >= hoursFrom ? 'hour' : 'day';

/** The span widened until its ends stand on rows that are kept, and on what grain they stand. */
export function widened(span: Span, kept: Kept, finest: Grain): Span & { readonly grain: Grain } {
  const [first, last] = [coarser(grainAt(span.from, kept), finest), coarser(grainAt(span.to, kept), finest)];
  return { from: floorTo(first, span.from), to: ceilTo(last, span.to), grain: coarser(first, last) };
}

/** In order, without gap or overlap. */
export function segmentsOf(span: Span, kept: Kept, { coarsest, finest }: Grains): Segment[] {
  const { from, to } = widened(span, kept, finest);
  const [hours, minutes] = [clamp(kept.hoursFrom, from, to), clamp(kept.minutesFrom, from, to)];
  const top = coarser(coarsest, finest);
  return united([
    ...cover({ from, to: hours }, 'day'),
    ...cover({ from: hours, to: minutes }, coarser(top, 'hour')),
    ...cover({ from: minutes, to }, top),
  ]);
}

function cover(span: Span, grain: Grain): Segment[] {
  const below = finer[grain];
  if (span.from >= span.to) return [];
  if (below === null) return [{ ...span, grain }];
  const [from, to] = [ceilTo(grain, span.from), floorTo(grain, span.to)];
  if (from >= to) return cover(span, below);
  return [
    ...cover({ from: span.from, to: from }, below),
    { from, to, grain },
    ...cover({ from: to, to: span.to }, below),
  ];
}

function united(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (last?.grain === segment.grain) result[result.length - 1] = { ...last, to: segment.to };
    else result.push(segment);
  }
  return result;
}

const clamp = (at: number, from: number, to: number): number => Math.min(Math.max(at, from), to);

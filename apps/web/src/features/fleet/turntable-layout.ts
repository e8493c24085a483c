// The geometry of the turntable: which stall stands where, and its outline. Pure.

/** A turntable with few engines still has this many stalls; the others stand empty. */
const MIN_STALLS = 28;
/** Share of a stall's angle that is left free beside it. */
const GAP = 0.14;

/** Radii in the 200 × 200 picture. */
export const radii = { hub: 38, inner: 50, outer: 78, waiting: 88, arc: 94 } as const;

export interface Place {
  /** Radians clockwise from north. */
  readonly from: number;
  readonly to: number;
}

export interface Layout {
  /** One list per group, one place per stall. */
  readonly groups: readonly (readonly Place[])[];
  readonly empty: readonly Place[];
}

/** Spreads groups of stalls round the circle from north, one empty stall between two groups. */
export function layOut(sizes: readonly number[]): Layout {
  const gaps = sizes.filter((n) => n > 0).length;
  const slots = Math.max(MIN_STALLS, sizes.reduce((sum, n) => sum + n, 0) + gaps);
  const step = (2 * Math.PI) / slots;
  const place = (slot: number): Place => ({ from: (slot + GAP / 2) * step, to: (slot + 1 - GAP / 2) * step });
  let at = 0;
  const groups = sizes.map((n) => {
    const own = Array.from({ length: n }, (_, i) => place(at + i));
    if (n > 0) at += n + 1;
    return own;
  });
  const empty = Array.from({ length: Math.max(0, slots - at) }, (_, i) => place(at + i));
  return { groups, empty };
}

const point = (angle: number, radius: number): string =>
  `${(100 + radius * Math.sin(angle)).toFixed(2)} ${(100 - radius * Math.cos(angle)).toFixed(2)}`;

/** Outline of a stall between two radii. */
export function ringPart({ from, to }: Place, inner: number, outer: number): string {
  const large = to - from > Math.PI ? 1 : 0;
  return [
    `M${point(from, inner)}L${point(from, outer)}`,
    `A${outer} ${outer} 0 ${large} 1 ${point(to, outer)}`,
    `L${point(to, inner)}A${inner} ${inner} 0 ${large} 0 ${point(from, inner)}Z`,
  ].join('');
}

/** The line outside a group's stalls. */
export function arc(places: readonly Place[], radius: number): string {
  const [first] = places;
  const last = places.at(-1);
  if (!first || !last) return '';
  const large = last.to - first.from > Math.PI ? 1 : 0;
  return `M${point(first.from, radius)}A${radius} ${radius} 0 ${large} 1 ${point(last.to, radius)}`;
}

/** Radius up to which a stall is filled; a session that tells no context is filled by a third. */
export function fillRadius(used: number | null): number {
  const share = used === null ? 1 / 3 : Math.min(1, Math.max(0.06, used));
  return radii.inner + (radii.outer - radii.inner) * share;
}

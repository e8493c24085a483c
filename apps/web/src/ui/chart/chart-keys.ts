// Which part of a chart a key leads to. Pure.

/** The part that a key leads to, null for none; undefined for a key that is not the chart's. */
export function chosenByKey(key: string, now: number | null, count: number): number | null | undefined {
  if (key === 'Escape') return now === null ? undefined : null;
  const next = {
    ArrowLeft: (now ?? count) - 1,
    ArrowRight: (now ?? -1) + 1,
    Home: 0,
    End: count - 1,
  }[key];
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}

// The middle of durations of which only a histogram of powers of two is known. Pure.

/**
 * @param counts place n counts those below 2^n milliseconds, the last place all others
 * @param mean of all of them: the best guess for what is longer than the histogram
 * @returns null when there are none
 */
export function median(counts: readonly number[], mean: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let before = 0;
  for (const [place, count] of counts.entries()) {
    if (before + count >= total / 2) {
      const low = place === 0 ? 0 : 2 ** (place - 1);
      if (place === counts.length - 1) return Math.round(Math.max(low, mean));
      const part = (total / 2 - before) / count;
      return Math.round((low + (2 ** place - low) * part) * 10) / 10;
    }
    before += count;
  }
  return null;
}

// Where the values of a line are known, and where they are not. Pure.
interface Known {
  readonly index: number;
  readonly value: number;
}

export function runsOf(values: readonly (number | null)[]): Known[][] {
  const runs: Known[][] = [];
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    const last = runs.at(-1);
    if (last?.at(-1)?.index === index - 1) last.push({ index, value });
    else runs.push([{ index, value }]);
  }
  return runs;
}

/** Spans without a value, after the first that is known; the one that is now is none yet. */
export function gapsOf(values: readonly (number | null)[]): [number, number][] {
  const runs = runsOf(values);
  return runs.flatMap((run, i) => {
    const start = (run.at(-1)?.index ?? 0) + 1;
    const end = runs[i + 1]?.[0]?.index ?? values.length;
    const now = end === values.length && end - start <= 1;
    return start === end || now ? [] : [[start, end] as [number, number]];
  });
}

// The table that a benchmark prints: one row for each promise, with its limit and whether it holds.

export interface Row {
  readonly measure: string;
  /** What was compared with what, in figures. */
  readonly yardstick: string;
  readonly ours: string;
  /** The figure that counts. */
  readonly result: string;
  readonly limit: string;
  readonly passed: boolean;
  /** Load average when it was taken: on a busy machine only ratios mean anything. */
  readonly load: number;
}

const titles = ['measure', 'yardstick', 'ours', 'result', 'limit', '', 'load'];

export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.measure,
    row.yardstick,
    row.ours,
    row.result,
    row.limit,
    row.passed ? 'pass' : 'FAIL',
    row.load.toFixed(1),
  ]);
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...cells.map((cell) => cell[at]?.length ?? 0)),
  );
  const lineOf = (cell: readonly string[]): string =>
    `| ${cell.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(Math.max(3, width))).join(' | ')} |`;
  return [lineOf(titles), rule, ...cells.map(lineOf)].join('\n');
}

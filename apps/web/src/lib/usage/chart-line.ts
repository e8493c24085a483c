// One colour of a chart of stacked bars.

export type ChartFill = 1 | 2 | 3 | 4 | 'other';

export interface ChartLine {
  readonly key: string;
  readonly label: string;
  readonly fill: ChartFill;
  /** One for each bar. */
  readonly values: readonly number[];
}

// A line of recent values as SVG. Decoration beside a number: hidden from screen readers.
import { cx } from 'class-variance-authority';

export interface SparkLineProps {
  /** Oldest first. Fewer than two values draw a flat line. */
  values: readonly number[];
  width?: number;
  height?: number;
  /** In the colour of work instead of grey. */
  live?: boolean;
  /** Top of the scale; the largest value when absent. */
  max?: number;
  className?: string;
}

export function SparkLine({ values, width = 74, height = 14, live = false, max, className }: SparkLineProps) {
  const top = Math.max(max ?? 0, max === undefined ? Math.max(0, ...values) : 0) || 1;
  const points = values.length < 2 ? [0, 0] : values;
  const step = width / (points.length - 1);
  const line = points
    .map((value, i) => {
      const y = height - 1 - (Math.min(top, Math.max(0, value)) / top) * (height - 2);
      return `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className={cx('overflow-visible', live ? 'text-working' : 'text-text-3', className)}
      fill="none"
      aria-hidden="true"
    >
      <path d={`${line}L${width} ${height}L0 ${height}Z`} fill="currentColor" opacity=".13" />
      <path d={line} stroke="currentColor" strokeWidth="1.25" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  );
}

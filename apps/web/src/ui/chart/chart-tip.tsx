// What stands beside the crosshair of a chart: the span, each part, the sum. Spoken when it changes by key.
import { t } from '../../lib/i18n/t.js';
import { Legend } from './legend.js';
import type { ChartFill } from '../../lib/usage/chart-line.js';

export interface ChartTipProps {
  title: string;
  /** Bottom part first. */
  rows: readonly { key: string; label: string; fill: ChartFill; text: string }[];
  total: string;
  /** Of the crosshair, in pixels; the tip stands on the side that has room. */
  left: number;
  width: number;
}

const WIDE = 200;

export function ChartTip({ title, rows, total, left, width }: ChartTipProps) {
  const flip = left + WIDE + 16 > width;
  return (
    <div
      role="status"
      className="pointer-events-none absolute top-2 z-10 grid min-w-40 gap-1.5 rounded-md bg-popover p-2.5 text-12 shadow-overlay"
      style={flip ? { right: width - left + 12 } : { left: left + 12 }}
    >
      <span className="text-text-3">{title}</span>
      {rows.toReversed().map(({ key, label, fill, text }) => (
        <span key={key} className="flex items-center gap-4">
          <Legend fill={fill}>{label}</Legend>
          <span className="nums ml-auto font-medium">{text}</span>
        </span>
      ))}
      <span className="flex gap-4 border-t border-line-2 pt-1.5 text-text-2">
        {t('usage.total')}
        <span className="nums ml-auto font-medium text-text">{total}</span>
      </span>
    </div>
  );
}

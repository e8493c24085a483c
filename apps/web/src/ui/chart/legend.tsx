// The colour of a part of a chart with its word.
import { cx } from 'class-variance-authority';
import type { ReactNode } from 'react';
import type { ChartFill } from '../../lib/usage/chart-line.js';

const backs: Readonly<Record<ChartFill, string>> = {
  1: 'bg-d-1',
  2: 'bg-d-2',
  3: 'bg-d-3',
  4: 'bg-d-4',
  other: 'bg-line-input',
};

/** Hatched, as the spans in which something was not known. */
export const GapLegend = ({ children }: { children: ReactNode }) => (
  <span className="inline-flex min-w-0 items-center gap-1.5 text-12 text-text-3">
    <i
      aria-hidden="true"
      className="size-2.5 shrink-0 rounded-[2px] bg-[repeating-linear-gradient(45deg,var(--line-input)_0_1px,transparent_1px_3px)]"
    />
    <span className="max-w-44 truncate">{children}</span>
  </span>
);

export const Legend = ({ fill, children }: { fill: ChartFill; children: ReactNode }) => (
  <span className="inline-flex min-w-0 items-center gap-1.5 text-12 text-text-2">
    <i aria-hidden="true" className={cx('size-2 shrink-0 rounded-[2px]', backs[fill])} />
    <span className="max-w-44 truncate">{children}</span>
  </span>
);

// The same bars as a table, newest first; empty ones are left out.
import { t } from '../../lib/i18n/t.js';
import { spanWord } from '../chart/chart-scale.js';
import type { ChartLine } from '../../lib/usage/chart-line.js';

export interface BarTableProps {
  at: readonly number[];
  stepMs: number;
  lines: readonly ChartLine[];
  format: (value: number) => string;
}

export function BarTable({ at, stepMs, lines, format }: BarTableProps) {
  const rows = at
    .map((start, i) => ({ start, values: lines.map(({ values }) => values[i] ?? 0) }))
    .filter(({ values }) => values.some((value) => value > 0))
    .toReversed();
  return (
    <div
      className="max-h-[320px] scroll-thin overflow-auto"
      tabIndex={0}
      role="region"
      aria-label={t('usage.table')}
    >
      <table className="w-full text-12">
        <thead>
          <tr className="h-8 text-left text-text-3 [&>th]:sticky [&>th]:top-0 [&>th]:bg-surface [&>th]:shadow-[inset_0_-1px_var(--line)]">
            <th className="font-body">{t('usage.time')}</th>
            {lines.map(({ key, label }) => (
              <th key={key} className="max-w-40 truncate pl-4 text-right font-body">
                {label}
              </th>
            ))}
            <th className="pl-4 text-right font-body">{t('usage.total')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ start, values }) => (
            <tr key={start} className="h-8 border-b border-line last:border-0">
              <td className="nums min-w-32 text-text-2 max-sm:whitespace-normal">
                {spanWord(start, stepMs)}
              </td>
              {values.map((value, i) => (
                <td key={lines[i]?.key} className="nums pl-4 text-right">
                  {format(value)}
                </td>
              ))}
              <td className="nums pl-4 text-right font-medium">
                {format(values.reduce((sum, value) => sum + value, 0))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// Usage over time as bars or as a table.
import { formatAbsolute, formatMoney, formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import type { Bars } from '../../lib/usage/chart-bars.js';
import { StackChart } from '../chart/stack-chart.js';
import { BarTable } from './bar-table.js';

export const kindWords = (): Record<string, string> => ({
  input: t('session.input'),
  output: t('session.output'),
  cacheRead: t('session.cacheRead'),
  cacheCreation: t('session.cacheCreation'),
});

const moneyWord = (nanos: number): string => formatMoney(nanos);

interface BarViewProps {
  bars: Bars;
  view: 'chart' | 'table';
  what: 'tokens' | 'cost';
  height?: number;
}

export function BarView({ bars: { at, stepMs, lines }, view, what, height }: BarViewProps) {
  const format = what === 'cost' ? moneyWord : formatTokens;
  if (view === 'table') return <BarTable at={at} stepMs={stepMs} lines={lines} format={format} />;
  const sum = lines.reduce((all, { values }) => all + values.reduce((part, value) => part + value, 0), 0);
  return (
    <StackChart
      label={t('usage.chartAlt', {
        what: t(`usage.${what}`),
        from: formatAbsolute(at[0] ?? 0),
        to: formatAbsolute((at.at(-1) ?? 0) + stepMs),
        sum: format(sum),
      })}
      at={at}
      stepMs={stepMs}
      lines={lines}
      format={format}
      {...(height === undefined ? {} : { height })}
    />
  );
}

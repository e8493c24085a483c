// Usage over time as bars or as a table.
import type { CostSource } from '@roundhouse/protocol';
import { formatAbsolute, formatMoney, formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import type { Bars } from '../../lib/usage/chart-bars.js';
import { StackChart, type ChartGap } from '../chart/stack-chart.js';
import { BarTable } from './bar-table.js';

export const kindWords = (): Record<string, string> => ({
  input: t('session.input'),
  output: t('session.output'),
  cacheRead: t('session.cacheRead'),
  cacheCreation: t('session.cacheCreation'),
});

interface BarViewProps {
  bars: Bars;
  view: 'chart' | 'table';
  what: 'tokens' | 'cost';
  /** Of the money in it. */
  costSource?: CostSource;
  gaps?: readonly ChartGap[];
  height?: number;
}

const none: readonly never[] = [];
/** `7.50M` is 7.5M on an axis, and `$20.00` is $20. */
const trailing = /(\.[1-9])0(?=[kMB]$)|\.0+$/;

export function BarView(props: BarViewProps) {
  const { bars, view, what, costSource = 'reported', gaps = none, height } = props;
  const { at, stepMs, lines } = bars;
  const money = (nanos: number): string =>
    formatMoney(nanos, nanos > 0 && costSource === 'estimated' ? 'estimated' : 'reported');
  const format = what === 'cost' ? money : formatTokens;
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
      formatTick={(value) => format(value).replace(trailing, '$1')}
      gaps={gaps}
      {...(height === undefined ? {} : { height })}
    />
  );
}

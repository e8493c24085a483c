// The sums of the span in one line of numbers, each against the span before.
import type { UsageReply, UsageSum } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatDuration, formatMoney, formatPercent, formatTokens } from '../../lib/format.js';
import { t, tn } from '../../lib/i18n/t.js';
import { sessionsQuery } from '../../lib/query.js';
import { Card } from '../../ui/card.js';
import { SparkLine } from '../../ui/spark-line.js';
import { stepOf, toBars } from '../../lib/usage/chart-bars.js';
import { allTokens, changeOf } from '../../lib/usage/usage-words.js';
import { splitOf, type Range } from './analytics-search.js';
import { seriesQuery, type UsageAsk } from './usage-queries.js';

export function UsageCards({ usage, ask }: { usage: UsageReply; ask: UsageAsk }) {
  const { total, previous, burn } = usage;
  const sparks = useSparks(ask);
  const than = beforeWord(ask.search.range);
  // What is used now is no news of days that are over.
  const rate = ask.span.live && burn !== null && burn.tokensPerMinute > 0 ? burn : null;
  const { data } = useQuery(sessionsQuery);
  const running = data?.items.filter(({ state }) => state === 'running').length ?? 0;
  return (
    <Card className="mb-3 grid grid-cols-5 divide-line max-lg:grid-cols-3 max-sm:grid-cols-2 lg:divide-x">
      <Stat
        label={t('usage.cost')}
        value={formatMoney(total.costNanos, total.costSource)}
        spark={sparks?.cost}
        title={total.unpricedTokens > 0 ? t('usage.unpricedHint') : undefined}
        more={
          total.unpricedTokens > 0
            ? t('usage.unpriced', { n: formatTokens(total.unpricedTokens) })
            : rate && t('usage.burn', { money: formatMoney(rate.costNanosPerHour, total.costSource) })
        }
      >
        <Change now={total.costNanos} before={previous.costNanos} than={than} />
      </Stat>
      <Stat
        label={t('usage.tokens')}
        value={formatTokens(allTokens(total))}
        spark={sparks?.tokens}
        more={rate && t('usage.rate', { n: formatTokens(rate.tokensPerMinute) })}
      >
        <Change now={allTokens(total)} before={allTokens(previous)} than={than} />
      </Stat>
      <Stat label={t('usage.cacheHit')} value={total.cacheHit === null ? '—' : formatPercent(total.cacheHit)}>
        <Points now={total.cacheHit} before={previous.cacheHit} than={than} />
      </Stat>
      <Stat label={t('usage.sessions')} value={String(total.sessions)}>
        {tn('usage.runningNow', running)}
      </Stat>
      <Stat label={t('usage.work')} value={formatDuration(total.workingMs)}>
        {t('usage.waited', { span: formatDuration(total.waitingMs) })}
      </Stat>
    </Card>
  );
}

function useSparks(ask: UsageAsk): { tokens: readonly number[]; cost: readonly number[] } | null {
  // Lines of kinds have no money.
  const split = splitOf(ask.search);
  const { data } = useQuery(seriesQuery(ask, split === 'kind' ? 'model' : split));
  if (!data || stepOf(ask.span.to - ask.span.from, data.bucket) <= 0) return null;
  const add = (what: 'tokens' | 'cost'): number[] => {
    const { at, lines } = toBars(data, { what, words: {}, other: '' });
    return at.map((_, i) => lines.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  };
  return { tokens: add('tokens'), cost: add('cost') };
}

interface StatProps {
  label: string;
  value: string;
  spark?: readonly number[] | undefined;
  title?: string | undefined;
  /** A second line; its place is kept while it is empty. */
  more?: string | null;
  children: ReactNode;
}

function Stat({ label, value, spark, title, more, children }: StatProps) {
  return (
    <dl className="grid min-w-0 content-start gap-0.5 px-4 py-3" title={title}>
      <dt className="text-12 text-text-3">{label}</dt>
      <dd className="flex h-7 items-center gap-3">
        <span className="nums text-20 font-strong tracking-20">{value}</span>
        {spark && (
          <SparkLine values={spark} height={22} live className="ml-auto max-sm:hidden text-d-1!" width={72} />
        )}
      </dd>
      <dd className="nums truncate text-12 text-text-3">{children}</dd>
      {more !== undefined && <dd className="nums min-h-[1lh] truncate text-12 text-text-3">{more}</dd>}
    </dl>
  );
}

/** What the numbers are compared with. */
const beforeWord = (range: Range = '24h'): string =>
  range === 'custom' ? t('usage.vsAsLong') : t('usage.vsPrevious', { span: range.replace(/\D/, ' $&') });

interface ComparedProps<N> {
  now: N;
  before: N;
  than: string;
}

function Change({ now, before, than }: ComparedProps<number>) {
  const change = changeOf(now, before);
  if (change === null) return t('usage.noPrevious');
  return (
    <>
      <b className="font-medium text-text-2">{change}</b> {than}
    </>
  );
}

function Points({ now, before, than }: ComparedProps<UsageSum['cacheHit']>) {
  if (now === null || before === null) return t('usage.noPrevious');
  const points = Math.round((now - before) * 100);
  const mark = points > 0 ? '▲ ' : points < 0 ? '▼ ' : '';
  return (
    <>
      <b className="font-medium text-text-2">
        {mark}
        {t('usage.points', { n: Math.abs(points) })}
      </b>{' '}
      {than}
    </>
  );
}

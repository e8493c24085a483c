// The greatest of one kind, with bars against the first: models, projects, hosts, agents.
import type { UsageItem } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { formatTokens } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { Card, PanelHead } from '../../ui/card.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Meter } from '../../ui/meter.js';
import { Money } from '../../ui/money.js';
import { Skeleton } from '../../ui/skeleton.js';
import { allTokens } from '../../lib/usage/usage-words.js';
import { sumsQuery, type UsageAsk } from './usage-queries.js';

/** More would push the page's end out of sight; the file has them all. */
const SHOWN = 6;

export interface TopListProps {
  title: string;
  ask: UsageAsk;
  group: 'model' | 'project' | 'host' | 'profile';
}

export function TopList({ title, ask, group }: TopListProps) {
  const { data, error } = useQuery(sumsQuery(ask, group));
  const nameOf = useNameOf(group);
  // Shells work, and use nothing that is told here.
  const used = data?.items.filter((each) => each.costNanos > 0 || allTokens(each) > 0);
  const items = used?.toSorted((a, b) => weight(b) - weight(a) || allTokens(b) - allTokens(a)) ?? [];
  const shown = items.slice(0, SHOWN);
  const priced = shown.some(({ costNanos }) => costNanos > 0);
  const measure = priced ? weight : allTokens;
  const top = Math.max(1, ...shown.map(measure));
  return (
    <Card>
      <PanelHead
        title={title}
        end={data && <span className="text-12 text-text-3">{t(priced ? 'usage.cost' : 'usage.tokens')}</span>}
      />
      <ul className="grid gap-2.5 px-4 py-3">
        {!data && <li>{error ? <ErrorNote error={error} /> : <Skeleton className="h-40" />}</li>}
        {shown.map((item) => (
          <li key={item.key[group] ?? ''} className="grid gap-1.5">
            <span className="flex min-w-0 items-baseline gap-3">
              <span
                className="min-w-0 flex-1 truncate"
                title={(group === 'project' ? item.key.project : null) ?? nameOf(item)}
              >
                {nameOf(item)}
              </span>
              <span className="nums text-12 text-text-3">{formatTokens(allTokens(item))}</span>
              <Money nanos={item.costNanos} source={item.costSource} className="min-w-14! font-medium" />
            </span>
            <Meter block tone="accent" value={measure(item) / top} label={nameOf(item)} />
          </li>
        ))}
        {items.length > SHOWN && (
          <li className="text-12 text-text-3">{t('usage.more', { n: items.length - SHOWN })}</li>
        )}
      </ul>
    </Card>
  );
}

/** Agents by the names that hosts give them. */
function useNameOf(group: TopListProps['group']): (item: UsageItem) => string {
  const { data } = useQuery(hostsQuery);
  const agents = new Map(
    data?.items.flatMap(({ profiles }) => profiles.map((each) => [each.name, each.displayName])),
  );
  return ({ key, label }) => {
    if (group === 'model' && key.model === null) return t('usage.unknownModel');
    return (group === 'profile' ? agents.get(key.profile ?? '') : undefined) ?? label;
  };
}
const weight = ({ costNanos }: UsageItem): number => costNanos;

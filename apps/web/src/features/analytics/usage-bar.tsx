// The controls above the numbers: span, filters, prices, the file.
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Fragment } from 'react';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { Input } from '../../ui/input.js';
import { Segmented } from '../../ui/segmented.js';
import { FilterSelect } from './filter-select.js';
import { ranges, type AnalyticsSearch } from './analytics-search.js';
import { daysOf, type Span } from './span.js';
import { fileAddress, type UsageAsk } from './usage-queries.js';

export interface UsageBarProps {
  ask: UsageAsk;
  onSearch: (next: AnalyticsSearch) => void;
  /** Undefined until it is known. */
  priceTable: string | null | undefined;
}

export function UsageBar({ ask, onSearch, priceTable }: UsageBarProps) {
  const { search } = ask;
  const set = (change: AnalyticsSearch): void => onSearch(defined({ ...search, ...change }));
  const { range = '24h' } = search;
  return (
    <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
      <Segmented
        label={t('usage.range')}
        value={range}
        onValueChange={(next) =>
          set(
            next === 'custom'
              ? customOf(ask.span)
              : { range: next === '24h' ? undefined : next, from: undefined, to: undefined },
          )
        }
        options={ranges.map((each) => ({ value: each, label: t(`usage.range.${each}`) }))}
      />
      {range === 'custom' && <Days ask={ask} onChange={set} />}
      <span className="flex min-w-0 gap-3 max-sm:order-last max-sm:grid max-sm:w-full max-sm:grid-cols-3 max-sm:gap-2">
        <Filters search={search} onChange={set} />
      </span>
      <span className="ml-auto flex items-center gap-3 text-12 text-text-3">
        {priceTable !== undefined && (
          <span className="max-lg:hidden">
            {priceTable === null ? t('usage.noEstimates') : t('usage.prices', { table: priceTable })}
          </span>
        )}
        <span className="flex items-center">
          {(['csv', 'json'] as const).map((format) => (
            <Button key={format} asChild variant="ghost">
              <a href={fileAddress(ask, format)} download={`usage.${format}`} title={t('usage.fileHint')}>
                <Download className="max-sm:hidden" aria-hidden="true" />
                {t(`usage.${format}`)}
              </a>
            </Button>
          ))}
        </span>
      </span>
    </div>
  );
}

/** From the days that were shown, so that they can be changed. */
const customOf = (span: Span): AnalyticsSearch => ({ range: 'custom', ...daysOf(span) });

/** Without keys that have no value, so that the address stays short. */
const defined = (search: AnalyticsSearch): AnalyticsSearch =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

interface PartProps {
  search: AnalyticsSearch;
  onChange: (change: AnalyticsSearch) => void;
}

interface DaysProps {
  ask: UsageAsk;
  onChange: (change: AnalyticsSearch) => void;
}

/** The days that are shown, also where the address names none. */
function Days({ ask: { span, search }, onChange }: DaysProps) {
  const shown = daysOf(span);
  return (
    <span className="flex items-center gap-1.5 max-sm:order-1 max-sm:w-full">
      {(['from', 'to'] as const).map((end) => (
        <Fragment key={end}>
          {end === 'to' && <span className="text-12 text-text-3">{t('usage.toDay')}</span>}
          <Input
            type="date"
            aria-label={t(`usage.${end}`)}
            className="w-36"
            value={search[end] ?? shown[end]}
            onChange={({ target }) => onChange({ [end]: target.value === '' ? undefined : target.value })}
          />
        </Fragment>
      ))}
    </span>
  );
}

function Filters({ search, onChange }: PartProps) {
  const { data } = useQuery(hostsQuery);
  const hosts = data?.items ?? [];
  const projects = new Map(hosts.flatMap((host) => host.projects.map(({ path, name }) => [path, name])));
  const agents = new Map(
    hosts.flatMap((host) => host.profiles.map(({ name, displayName }) => [name, displayName])),
  );
  return (
    <>
      <FilterSelect
        label={t('usage.host')}
        value={search.host}
        onChange={(host) => onChange({ host })}
        options={hosts.map(({ id, name }) => [id, name])}
      />
      <FilterSelect
        label={t('usage.project')}
        value={search.project}
        onChange={(project) => onChange({ project })}
        options={[...projects]}
      />
      <FilterSelect
        label={t('usage.agent')}
        value={search.agent}
        onChange={(agent) => onChange({ agent })}
        options={[...agents]}
      />
    </>
  );
}

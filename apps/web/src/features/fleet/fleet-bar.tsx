// The line of controls above the fleet: filters with their numbers, search, today's sums, the view.
import { LayoutGrid, List, Search, SquareTerminal, X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { useShortcut } from '../../lib/shortcuts.js';
import type { StatusKind } from '../../lib/status.js';
import { Chip } from '../../ui/badge.js';
import { Input } from '../../ui/input.js';
import { Kbd } from '../../ui/kbd.js';
import { Segmented } from '../../ui/segmented.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { fleetFilters, fleetViews, type FleetFilter, type FleetView } from './fleet-search.js';

const glyphs: Readonly<Record<FleetFilter, StatusKind | null>> = {
  all: null,
  waiting: 'waiting',
  crashed: 'crashed',
  working: 'working',
  idle: 'idle',
  unknown: 'unknown',
  ended: 'exited',
};

export interface FleetBarProps {
  counts: Readonly<Record<FleetFilter, number>>;
  filter: FleetFilter;
  onFilter: (filter: FleetFilter) => void;
  query: string;
  onQuery: (query: string) => void;
  view: FleetView;
  onView: (view: FleetView) => void;
  today: ReactNode;
}

export function FleetBar(props: FleetBarProps) {
  const { counts, filter, onFilter, view, onView, today } = props;
  useShortcut({
    id: 'fleet.view',
    keys: 'v',
    label: t('fleet.toggleView'),
    group: 'actions',
    run: () => onView(fleetViews[(fleetViews.indexOf(view) + 1) % fleetViews.length] ?? 'live'),
  });
  // Agents go to and fro between these two all day: what stands behind them must not move each time.
  const calm = counts.working + counts.idle;
  const countOf = (each: FleetFilter): number =>
    each === 'working' || each === 'idle' ? calm : counts[each];
  const shown = fleetFilters.filter((each) => each === 'all' || each === filter || countOf(each) > 0);
  return (
    <div className="mb-4 flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
      <div
        role="group"
        aria-label={t('fleet.filter')}
        className="flex min-w-0 scroll-thin flex-wrap gap-1 max-sm:gap-1.5 max-sm:-mx-4 max-sm:flex-nowrap max-sm:w-[100vw] max-sm:overflow-x-auto max-sm:px-4 max-sm:py-1"
      >
        {shown.map((each) => (
          <FilterChip
            key={each}
            filter={each}
            on={each === filter}
            count={counts[each]}
            onClick={() => onFilter(each === filter ? 'all' : each)}
          />
        ))}
      </div>
      <SearchLine query={props.query} onQuery={props.onQuery} />
      <span className="ml-auto flex items-center gap-3 max-sm:contents">
        {today}
        <Segmented
          label={t('fleet.view')}
          value={view}
          onValueChange={onView}
          options={[
            { value: 'live', label: t('fleet.live'), icon: <SquareTerminal aria-hidden="true" /> },
            { value: 'cards', label: t('fleet.cards'), icon: <LayoutGrid aria-hidden="true" /> },
            { value: 'table', label: t('fleet.table'), icon: <List aria-hidden="true" /> },
          ]}
        />
      </span>
    </div>
  );
}

interface FilterChipProps {
  filter: FleetFilter;
  on: boolean;
  count: number;
  onClick: () => void;
}

function FilterChip({ filter, on, count, onClick }: FilterChipProps) {
  const glyph = glyphs[filter];
  return (
    <Chip on={on} count={count} icon={glyph !== null && <StateGlyph kind={glyph} />} onClick={onClick}>
      {t(`fleet.${filter}`)}
    </Chip>
  );
}

function SearchLine({ query, onQuery }: { query: string; onQuery: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut({
    id: 'fleet.search',
    keys: '/',
    label: t('fleet.search'),
    group: 'actions',
    run: () => input.current?.focus(),
  });
  return (
    <div className="relative w-44 max-xl:w-28 max-sm:w-auto max-sm:flex-1">
      <Input
        ref={input}
        role="searchbox"
        aria-label={t('fleet.search')}
        placeholder={t('fleet.searchShort')}
        lead={<Search aria-hidden="true" />}
        className="h-7 border-line-2! pr-8"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (query === '') input.current?.blur();
          else onQuery('');
        }}
      />
      <span className="absolute inset-y-0 right-1 flex items-center">
        {query === '' ? (
          <span className="pointer-events-none pointer-coarse:hidden">
            <Kbd>/</Kbd>
          </span>
        ) : (
          <button
            type="button"
            aria-label={t('fleet.clearSearch')}
            onClick={() => onQuery('')}
            className="touch-target grid size-6 place-items-center rounded-xs text-text-3 hover:text-text"
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        )}
      </span>
    </div>
  );
}

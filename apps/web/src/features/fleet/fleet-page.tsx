// The fleet: every host with its sessions, live. The address holds filter, search and view; the route passes them in.
import type { Host, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { describeError } from '../../lib/api-error.js';
import { formatTime } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery, sessionsQuery } from '../../lib/query.js';
import { useNow } from '../../lib/ticker.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { Card } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { FleetBar } from './fleet-bar.js';
import {
  byNeed,
  countByFilter,
  groupFleet,
  matchesQuery,
  sessionsOf,
  type HostGroup,
} from './fleet-order.js';
import type { FleetFilter, FleetView } from './fleet-search.js';
import { FleetSkeleton } from './fleet-skeleton.js';
import { FleetTable } from './fleet-table.js';
import { HostSection } from './host-group.js';
import { NeedsYou } from './needs-you.js';
import { SessionDialogs } from './session-actions.js';
import { isWaiting } from './session-text.js';
import { StartCards } from './start-cards.js';
import { Today } from './today.js';
import { TurntableCard } from './turntable.js';
import { useHeldOrder } from './use-held-order.js';

export interface FleetPageProps {
  filter: FleetFilter;
  onFilter: (filter: FleetFilter) => void;
  query: string;
  onQuery: (query: string) => void;
  view: FleetView;
  onView: (view: FleetView) => void;
  /** The menu of a host; it belongs to another feature. */
  hostMenu: (host: Host) => ReactNode;
  /** What stands here while no host is registered. */
  firstHost: ReactNode;
}

export function FleetPage(props: FleetPageProps) {
  const hosts = useQuery(hostsQuery);
  const sessions = useQuery(sessionsQuery);
  const failed = sessions.error ?? hosts.error;
  const retry = (): void => {
    void hosts.refetch();
    void sessions.refetch();
  };
  const busy = hosts.isFetching || sessions.isFetching;
  if (!hosts.data || !sessions.data)
    return failed === null ? (
      <FleetSkeleton live={props.view === 'live'} />
    ) : (
      <ErrorState error={failed} busy={busy} onRetry={retry} />
    );
  const asOf = Math.min(hosts.dataUpdatedAt, sessions.dataUpdatedAt);
  return (
    <>
      {failed !== null && <Stale error={failed} asOf={asOf} busy={busy} onRetry={retry} />}
      {hosts.data.items.length === 0 ? (
        props.firstHost
      ) : (
        <Fleet
          {...props}
          hosts={hosts.data.items}
          sessions={sessions.data.items}
          moreEnded={sessions.data.endedCursor !== null}
        />
      )}
      <SessionDialogs />
    </>
  );
}

interface StaleProps {
  error: unknown;
  asOf: number;
  busy: boolean;
  onRetry: () => void;
}

function Stale({ error, asOf, busy, onRetry }: StaleProps) {
  return (
    <div className="-mx-6 -mt-5 mb-4 max-sm:-mx-4 max-sm:-mt-4">
      <Banner
        icon="alert"
        title={t('fleet.stale')}
        action={
          <Button size="sm" busy={busy} onClick={onRetry}>
            {t('ui.retry')}
          </Button>
        }
      >
        {t('fleet.staleHint', { time: formatTime(asOf), message: describeError(error).message })}
      </Banner>
    </div>
  );
}

interface FleetProps extends FleetPageProps {
  hosts: readonly Host[];
  sessions: readonly Session[];
  moreEnded: boolean;
}

function Fleet(props: FleetProps) {
  const { hosts, sessions, filter, query, view, moreEnded } = props;
  const now = useNow(60_000);
  const byId = useMemo(() => new Map<string, Host>(hosts.map((host) => [host.id, host])), [hosts]);
  const matching = useMemo(
    () => sessions.filter((each) => matchesQuery(each, byId.get(each.hostId), query)),
    [sessions, byId, query],
  );
  const order = useHeldOrder(() => shownIds(groupFleet({ hosts, sessions, filter, query, now }), view));
  const groups = groupFleet({ hosts, sessions, filter, query, now, held: order.held });
  const everything = groupFleet({ hosts, sessions, filter: 'all', query: '', now });
  if (sessions.length === 0) return <StartCards hosts={hosts} />;
  return (
    <>
      <FleetBar {...props} counts={countByFilter(matching, now)} today={<Today />} />
      {filter === 'all' && query === '' && (
        <Overview groups={everything}>
          <NeedsYou sessions={sessions} hosts={byId} onShowAll={() => props.onFilter('waiting')} />
        </Overview>
      )}
      <div {...order.props}>
        {groups.length === 0 ? (
          <NoResult onShowAll={() => props.onFilter('all')} />
        ) : view === 'table' ? (
          <FleetTable groups={groups} hosts={byId} filter={filter} moreEnded={moreEnded} held={order.held} />
        ) : (
          groups.map((group) => (
            <HostSection
              key={group.host.id}
              group={group}
              sessions={sessionsOf(sessions, group.host.id)}
              openPast={filter === 'ended'}
              live={view === 'live'}
              moreEnded={moreEnded}
              menu={props.hostMenu(group.host)}
            />
          ))
        )}
      </div>
    </>
  );
}

/** The turntable beside what waits; both in one frame while nothing does. */
function Overview({ groups, children }: { groups: readonly HostGroup[]; children: ReactNode }) {
  const waiting = groups.some(({ current }) => current.some(isWaiting));
  const turntable = <TurntableCard groups={groups} />;
  if (!waiting)
    return (
      <Card className="mb-6 flex items-center max-md:hidden">
        <div className="w-[392px]">{turntable}</div>
        {children}
      </Card>
    );
  return (
    <div className="mb-6 grid grid-cols-[392px_minmax(0,1fr)] items-stretch gap-3 max-md:grid-cols-1 max-sm:mb-4">
      <Card className="max-md:hidden">{turntable}</Card>
      {children}
    </div>
  );
}

/** Cards are sorted within their host, the table over all hosts. */
function shownIds(groups: readonly HostGroup[], view: FleetView): string[] {
  const shown = groups.flatMap(({ current }) => current);
  return (view === 'table' ? shown.toSorted(byNeed) : shown).map(({ id }) => id);
}

function NoResult({ onShowAll }: { onShowAll: () => void }) {
  return (
    <EmptyState
      title={t('fleet.noResult')}
      action={<Button onClick={onShowAll}>{t('fleet.showAll')}</Button>}
    >
      {t('fleet.noResultHint')}
    </EmptyState>
  );
}

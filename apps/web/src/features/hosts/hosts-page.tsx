// All registered hosts, live: filters and the table.
import type { Host, Session } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { describeError } from '../../lib/api-error.js';
import { basePath } from '../../lib/base-path.js';
import { formatTime } from '../../lib/format.js';
import { t } from '../../lib/i18n/t.js';
import { hostsQuery, sessionsQuery } from '../../lib/query.js';
import { Chip } from '../../ui/badge.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { StateGlyph } from '../../ui/state-glyph.js';
import { FirstHost } from './first-host.js';
import { askHost } from './host-ask.js';
import { HostDialogs } from './host-dialogs.js';
import { countHosts, hostFilterOf } from './host-facts.js';
import { HostTable } from './host-table.js';
import { hostFilters, type HostFilter } from './hosts-search.js';
import { UpdateBanner } from './update-banner.js';
import './words.js';

export interface HostsPageProps {
  filter: HostFilter;
  onFilter: (filter: HostFilter) => void;
}

export function HostsPage(props: HostsPageProps) {
  const hosts = useQuery(hostsQuery);
  const sessions = useQuery(sessionsQuery);
  const retry = (): void => void hosts.refetch();
  const { data, error, isFetching } = hosts;
  if (!data)
    return error === null ? <Loading /> : <ErrorState error={error} busy={isFetching} onRetry={retry} />;
  return (
    <>
      <UpdateBanner />
      {error !== null && (
        <div className="-mx-6 -mt-5 mb-4 max-sm:-mx-4 max-sm:-mt-4">
          <Banner
            icon="alert"
            title={t('hosts.stale')}
            action={
              <Button size="sm" busy={isFetching} onClick={retry}>
                {t('ui.retry')}
              </Button>
            }
          >
            {t('hosts.staleHint', {
              time: formatTime(hosts.dataUpdatedAt),
              message: describeError(error).message,
            })}
          </Banner>
        </div>
      )}
      {data.items.length === 0 ? (
        <FirstHost />
      ) : (
        <HostList {...props} hosts={data.items} sessions={sessions.data?.items ?? []} />
      )}
      <HostDialogs />
    </>
  );
}

interface HostListProps extends HostsPageProps {
  hosts: readonly Host[];
  sessions: readonly Session[];
}

function HostList({ hosts, sessions, filter, onFilter }: HostListProps) {
  const counts = countHosts(hosts);
  const shown = hosts
    .filter((host) => filter === 'all' || hostFilterOf(host) === filter)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  return (
    <>
      <div className="mb-4 flex min-h-8 flex-wrap items-center gap-1.5">
        <div role="group" aria-label={t('hosts.filter')} className="flex flex-wrap gap-1.5">
          {hostFilters
            .filter((each) => each === 'all' || each === filter || counts[each] > 0)
            .map((each) => (
              <Chip
                key={each}
                on={each === filter}
                count={counts[each]}
                icon={each !== 'all' && <StateGlyph kind={each} />}
                onClick={() => onFilter(each === filter ? 'all' : each)}
              >
                {t(`hosts.${each}`)}
              </Chip>
            ))}
        </div>
        <span className="ml-auto" />
        <Button icon={<Plus aria-hidden="true" />} onClick={() => askHost({ what: 'add' })}>
          {t('hosts.add')}
        </Button>
      </div>
      {shown.length === 0 ? (
        <EmptyState
          title={t('hosts.noResult')}
          action={<Button onClick={() => onFilter('all')}>{t('hosts.showAll')}</Button>}
        >
          {t('hosts.noResultHint')}
        </EmptyState>
      ) : (
        <HostTable hosts={shown} sessions={sessions} />
      )}
      <p className="mt-3 text-12 text-text-3">
        {t('hosts.dialOut', { origin: `${location.host}${basePath()}` })}
      </p>
    </>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <Skeleton className="mb-4 h-8 w-64" />
      <Skeleton className="h-[204px] rounded-md" />
    </SkeletonGroup>
  );
}

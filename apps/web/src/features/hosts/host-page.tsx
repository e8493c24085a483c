// The page of one host: what it uses and used, the sessions on it, and what it is.
import type { Host, HostId, MetricsWindow } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { cx } from 'class-variance-authority';
import { ServerOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { hostPageEn } from '../../lib/i18n/en/host-page.js';
import { addWords, t } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Page } from '../../ui/page.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { Status } from '../../ui/state-glyph.js';
import { HostBadges } from './host-cells.js';
import { HostCharts } from './host-charts.js';
import { HostDetails } from './host-details.js';
import { HostDialogs } from './host-dialogs.js';
import { HostMenu } from './host-menu.js';
import { HostSessions } from './host-sessions.js';
import './words.js';

export interface HostPageProps {
  id: HostId;
  window: MetricsWindow;
  onWindow: (window: MetricsWindow) => void;
}

addWords(hostPageEn);

const crumbs = [{ label: t('shell.hosts'), to: '/hosts' }];

export function HostPage({ id, window, onWindow }: HostPageProps) {
  const { data, error, isFetching, refetch } = useQuery(hostsQuery);
  const host = data?.items.find((each) => each.id === id);
  if (!host) {
    return (
      <Page title={t('hosts.col.host')} crumbs={crumbs}>
        {data ? (
          <NoSuchHost />
        ) : error ? (
          <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={host.name}
      crumbs={crumbs}
      meta={<HostState host={host} className="flex max-lg:hidden" />}
      actions={<HostMenu host={host} />}
    >
      <HostState host={host} className="mb-3 flex flex-wrap lg:hidden" />
      <Columns
        main={
          <>
            <HostCharts host={host} window={window} onWindow={onWindow} />
            <HostSessions host={host} />
          </>
        }
        aside={<HostDetails host={host} />}
      />
      <HostDialogs />
    </Page>
  );
}

const Columns = ({ main, aside }: { main: ReactNode; aside: ReactNode }) => (
  <div className="grid items-start gap-6 min-[1280px]:grid-cols-[minmax(0,1fr)_360px]">
    <div className="grid min-w-0 gap-6">{main}</div>
    <div className="min-w-0">{aside}</div>
  </div>
);

/** In the header; above the page where the header has room for the name alone. */
const HostState = ({ host, className }: { host: Host; className: string }) => (
  <div className={cx('items-center gap-3', className)}>
    <Status kind={host.state} colour="needs" />
    <HostBadges host={host} />
  </div>
);

function NoSuchHost() {
  return (
    <EmptyState
      icon={<ServerOff aria-hidden="true" />}
      title={t('hosts.noneSuch')}
      action={
        <Button asChild>
          <Link to="/hosts">{t('hosts.backToHosts')}</Link>
        </Button>
      }
    >
      {t('hosts.noneSuchHint')}
    </EmptyState>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <Columns
        main={<Skeleton className="h-[400px] rounded-md" />}
        aside={<Skeleton className="h-[400px] rounded-md" />}
      />
    </SkeletonGroup>
  );
}

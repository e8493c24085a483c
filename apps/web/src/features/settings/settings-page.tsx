// Every setting of the hub, or of one machine: what holds, where it comes from, and how to change it. Read only: the
// environment and the file are the truth.
import type { Host, HostId, ShownSettings } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { settingsEn } from '../../lib/i18n/en/settings.js';
import { addWords, t, tn } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { Chip } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Input } from '../../ui/input.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { backupsQuery, BackupsCard } from './backups.js';
import { Away, HowToChange, Problems } from './settings-notices.js';
import { groupSettings, type SettingsFilter } from './settings-filter.js';
import { settingsQuery } from '../../lib/settings-query.js';
import { SettingRow } from './setting-row.js';
import { WhoseSettings } from './whose-settings.js';

addWords(settingsEn);

export interface SettingsPageProps {
  /** Undefined: the hub. */
  host: HostId | undefined;
  onHost: (host: HostId | undefined) => void;
}

export function SettingsPage({ host: id, onHost }: SettingsPageProps) {
  const { data, error, isFetching, refetch } = useQuery(settingsQuery(id));
  const known = useQuery(hostsQuery);
  const hosts = known.data?.items ?? [];
  const host = hosts.find((each) => each.id === id) ?? null;
  // Asked together with the settings above which they stand, so that these do not move.
  useQuery({ ...backupsQuery, enabled: id === undefined });
  return (
    <div className="mx-auto grid w-full max-w-[1180px] gap-4">
      {known.isPending && <Skeleton className="h-8 w-[300px] max-sm:w-full pointer-coarse:h-11" />}
      {known.data && (hosts.length > 0 || id !== undefined) && (
        <WhoseSettings hosts={hosts} host={id} onHost={onHost} />
      )}
      {data ? (
        <Settings key={id ?? ''} settings={data} host={host} isHub={id === undefined} />
      ) : error === null ? (
        <Loading />
      ) : (
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      )}
    </div>
  );
}

const everything: SettingsFilter = { text: '', onlySet: false };

interface SettingsProps {
  settings: ShownSettings;
  isHub: boolean;
  /** Null: the hub, or a machine that is not known yet. */
  host: Host | null;
}

function Settings({ settings, isHub, host }: SettingsProps) {
  const [filter, setFilter] = useState(everything);
  const groups = groupSettings(settings.items, filter);
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <>
      {settings.problems.length > 0 && <Problems problems={settings.problems} />}
      {host !== null && host.state !== 'online' && <Away host={host} />}
      <HowToChange settings={settings} isHub={isHub} host={host} />
      {isHub && <BackupsCard />}
      <div className="flex flex-wrap items-center gap-2">
        <div className="w-[300px] max-sm:w-full">
          <Input
            type="search"
            aria-label={t('settings.search')}
            placeholder={t('settings.search')}
            lead={<Search aria-hidden="true" />}
            value={filter.text}
            onChange={(event) => setFilter({ ...filter, text: event.target.value })}
          />
        </div>
        <Chip
          on={filter.onlySet}
          count={settings.items.filter(({ isSet }) => isSet).length}
          onClick={() => setFilter({ ...filter, onlySet: !filter.onlySet })}
        >
          {t('settings.onlySet')}
        </Chip>
        <span role="status" className="ml-auto text-12 text-text-3">
          {tn('settings.count', count)}
        </span>
      </div>
      {groups.length === 0 && (
        <EmptyState
          icon={<SearchX aria-hidden="true" />}
          title={t('settings.nothing')}
          action={<Button onClick={() => setFilter(everything)}>{t('settings.showAll')}</Button>}
        >
          {t('settings.nothingHint')}
        </EmptyState>
      )}
      {groups.map(({ topic, items }) => (
        <section key={topic} aria-labelledby={`topic-${topic}`}>
          <Card>
            <PanelHead title={<h2 id={`topic-${topic}`}>{t(`settings.topic.${topic}`)}</h2>} />
            <ul className="divide-y divide-line">
              {items.map((item) => (
                <SettingRow key={item.name} setting={item} />
              ))}
            </ul>
          </Card>
        </section>
      ))}
    </>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <div className="grid gap-4">
        {Array.from({ length: 3 }, (_, index) => (
          <Skeleton key={index} className="h-[220px]" />
        ))}
      </div>
    </SkeletonGroup>
  );
}

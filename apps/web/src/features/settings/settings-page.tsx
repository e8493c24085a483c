// Every setting of the hub: what holds, where it comes from, and how to change it. Read only: the environment and the
// file are the truth.
import type { HubSettingsReply } from '@roundhouse/protocol';
import { useQuery } from '@tanstack/react-query';
import { Search, SearchX } from 'lucide-react';
import { useState } from 'react';
import { settingsEn } from '../../lib/i18n/en/settings.js';
import { addWords, t, tn } from '../../lib/i18n/t.js';
import { Chip } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Input } from '../../ui/input.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { HowToChange, Problems } from './settings-notices.js';
import { groupSettings, type SettingsFilter } from './settings-filter.js';
import { settingsQuery } from './settings-query.js';
import { SettingRow } from './setting-row.js';

addWords(settingsEn);

export function SettingsPage() {
  const { data, error, isFetching, refetch } = useQuery(settingsQuery);
  if (data) return <Settings settings={data} />;
  return error === null ? (
    <Loading />
  ) : (
    <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
  );
}

const everything: SettingsFilter = { text: '', onlySet: false };

function Settings({ settings }: { settings: HubSettingsReply }) {
  const [filter, setFilter] = useState(everything);
  const groups = groupSettings(settings.items, filter);
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <div className="mx-auto grid w-full max-w-[1180px] gap-4">
      {settings.problems.length > 0 && <Problems problems={settings.problems} />}
      <HowToChange settings={settings} />
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
    </div>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <div className="mx-auto grid max-w-[1180px] gap-4">
        {Array.from({ length: 3 }, (_, index) => (
          <Skeleton key={index} className="h-[220px]" />
        ))}
      </div>
    </SkeletonGroup>
  );
}

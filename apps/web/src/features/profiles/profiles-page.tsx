// Every agent profile that a host has: where it comes from, whether its file is right, where it can be used.
import { useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { profilesEn } from '../../lib/i18n/en/profiles.js';
import { addWords, t } from '../../lib/i18n/t.js';
import { hostsQuery } from '../../lib/query.js';
import { Card, PanelHead } from '../../ui/card.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';
import { Skeleton, SkeletonGroup } from '../../ui/skeleton.js';
import { CheckProfile } from './check-profile.js';
import { ProblemList } from './problem-list.js';
import { ProfileCard } from './profile-card.js';
import { brokenFiles, groupProfiles, problemKey, type BrokenFile } from './profile-groups.js';

addWords(profilesEn);

export function ProfilesPage() {
  const { data, error, isFetching, refetch } = useQuery(hostsQuery);
  if (!data) {
    return error === null ? (
      <Loading />
    ) : (
      <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
    );
  }
  const groups = groupProfiles(data.items);
  const broken = brokenFiles(data.items);
  return (
    <div className="grid gap-4">
      {broken.length > 0 && <Broken files={broken} />}
      {groups.length === 0 ? (
        <EmptyState icon={<ScrollText aria-hidden="true" />} title={t('profiles.none')}>
          {t('profiles.noneHint')}
        </EmptyState>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,420px),1fr))] items-start gap-4">
          {groups.map((group) => (
            <li key={group.name} className="min-w-0">
              <ProfileCard group={group} />
            </li>
          ))}
        </ul>
      )}
      <CheckProfile />
    </div>
  );
}

function Broken({ files }: { files: readonly BrokenFile[] }) {
  return (
    <Card tone="danger" role="status">
      <PanelHead title={t('profiles.broken')} />
      <div className="px-4 py-3">
        <ProblemList
          problems={files.map(({ hostName, problem }) => ({
            ...problem,
            key: `${hostName}:${problemKey(problem)}`,
            file: `${hostName}: ${problem.file}`,
          }))}
        />
      </div>
    </Card>
  );
}

function Loading() {
  return (
    <SkeletonGroup>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,420px),1fr))] gap-4">
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} className="h-[260px]" />
        ))}
      </div>
    </SkeletonGroup>
  );
}

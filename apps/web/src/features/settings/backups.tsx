// Backups that the hub makes of itself: what there is, why the last one failed, and one more now.
import { routes, type Backups } from '@roundhouse/protocol';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { DatabaseBackup } from 'lucide-react';
import { call } from '../../lib/api.js';
import { formatBytes } from '../../lib/format.js';
import { t, tn } from '../../lib/i18n/t.js';
import { keys } from '../../lib/live-cache.js';
import { Button } from '../../ui/button.js';
import { Card, PanelHead } from '../../ui/card.js';
import { CopyButton } from '../../ui/copy-button.js';
import { ErrorNote } from '../../ui/error-note.js';
import { RelativeTime } from '../../ui/relative-time.js';
import { Skeleton } from '../../ui/skeleton.js';

/** How often it is looked at while one is being made, and else, in milliseconds. */
const whileRunningMs = 1_500;
const atRestMs = 60_000;
const shownMax = 5;

export const backupsQuery = queryOptions({
  queryKey: [...keys.settings, 'backups'],
  queryFn: ({ signal }) => call(routes.backups.list, { signal }),
  refetchInterval: ({ state }) => (state.data?.running === true ? whileRunningMs : atRestMs),
});

export function BackupsCard() {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(backupsQuery);
  const create = useMutation({
    mutationFn: () => call(routes.backups.create, { body: {} }),
    onSuccess: (now) => client.setQueryData(backupsQuery.queryKey, now),
  });
  const isBusy = create.isPending || data?.running === true;
  const failure = create.error ?? error;
  return (
    <section aria-labelledby="backups">
      <Card tone={data?.failure ? 'danger' : 'plain'}>
        <PanelHead
          title={<h2 id="backups">{t('settings.backups')}</h2>}
          end={
            data === undefined && error !== null ? (
              <Button size="sm" onClick={() => void refetch()}>
                {t('ui.retry')}
              </Button>
            ) : (
              <Button
                size="sm"
                icon={<DatabaseBackup aria-hidden="true" />}
                busy={isBusy}
                disabled={data === undefined}
                onClick={() => create.mutate()}
              >
                {t('settings.backupNow')}
              </Button>
            )
          }
        />
        <div className="grid gap-2 px-4 py-3 text-12 text-text-2">
          {failure !== null && <ErrorNote error={failure} />}
          {data ? (
            <Made backups={data} />
          ) : (
            failure === null && <Skeleton className="h-[62px] max-sm:h-[110px]" />
          )}
        </div>
      </Card>
    </section>
  );
}

function Made({ backups }: { backups: Backups }) {
  const { keep, dir, encrypted, items, failure } = backups;
  const more = items.length - shownMax;
  return (
    <>
      {failure && (
        <p role="alert" className="wrap-anywhere text-text">
          <span className="font-medium text-danger">{t('settings.backupFailed')}</span>{' '}
          <RelativeTime at={failure.at} />: {failure.message}
        </p>
      )}
      <p className="wrap-anywhere">
        {keep === 0 ? t('settings.backupsNone') : tn('settings.backupsDaily', keep)}{' '}
        {t(encrypted ? 'settings.backupsSealed' : 'settings.backupsOpen')} {t('settings.backupsIn')}{' '}
        <span className="mono text-text">{dir}</span>{' '}
        <span className="inline-flex align-middle">
          <CopyButton iconOnly text={dir} label={t('settings.copyName', { name: dir })} />
        </span>
      </p>
      {items.length === 0 ? (
        <p className="text-text-3">{t('settings.backupsEmpty')}</p>
      ) : (
        <ul aria-label={t('settings.backups')} className="grid gap-1">
          {items.slice(0, shownMax).map(({ name, at, bytes }) => (
            <li key={name} className="flex flex-wrap items-baseline gap-x-4">
              <span className="mono text-text wrap-anywhere">{name}</span>
              <span className="nums">{formatBytes(bytes)}</span>
              <RelativeTime at={at} className="text-text-3" />
            </li>
          ))}
          {more > 0 && <li className="text-text-3">{tn('settings.backupsMore', more)}</li>}
        </ul>
      )}
    </>
  );
}

// Tells administrators of a newer release, where the hub was told to ask for one.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { meQuery, versionQuery } from '../../lib/query.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';

export function UpdateBanner() {
  const { data: auth } = useQuery(meQuery);
  const { data } = useQuery(versionQuery);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const isAdmin = auth?.kind === 'in' && auth.me.permissions.includes('settings.view');
  // A hub of an earlier version says nothing of updates.
  const update = data?.update ?? null;
  if (!isAdmin || update === null || update.version === dismissed) return null;
  return (
    <Banner
      title={t('shell.update', { version: update.version })}
      action={
        <Button size="sm" onClick={() => setDismissed(update.version)}>
          {t('shell.updateLater')}
        </Button>
      }
    >
      {t('shell.updateHint', { version: data?.version ?? '' })}{' '}
      {update.url !== null && (
        <a className="underline" href={update.url} target="_blank" rel="noreferrer">
          {t('shell.updateNotes')}
        </a>
      )}
    </Banner>
  );
}

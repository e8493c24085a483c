// Tells administrators of a newer release, where the hub was told to ask for one.
import { useQuery } from '@tanstack/react-query';
import { t } from '../../lib/i18n/t.js';
import { meQuery, versionQuery } from '../../lib/query.js';
import { Banner } from '../../ui/banner.js';
import './words.js';

export function UpdateBanner() {
  const { data: auth } = useQuery(meQuery);
  const { data } = useQuery(versionQuery);
  // A hub of an earlier version says nothing of updates.
  const update = data?.update ?? null;
  const isAdmin = auth?.kind === 'in' && auth.me.permissions.includes('settings.view');
  if (update === null || !isAdmin) return null;
  return (
    <div className="-mx-6 -mt-5 mb-4 max-sm:-mx-4 max-sm:-mt-4">
      <Banner title={t('hosts.newer', { version: update.version })}>
        {update.url !== null && (
          <a className="break-all underline" href={update.url} target="_blank" rel="noreferrer">
            {update.url}
          </a>
        )}
      </Banner>
    </div>
  );
}

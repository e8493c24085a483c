// /hosts
import { getRouteApi, Navigate } from '@tanstack/react-router';
import { HostsPage } from '../features/hosts/hosts-page.js';
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

const route = getRouteApi('/signed-in/layout/hosts');

export function Component() {
  const { state = 'all', host = null } = route.useSearch();
  const navigate = route.useNavigate();
  if (host !== null) return <Navigate to="/hosts/$id" params={{ id: host }} replace />;
  return (
    <Page title={t('shell.hosts')}>
      <HostsPage
        filter={state}
        onFilter={(next) =>
          void navigate({
            search: ({ state: _was, ...rest }) => ({ ...rest, ...(next === 'all' ? {} : { state: next }) }),
            replace: true,
          })
        }
      />
    </Page>
  );
}

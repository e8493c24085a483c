// /analytics
import { getRouteApi } from '@tanstack/react-router';
import { AnalyticsPage } from '../features/analytics/analytics-page.js';
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

const route = getRouteApi('/signed-in/layout/analytics');

export function Component() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t('usage.title')}>
      <AnalyticsPage search={search} onSearch={(next) => void navigate({ search: next, replace: true })} />
    </Page>
  );
}

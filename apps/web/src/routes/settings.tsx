// /settings
import { getRouteApi } from '@tanstack/react-router';
import { SettingsPage } from '../features/settings/settings-page.js';
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

const route = getRouteApi('/signed-in/layout/settings');

export function Component() {
  const { host } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t('shell.settings')}>
      <SettingsPage
        host={host}
        onHost={(next) => void navigate({ search: next === undefined ? {} : { host: next }, replace: true })}
      />
    </Page>
  );
}

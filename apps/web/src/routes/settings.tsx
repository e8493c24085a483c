// /settings
import { SettingsPage } from '../features/settings/settings-page.js';
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

export function Component() {
  return (
    <Page title={t('shell.settings')}>
      <SettingsPage />
    </Page>
  );
}

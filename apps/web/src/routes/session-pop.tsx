// /sessions/$id/pop : the bare window, without the shell.
import { t } from '../lib/i18n/t.js';
import { Page } from '../ui/page.js';

export function Component() {
  return (
    <Page title={t('shell.session')} flush>
      {null}
    </Page>
  );
}

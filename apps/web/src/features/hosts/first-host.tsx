// No host yet: this machine usually joins by itself; the way to add another one stands beside the wait.
import { Server } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { Spinner } from '../../ui/spinner.js';
import { askHost } from './host-ask.js';
import './words.js';

export function FirstHost() {
  return (
    <EmptyState
      icon={<Server aria-hidden="true" />}
      title={t('hosts.firstTitle')}
      action={<Button onClick={() => askHost({ what: 'add' })}>{t('hosts.firstAdd')}</Button>}
    >
      {t('hosts.firstText')}
      <div role="status" className="mt-5 flex items-center justify-center gap-2 text-text-3">
        <Spinner /> {t('hosts.check.waitingFirst')}
      </div>
    </EmptyState>
  );
}

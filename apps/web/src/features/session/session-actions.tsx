// Stop at the right end of the header, and the menu with everything else. Each irreversible thing asks first.
import { hasEnded } from '@roundhouse/protocol';
import { Square } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { MoreButton, type Asking, type SessionActionsProps } from './session-menu-trigger.js';

const SessionMenu = lazy(async () => ({ default: (await import('./session-menu.js')).SessionMenu }));
const SessionConfirm = lazy(async () => ({ default: (await import('./session-confirm.js')).SessionConfirm }));
const ResumeDialog = lazy(async () => ({ default: (await import('./resume-dialog.js')).ResumeDialog }));

export function SessionActions(props: SessionActionsProps) {
  const { session, may } = props;
  const [asking, setAsking] = useState<Asking>(null);
  const stoppable = !hasEnded(session.state) && may('session.stop');
  return (
    <>
      {stoppable && (
        <Button
          className="max-sm:hidden"
          icon={<Square aria-hidden="true" />}
          disabled={session.state === 'stopping'}
          onClick={() => setAsking('stop')}
        >
          {t('session.stop')}
        </Button>
      )}
      <Suspense fallback={<MoreButton />}>
        <SessionMenu {...props} stoppable={stoppable} onAsk={setAsking} />
      </Suspense>
      <Suspense>
        {asking === 'copy' && (
          <ResumeDialog session={session} resume="fork" onClose={() => setAsking(null)} />
        )}
        {asking !== null && asking !== 'copy' && (
          <SessionConfirm session={session} asking={asking} onClose={() => setAsking(null)} />
        )}
      </Suspense>
    </>
  );
}

// Stop at the right end of the header, and the menu with everything else. Each irreversible thing asks first.
import { hasEnded, type Permission, type Session } from '@roundhouse/protocol';
import { MoreHorizontal, Square } from 'lucide-react';
import { lazy, Suspense, useState, type ComponentProps } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';

const SessionMenu = lazy(async () => ({ default: (await import('./session-menu.js')).SessionMenu }));
const SessionConfirm = lazy(async () => ({ default: (await import('./session-confirm.js')).SessionConfirm }));

export interface SessionActionsProps {
  session: Session;
  may: (permission: Permission) => boolean;
  onPanel: () => void;
  /** In a window of its own there is nothing to pop out. */
  popped?: boolean;
}

export type Asking = 'stop' | 'force' | 'delete' | null;

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
        {asking !== null && (
          <SessionConfirm session={session} asking={asking} onClose={() => setAsking(null)} />
        )}
      </Suspense>
    </>
  );
}

/** The trigger of the menu; also stands in for it until it is loaded. */
export function MoreButton(props: ComponentProps<'button'>) {
  return (
    <Button variant="ghost" aria-label={t('session.more')} className="w-7 p-0!" {...props}>
      <MoreHorizontal className="size-4!" aria-hidden="true" />
    </Button>
  );
}

// What stands in place of the terminal while there is none: waiting for the host, starting, failed.
import type { Host, Session } from '@roundhouse/protocol';
import { CircleX, Hourglass, LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { Countdown } from '../../ui/relative-time.js';
import { EmptyState } from '../../ui/empty-state.js';
import { endTitle } from './session-words.js';

export interface SessionCoverProps {
  session: Session;
  host: Host | undefined;
  /** Resume, new session: offered where it failed. */
  actions: ReactNode;
}

export function SessionCover({ session, host, actions }: SessionCoverProps) {
  if (session.state === 'queued')
    return (
      <EmptyState
        icon={<Hourglass aria-hidden="true" />}
        title={t('session.queuedTitle', { host: host?.name ?? t('session.host') })}
      >
        <p>{t('session.queuedText')}</p>
        {session.deadlineAt !== null && (
          <p className="mt-1 text-12 text-text-3">
            {t('session.queuedLeft')} <Countdown until={session.deadlineAt} />
          </p>
        )}
      </EmptyState>
    );
  if (session.state === 'starting')
    return (
      <EmptyState
        icon={<LoaderCircle className="spin" aria-hidden="true" />}
        title={t('session.startingTitle')}
      >
        {t('session.startingText')}
      </EmptyState>
    );
  return (
    <div role="alert">
      <EmptyState
        icon={<CircleX className="text-danger" aria-hidden="true" />}
        title={endTitle(session)}
        action={actions}
      >
        {session.stateReason?.hint}
        {session.stateReason && <div className="mono mt-1 text-text-3">{session.stateReason.code}</div>}
      </EmptyState>
    </div>
  );
}

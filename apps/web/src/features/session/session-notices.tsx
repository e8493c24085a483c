// Lines above the session: an orphan to adopt or stop, and conditions that a person should know of.
import type { Permission, Session, SessionWarning } from '@roundhouse/protocol';
import { hasEnded } from '@roundhouse/protocol';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { t, type PlainKey } from '../../lib/i18n/t.js';
import { toast } from '../../ui/toast.js';
import { Banner } from '../../ui/banner.js';
import { Button } from '../../ui/button.js';
import { stopSession, useAdopt } from './use-session-actions.js';

export interface SessionNoticesProps {
  session: Session;
  may: (permission: Permission) => boolean;
}

const warnings: Readonly<Record<SessionWarning, readonly [PlainKey, PlainKey]>> = {
  'directory-missing': ['session.warnDirectory', 'session.warnDirectoryHint'],
  'telemetry-off': ['session.warnTelemetry', 'session.warnTelemetryHint'],
  'spool-degraded': ['session.warnSpool', 'session.warnSpoolHint'],
  'time-limit': ['session.warnTime', 'session.warnTimeHint'],
  budget: ['session.warnBudget', 'session.warnBudgetHint'],
};

export function SessionNotices({ session, may }: SessionNoticesProps) {
  const [dismissed, setDismissed] = useState<readonly SessionWarning[]>([]);
  const shown = hasEnded(session.state)
    ? []
    : session.warnings.filter((warning) => !dismissed.includes(warning));
  return (
    <>
      {session.orphan && <Orphan session={session} may={may} />}
      {shown.map((warning) => (
        <Banner
          key={warning}
          icon={warning === 'telemetry-off' ? 'info' : 'alert'}
          title={t(warnings[warning][0])}
          action={
            <>
              {warning === 'budget' && (
                <Button asChild size="sm" variant="ghost">
                  <Link to="/analytics">{t('session.openUsage')}</Link>
                </Button>
              )}
              <Button size="sm" variant="ghost" onClick={() => setDismissed([...dismissed, warning])}>
                {t('terminal.dismiss')}
              </Button>
            </>
          }
        >
          {t(warnings[warning][1])}
        </Banner>
      ))}
    </>
  );
}

function Orphan({ session, may }: SessionNoticesProps) {
  const adopt = useAdopt(session);
  const stop = (): void => {
    stopSession(session, false).catch((error: unknown) => toast.error(error));
  };
  return (
    <Banner
      icon="alert"
      title={t('session.orphanTitle')}
      action={
        <>
          {may('session.stop') && !hasEnded(session.state) && (
            <Button size="sm" variant="danger" onClick={stop}>
              {t('session.stopConfirm')}
            </Button>
          )}
          {may('session.spawn') && (
            <Button size="sm" busy={adopt.isPending} onClick={() => adopt.mutate()}>
              {t('session.adopt')}
            </Button>
          )}
        </>
      }
    >
      {t('session.orphanText')}
    </Banner>
  );
}

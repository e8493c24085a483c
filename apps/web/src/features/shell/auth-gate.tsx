// Lets only a signed-in person through; sends others to login or setup. Runs the live connection meanwhile.
import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { t } from '../../lib/i18n/t.js';
import { startLive } from '../../lib/live.js';
import { meQuery } from '../../lib/query.js';
import { ErrorState } from '../../ui/error-state.js';
import { Mark } from '../../ui/mark.js';

export function AuthGate({ children }: { children: ReactNode }) {
  const { data, error, isFetching, refetch } = useQuery(meQuery);
  const href = useLocation({ select: (location) => location.href });
  // This stays mounted until the other page has loaded: going there twice would nest the address in itself.
  if (/^\/(login|setup)\b/.test(href)) return null;
  if (data?.kind === 'login')
    return <Navigate to="/login" search={href === '/' ? {} : { next: href }} replace />;
  if (data?.kind === 'setup') return <Navigate to="/setup" replace />;
  // A known person stays on the page while the hub is away: the banner tells.
  if (data) return <Live>{children}</Live>;
  if (error)
    return (
      <div className="grid h-dvh place-content-center">
        <ErrorState error={error} busy={isFetching} onRetry={() => void refetch()} />
      </div>
    );
  return (
    <div
      role="status"
      aria-label={t('shell.comingUp')}
      className="reveal-late grid h-dvh place-items-center text-text-3"
    >
      <Mark size={40} />
    </div>
  );
}

function Live({ children }: { children: ReactNode }) {
  useEffect(() => startLive(), []);
  return children;
}

// What stands in place of a page that does not exist or has failed.
import { Link, useRouter } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import { t } from '../../lib/i18n/t.js';
import { Button } from '../../ui/button.js';
import { EmptyState } from '../../ui/empty-state.js';
import { ErrorState } from '../../ui/error-state.js';

export function NotFound() {
  return (
    <div className="grid min-h-[60vh] place-content-center">
      <EmptyState
        icon={<MapPinOff aria-hidden="true" />}
        title={t('shell.notFound')}
        action={
          <Button asChild>
            <Link to="/">{t('shell.backToFleet')}</Link>
          </Button>
        }
      >
        {t('shell.notFoundHint')}
      </EmptyState>
    </div>
  );
}

export function RouteError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="grid min-h-[60vh] place-content-center">
      <ErrorState error={error} onRetry={retry} />
    </div>
  );
}

// A page or panel that could not load and has nothing older to show.
import { TriangleAlert } from 'lucide-react';
import { describeError } from '../lib/api-error.js';
import { t } from '../lib/i18n/t.js';
import { Button } from './button.js';
import { EmptyState } from './empty-state.js';
import { HelpLink } from './help-link.js';

export interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  busy?: boolean;
}

export function ErrorState({ error, onRetry, busy = false }: ErrorStateProps) {
  const { message, hint, code } = describeError(error);
  return (
    <div role="alert">
      <EmptyState
        icon={<TriangleAlert aria-hidden="true" />}
        title={message}
        action={
          onRetry && (
            <Button busy={busy} onClick={onRetry}>
              {t('ui.retry')}
            </Button>
          )
        }
      >
        {hint}
        {code !== null && (
          <div className="mt-1 text-12 text-text-3">
            <span className="mono">{code}</span> · <HelpLink code={code} />
          </div>
        )}
      </EmptyState>
    </div>
  );
}

// Draws the toasts. A chunk of its own, loaded with the first one.
import { useEffect } from 'react';
import { Toaster as Sonner, toast as show } from 'sonner';
import { underBase } from '../lib/base-path.js';
import { t } from '../lib/i18n/t.js';
import { useStore } from '../lib/store.js';
import { useTheme } from '../lib/theme.js';
import { toasts } from './toast-queue.js';

/** Long enough to read two lines. */
const READ_MS = 6000;

/** Toasts stand outside of the router, whose links this is not. */
const Description = ({ text, code }: { text: string; code: string | null | undefined }) => (
  <>
    {text}{' '}
    {code && (
      <a
        href={underBase(`/help/errors#${code}`)}
        target="_blank"
        rel="noreferrer"
        className="whitespace-nowrap text-accent underline"
      >
        {t('ui.help')}
      </a>
    )}
  </>
);

export function Toaster() {
  const theme = useTheme();
  const waiting = useStore(toasts);
  useEffect(() => {
    if (waiting.length === 0) return;
    for (const { kind, title, description, code, action } of waiting)
      show[kind](title, {
        ...(description || code ? { description: <Description text={description ?? ''} code={code} /> } : {}),
        ...(action ? { action } : {}),
      });
    toasts.set([]);
  }, [waiting]);
  return (
    <Sonner
      theme={theme}
      position="bottom-right"
      containerAriaLabel={t('ui.notifications')}
      duration={READ_MS}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[356px] max-w-full items-start gap-2.5 rounded-md bg-popover px-3.5 py-3 font-ui text-13 text-text shadow-overlay',
          title: 'font-medium',
          description: 'text-12 text-text-2',
          icon: 'mt-0.5',
          actionButton:
            'ml-auto h-6 shrink-0 rounded-sm border border-line-2 bg-raised px-2 text-12 font-medium',
        },
      }}
    />
  );
}

// Short results of the user's own actions. Everything else belongs on the page.
import { Toaster as Sonner, toast as show } from 'sonner';
import { describeError } from '../lib/api-error.js';
import { t } from '../lib/i18n/t.js';
import { useTheme } from '../lib/theme.js';

/** Long enough to read two lines. */
const READ_MS = 6000;

export function Toaster() {
  const theme = useTheme();
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

export interface ToastAction {
  label: string;
  onClick: () => void;
}

export const toast = {
  /** Something that the user asked for is done. */
  done(title: string, options: { description?: string; action?: ToastAction } = {}): void {
    show.success(title, options);
  },
  /** Something that the user asked for failed. */
  error(error: unknown): void {
    const { message, hint } = describeError(error);
    show.error(message, { description: hint });
  },
};

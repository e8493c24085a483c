// A panel at the right edge (the whole width on a phone) for details beside the page.
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';

export interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
}

export function Sheet({ open, onOpenChange, title, children }: SheetProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
          }}
          className="slide-in fixed inset-y-0 right-0 z-50 flex w-full flex-col bg-surface shadow-overlay focus:outline-none sm:w-[380px]"
        >
          <div className="flex h-12 shrink-0 items-center gap-3 border-b border-line pr-3 pl-5">
            <Radix.Title className="min-w-0 flex-1 truncate text-14 font-strong tracking-14">
              {title}
            </Radix.Title>
            <Radix.Close
              aria-label={t('ui.close')}
              className="touch-target grid size-7 place-items-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
            >
              <X className="size-3.5" aria-hidden="true" />
            </Radix.Close>
          </div>
          <div className="min-h-0 flex-1 scroll-thin overflow-y-auto px-5 py-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

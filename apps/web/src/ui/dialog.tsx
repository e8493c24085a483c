// The dialog: title, body, footer. On a phone it rises from the bottom edge.
import { cx } from 'class-variance-authority';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { t } from '../lib/i18n/t.js';
import { Kbd } from './kbd.js';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Read to screen readers with the title; shown under it. */
  description?: ReactNode;
  width?: 'narrow' | 'md' | 'wide';
  /** Left side of the footer. */
  footerNote?: ReactNode;
  /** Buttons: dismissing first, doing last. */
  footer?: ReactNode;
  /** A full-width strip above the footer, as the "will run" line. */
  strip?: ReactNode;
  children?: ReactNode;
}

const firstField =
  '[data-autofocus], input:not([disabled]), textarea, select, [role=combobox]:not([disabled])';

/** Focus goes to the first field, not to Close; with a finger to the dialog itself, so that no keyboard pops up. */
function focusFirst(event: Event): void {
  event.preventDefault();
  const content = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
  const field = matchMedia('(pointer: coarse)').matches
    ? null
    : content?.querySelector<HTMLElement>(firstField);
  (field ?? content)?.focus();
}

const widths = { narrow: 'sm:w-[440px]', md: 'sm:w-[600px]', wide: 'sm:w-[660px]' };

export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, width = 'md', footer, footerNote, strip, children } = props;
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          onOpenAutoFocus={focusFirst}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={cx(
            'appear fixed inset-x-0 bottom-0 z-50 mx-auto flex max-h-[calc(100dvh-24px)] w-full flex-col overflow-hidden rounded-t-lg bg-surface shadow-overlay focus:outline-none',
            'sm:top-[min(92px,10vh)] sm:bottom-auto sm:max-h-[calc(100dvh-min(92px,10vh)-24px)] sm:max-w-[calc(100vw-32px)] sm:rounded-lg',
            widths[width],
          )}
        >
          <div className="flex h-[52px] shrink-0 items-center gap-3 pr-3 pl-5">
            <Radix.Title className="min-w-0 flex-1 truncate text-14 font-strong tracking-14">
              {title}
            </Radix.Title>
            <span className="pointer-coarse:hidden">
              <Kbd>Esc</Kbd>
            </span>
            <Radix.Close
              aria-label={t('ui.close')}
              className="touch-target grid size-7 place-items-center rounded-sm text-text-2 hover:bg-hover hover:text-text"
            >
              <X className="size-3.5" aria-hidden="true" />
            </Radix.Close>
          </div>
          <div className="grid min-h-0 min-w-0 scroll-thin gap-4 overflow-y-auto px-5 pt-1 pb-5">
            {description !== undefined && (
              <Radix.Description className="text-text-2">{description}</Radix.Description>
            )}
            {children}
          </div>
          {strip !== undefined && (
            <div className="flex min-h-10 shrink-0 items-center gap-3 border-t border-line bg-bg-sunken pr-3 pl-5">
              {strip}
            </div>
          )}
          {footer !== undefined && (
            <div className="flex min-h-14 shrink-0 flex-wrap items-center gap-2 border-t border-line py-2 pr-4 pl-5 pb-[max(8px,env(safe-area-inset-bottom))]">
              <div className="min-w-0 flex-1 text-12 text-text-3">{footerNote}</div>
              {footer}
            </div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

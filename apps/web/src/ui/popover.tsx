// A small surface anchored to its trigger.
import { cx } from 'class-variance-authority';
import { Popover as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

export const popoverSurface = 'appear z-60 rounded-md bg-popover shadow-overlay focus:outline-none';

export interface PopoverProps {
  trigger: ReactElement;
  children: ReactNode;
  /** Says what is inside, for screen readers. */
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: 'start' | 'center' | 'end';
}

export function Popover({ trigger, children, label, open, onOpenChange, align = 'start' }: PopoverProps) {
  return (
    <Radix.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className={cx(
            popoverSurface,
            'max-h-(--radix-popover-content-available-height) max-w-[calc(100vw-16px)] scroll-thin overflow-y-auto p-3',
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

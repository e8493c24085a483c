// A button that is an icon. It always has a name, shown as its tooltip.
import { cx } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { buttonStyle } from './button.js';
import { Tooltip } from './tooltip.js';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** Says what it does; screen readers and the tooltip use it. */
  label: string;
  children: ReactNode;
  variant?: 'ghost' | 'secondary' | 'danger';
  size?: 'md' | 'sm';
  keys?: readonly string[];
  pressed?: boolean;
}

export function IconButton(props: IconButtonProps) {
  const { label, children, variant = 'ghost', size = 'md', keys, pressed, className, ...rest } = props;
  return (
    <Tooltip content={label} {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={cx(
          buttonStyle({ variant, size }),
          size === 'sm' ? 'w-6' : 'w-7',
          'p-0! aria-pressed:bg-raised-2 aria-pressed:text-text [&>svg]:size-4',
          className,
        )}
        {...rest}
      >
        {children}
      </button>
    </Tooltip>
  );
}

// The button. Primary is inverted ink; colour is kept for state.
import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { Slot } from 'radix-ui';
import { Kbd } from './kbd.js';
import { Spinner } from './spinner.js';

export const buttonStyle = cva(
  [
    'touch-target inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-sm border font-medium whitespace-nowrap',
    'transition-colors duration-[120ms] disabled:pointer-events-none aria-disabled:pointer-events-none [&>svg]:size-3.5',
  ],
  {
    variants: {
      variant: {
        primary:
          'border-ink bg-ink text-on-ink hover:bg-ink-hover disabled:border-line-2 disabled:bg-raised disabled:text-text-3',
        secondary:
          'border-line-2 bg-raised text-text shadow-btn hover:bg-raised-2 disabled:text-text-3 [&>svg]:text-text-2',
        ghost: 'border-transparent text-text-2 hover:bg-hover hover:text-text disabled:text-text-3',
        danger: 'border-line-2 bg-raised text-danger shadow-btn hover:bg-danger-soft disabled:text-text-3',
      },
      size: { md: 'h-7 px-2.5 text-13', sm: 'h-6 px-2 text-12', lg: 'h-10 px-3.5 text-14' },
      block: { true: 'w-full', false: '' },
    },
    defaultVariants: { variant: 'secondary', size: 'md', block: false },
  },
);

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** Renders the one child (a link) with the look of a button. */
  asChild?: boolean;
  /** Shows a spinner and refuses clicks; the words stay, so that the width does too. */
  busy?: boolean;
  /** Keys shown behind the label, for example `['⌘', '⏎']`. */
  keys?: readonly string[];
  icon?: ReactNode;
}

export function Button(props: ButtonProps) {
  const { variant, size, block, asChild, busy, keys, icon, className, children, disabled, ...rest } = props;
  const look = buttonStyle({ variant, size, block, className });
  if (asChild === true)
    return (
      <Slot.Root className={look} {...rest}>
        {children}
      </Slot.Root>
    );
  return (
    <button
      type="button"
      className={look}
      disabled={disabled === true || busy === true}
      aria-busy={busy}
      {...rest}
    >
      {busy === true ? <Spinner /> : icon}
      {children}
      {disabled !== true &&
        keys?.map((key) => (
          <span key={key} className="pointer-coarse:hidden">
            <Kbd onInk={variant === 'primary'}>{key}</Kbd>
          </span>
        ))}
    </button>
  );
}

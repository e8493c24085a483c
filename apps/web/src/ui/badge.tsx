// Small facts: badge (a label), count (a number), chip (a filter that can be on).
import { cva, cx, type VariantProps } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';

const badgeStyle = cva(
  'inline-flex h-5 shrink-0 items-center gap-1 rounded-full border px-[7px] text-12 whitespace-nowrap [&>svg]:size-3',
  {
    variants: {
      tone: {
        neutral: 'border-line-2 text-text-2',
        waiting: 'border-waiting-line bg-waiting-soft text-waiting',
        danger: 'border-danger-line bg-danger-soft text-danger',
        accent: 'border-accent-line bg-accent-soft text-accent',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
);

export interface BadgeProps extends VariantProps<typeof badgeStyle> {
  children: ReactNode;
}

/** `tone="waiting"` is only for what waits for a person. */
export function Badge({ tone, children }: BadgeProps) {
  return <span className={badgeStyle({ tone })}>{children}</span>;
}

export function Count({ children, waiting = false }: { children: ReactNode; waiting?: boolean }) {
  return (
    <span
      className={cx(
        'h-[18px] min-w-[18px] shrink-0 rounded-full px-[5px] text-center text-11 leading-[18px] font-strong',
        waiting ? 'bg-waiting-fill text-on-waiting' : 'bg-raised-2 text-text-2',
      )}
    >
      {children}
    </span>
  );
}

export interface ChipProps extends ComponentProps<'button'> {
  on: boolean;
  icon?: ReactNode;
  count?: number;
}

/** A filter. Its state is told by aria-pressed. */
export function Chip({ on, icon, count, children, className, ...rest }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      className={cx(
        'touch-target inline-flex h-[26px] shrink-0 items-center gap-1.5 rounded-full border px-[9px] text-12 font-medium whitespace-nowrap [&>svg]:size-3',
        'border-line-2 text-text-2 hover:text-text aria-pressed:border-transparent aria-pressed:bg-raised-2 aria-pressed:text-text',
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
      {count !== undefined && <span className="nums text-text">{count}</span>}
    </button>
  );
}
